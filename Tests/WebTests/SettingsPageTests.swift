import Basics
import TestSupport
import Testing

@Suite("The service desk's settings", .serialized)
struct SettingsPageTests {
    private func settings(_ desk: DeskShop, look: ChromiumPage.Look = ChromiumPage.Look()) async throws -> ChromiumPage
    {
        try await desk.ownersPage("/desk/settings", look: look, until: "document.querySelector('.set-row')")
    }

    @Test("DESK-40 queues with hours, people with skills, and rules with a trial are set up in the page, by keys too")
    func people() async throws {
        try await DeskShop.open { desk in
            let page = try await settings(desk)
            try await page.choose("queues")
            try await page.evaluate("document.querySelector('.set-head .button').focus()")
            try await page.press("Enter")
            try await page.wait("document.querySelector('dialog[open] form')")
            // The first field has the focus: a name is typed and Enter keeps it.
            try await page.type("loans")
            try await page.put("First answer within, seconds", "30")
            try await page.put("Ahead of others, minutes", "10")
            try await page.tick("Always open")
            try await page.day(0, "9 to 5")
            try await page.evaluate("document.querySelector('dialog[open] form').requestSubmit()")
            // What cannot be read as hours holds the form back.
            #expect(try await page.evaluate("document.querySelector('[data-day=\"0\"]').validity.customError") == true)
            try await page.day(0, "09:00-12:00, 13:00-17:30")
            try await page.submit()
            try await page.wait(
                "[...document.querySelectorAll('.set-row h3')].some(e => e.textContent.startsWith('loans'))")
            let queues = try await desk.boss.call("GET", "/api/v1/desk/queues")["queues"]?.arrayValue
            let loans = try #require(queues?.first { $0["name"] == "loans" })
            #expect(loans["target_ms"] == 30_000 && loans["offset_ms"] == -600_000)
            #expect(loans["hours"]?["spans"]?.arrayValue?.prefix(2) == [[0, 540, 720], [0, 780, 1_050]])

            try await page.choose("agents")
            try await page.press(button: "Edit", in: "Mei")
            try await page.put("Skills", "trucks, english")
            try await page.put("Role", "appraiser")
            try await page.tick("loans")
            try await page.submit()
            try await page.wait("document.querySelector('.set-row').textContent.includes('trucks')")
            let agent = try await desk.boss.call("GET", "/api/v1/desk/agents")["agents"]?.arrayValue?.first
            #expect(agent?["role"] == "appraiser" && agent?["queues"] == [1, 2])
            try await page.press(button: "Take off", in: "Mei")
            try await page.wait("document.activeElement.classList.contains('set-undo')")
            try await page.press("Enter")
            try await page.wait("document.querySelector('.set-row').textContent.includes('trucks')")
            let back = try await desk.boss.call("GET", "/api/v1/desk/agents")["agents"]?.arrayValue?.first
            #expect(back?["queues"] == [1, 2] && back?["skills"] == ["english", "trucks"])

            try await page.choose("rules")
            try await page.press(button: "Add")
            try await page.put("Entrance", "item.loan")
            try await page.put("Queue", "2")
            try await page.put("Priority, 0 to 9", "4")
            try await page.submit()
            try await page.wait("document.querySelector('.set-row')?.textContent.includes('loans')")
            try await page.evaluate(
                """
                (() => { const form = document.querySelector('.set-trial'); const input = form.querySelector('input');
                input.value = 'item.loan'; form.requestSubmit(); })()
                """)
            try await page.wait("document.querySelector('.set-answer').textContent === 'Goes to loans, by rule 1.'")
            try await page.press(button: "Remove", in: "1.")
            try await page.wait("document.querySelector('.set-row.is-gone')")
            #expect(try await desk.boss.call("GET", "/api/v1/desk/rules")["rules"] == [])
            try await page.press("Enter")
            try await page.wait("document.querySelector('.set-row:not(.is-gone)')")
            #expect(try await desk.boss.call("GET", "/api/v1/desk/rules")["rules"]?.arrayValue?.count == 1)
            #expect(page.problems == [])
        }
    }

    @Test(
        "DESK-09 DESK-16 DESK-49 robots, businesses, replies and macros are set up in the page; a secret goes one way")
    func machines() async throws {
        try await DeskShop.open { desk in
            let robot = try HTTPReceiver()
            let page = try await settings(desk)
            try await page.choose("robots")
            try await page.press(button: "Add")
            try await page.put("Id", "faq")
            try await page.put("Name", "Faq")
            try await page.put("Address", robot.baseURL)
            try await page.submit()
            // The registration is shown once, with what the robot's program needs.
            try await page.wait("document.querySelector('dialog[open] code')?.textContent.includes('hs_token')")
            try await page.press("Escape")
            try await page.press(button: "Test", in: "Faq")
            try await page.wait("document.querySelector('.toast')?.textContent.startsWith('Faq answered')")

            try await page.choose("adapters")
            try await page.press(button: "Test", in: "viewing")
            try await page.put("Data, JSON", #"{"slot": "s1"}"#)
            try await page.evaluate("document.querySelector('dialog[open] form').requestSubmit()")
            try await page.wait("document.querySelector('.set-findings li[data-status=ok]')")
            try await page.press("Escape")
            try await page.press(button: "Edit", in: "viewing")
            #expect(try await page.evaluate("document.querySelector('dialog[open] input[type=password]').value") == "")
            try await page.put("Body, JSON", "{not json")
            try await page.evaluate("document.querySelector('dialog[open] form').requestSubmit()")
            try await page.wait("document.querySelector('dialog[open] .form-error').textContent.includes('JSON')")
            try await page.put("Body, JSON", #"{"slot": "{{data.slot}}"}"#)
            try await page.submit()
            let before = desk.business.requests.count
            try await page.press(button: "Remove", in: "viewing")
            try await page.wait("document.querySelector('.set-row.is-gone')")
            #expect(try await desk.boss.call("GET", "/api/v1/desk/adapters")["adapters"] == [])
            try await page.press("Enter")
            try await page.wait("document.querySelector('.set-row[data-adapter=viewing]')")
            // It still signs with the secret that nobody typed again.
            let check = try await desk.boss.call("POST", "/api/v1/desk/adapters/viewing/check", ["verb": "book"])
            #expect(check["findings"]?.arrayValue?.first?["status"] == "ok")
            #expect(desk.business.requests.count > before)

            try await page.choose("replies")
            try await page.press(button: "Remove", in: "hello")
            try await page.wait("document.activeElement.classList.contains('set-undo')")
            #expect(try await desk.boss.call("GET", "/api/v1/desk/canned")["canned"] == [])
            try await page.press("Enter")
            try await page.wait("document.querySelector('.set-row[data-reply=hello]')")

            try await page.choose("macros")
            try await page.press(button: "Add")
            try await page.put("Name", "bye")
            try await page.evaluate(
                """
                (() => { const dialog = document.querySelector('dialog[open]');
                dialog.querySelector('.set-steps input').value = 'Goodbye, {{customer}}!';
                [...dialog.querySelectorAll('button')].find(b => b.textContent === 'Add step').click();
                const kind = dialog.querySelectorAll('.set-steps select')[1]; kind.value = 'resolve';
                kind.dispatchEvent(new Event('change')); })()
                """)
            try await page.submit()
            try await page.wait("document.querySelector('.set-row[data-macro=bye]')")
            let steps = try await desk.boss.call("GET", "/api/v1/desk/macros")["macros"]?.arrayValue?.first?["steps"]
            #expect(steps == [["do": "reply", "text": "Goodbye, {{customer}}!"], ["do": "resolve"]])
            #expect(page.problems.filter { !$0.contains("404") } == [])
            robot.close()
        }
    }

    @Test(
        "DESK-40 every section and form is read by everybody, fits a small screen, and refuses who may not",
        arguments: [
            ChromiumPage.Look(), ChromiumPage.Look(isDark: true),
            ChromiumPage.Look(width: 360, height: 740, isPhone: true),
            ChromiumPage.Look(width: 360, height: 740, isPhone: true, isDark: true, language: "zh-CN"),
        ])
    func accessible(look: ChromiumPage.Look) async throws {
        try await DeskShop.open { desk in
            try await desk.boss.call(
                "PUT", "/api/v1/desk/rules",
                ["rules": [["if": ["entry": "item.book", "language": "zh"], "then": ["queue": 1, "priority": 3]]]])
            let page = try await settings(desk, look: look)
            let names = [
                "queues", "agents", "rights", "rules", "scenes", "greetings", "robots", "adapters", "replies", "macros",
                "alerts",
            ]
            for name in names {
                try await page.choose(name)
                try await check(page, name)
                let canAdd = "document.querySelector('.set-head .button:not([hidden])')"
                guard try await page.evaluate("Boolean(\(canAdd))") == true else { continue }
                try await page.evaluate(canAdd + ".click()")
                try await page.wait("document.querySelector('dialog[open] form')")
                try await page.evaluate(
                    "document.querySelectorAll('dialog[open] details').forEach(d => { d.open = true; })")
                try await page.evaluate(
                    """
                    document.querySelectorAll('dialog[open] .set-hours > .set-tick input').forEach(i => { if (i.checked) i.click(); })
                    """)
                try await check(page, "\(name), form")
                try await page.evaluate("document.querySelector('dialog[open]').close()")
            }
            // Somebody who serves and no more is told so.
            let mei = try await ChromiumPage.open(desk.shop.browser, look: look)
            try await mei.open(desk.shop.address("/desk/settings"))
            try await mei.wait("document.querySelector('#user')")
            try await mei.click("#user")
            try await mei.type(Shop.staffName)
            try await mei.click("#password")
            try await mei.type(Shop.staffPassword)
            try await mei.press("Enter")
            try await mei.wait("document.querySelector('.staff-note')")
        }
    }

    private func check(_ page: ChromiumPage, _ place: String) async throws {
        let findings = try await page.evaluate(AccessibilityAudit.script).arrayValue ?? []
        #expect(findings.compactMap(\.stringValue) == [], "\(place)")
        let wide = try await page.evaluate(
            """
            (() => { const body = document.querySelector('dialog[open] .dialog-body') ?? document.querySelector('.staff-main');
            return document.documentElement.scrollWidth > innerWidth || body.scrollWidth > body.clientWidth; })()
            """)
        #expect(wide == false, "\(place) is wider than its place")
        #expect(page.problems == [], "\(place)")
    }
}
