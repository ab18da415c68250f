import Basics
import TestSupport
import Testing

@Suite("Greetings and rights in the desk's settings", .serialized)
struct SettingsRuleTests {
    private func settings(_ desk: DeskShop) async throws -> ChromiumPage {
        try await desk.ownersPage(
            "/desk/settings", look: ChromiumPage.Look(), until: "document.querySelector('.set-row')")
    }

    @Test("DESK-07 when the shop speaks first is set in the page: added, moved, changed, removed and brought back")
    func greetings() async throws {
        try await DeskShop.open { desk in
            let page = try await settings(desk)
            let policy = "/api/v1/desk/policies/greetings"
            try await page.choose("greetings")
            for (entry, seconds, text) in [("item.page", "40", "May we help?"), ("home", "90", "Good day!")] {
                try await page.press(button: "Add")
                try await page.put("Entrance", entry)
                try await page.put("Looks for, seconds", seconds)
                try await page.put("What the shop says", text)
                try await page.submit()
            }
            try await page.wait("document.querySelectorAll('.set-row').length === 2")
            try await page.press(button: "Down", in: "1.")
            try await page.wait("document.querySelector('.set-row h3').textContent.includes('home')")
            #expect(
                try await desk.boss.call("GET", policy)["rules"] == [
                    ["if": ["entry": "home"], "after_s": 90, "text": "Good day!"],
                    ["if": ["entry": "item.page"], "after_s": 40, "text": "May we help?"],
                ])
            try await page.press(button: "Edit", in: "2.")
            try await page.put("Looks at it for the … time today", "2")
            try await page.submit()
            try await page.wait("document.body.textContent.includes('looked at 2 times or more today')")
            try await page.press(button: "Remove", in: "1.")
            try await page.wait("document.querySelector('.set-row.is-gone')")
            #expect(try await desk.boss.call("GET", policy)["rules"]?.arrayValue?.count == 1)
            try await page.press("Enter")
            try await page.wait("document.querySelectorAll('.set-row:not(.is-gone)').length === 2")
            #expect(try await desk.boss.call("GET", policy)["rules"]?.arrayValue?.count == 2)
            #expect(page.problems == [])
        }
    }

    @Test("DESK-02 rights of the parts are shown and changed in the page, and the console offers what may be sent")
    func rights() async throws {
        try await DeskShop.open { desk in
            let page = try await settings(desk)
            try await page.choose("rights")
            try await page.wait(
                "document.querySelector('[data-part=finance]').textContent.includes('price.* · payment.* · refund.*')")
            try await page.press(button: "Edit", in: "Finance")
            try await page.put("Kinds of cards", "payment.*, refund.*")
            try await page.submit()
            try await page.wait("!document.querySelector('[data-part=finance]').textContent.includes('price')")
            try await desk.boss.call(
                "PUT", "/api/v1/desk/agents/" + HTTPClient.escape("@mei:localhost"),
                ["capacity": 3, "queues": [1], "role": "finance"])

            let console = try await desk.console()
            let visitor = try await desk.widget()
            try await visitor.say("I have paid twice")
            try await console.wait("document.querySelector('.inbox-row')")
            try await console.evaluate("document.querySelector('.inbox-row').click()")
            try await console.hears("I have paid twice")
            try await console.click("[data-act=card]")
            try await console.wait("document.querySelector('#card-kind')")
            let kinds = try await console.evaluate(
                "[...document.querySelector('#card-kind').options].map(o => o.value)")
            #expect(kinds == ["payment.request", "refund.offer"])
            try await console.evaluate(
                """
                (() => { const kind = document.querySelector('#card-kind'); kind.value = 'refund.offer';
                kind.dispatchEvent(new Event('change')); })()
                """)
            try await console.click("#card-sum")
            try await console.type("CNY 500")
            try await console.click("dialog button[type=submit]")
            try await console.wait("!document.querySelector('dialog')")
            try await visitor.wait("document.querySelector('.card-facts dd:last-child')")
            #expect(
                try await visitor.evaluate("document.querySelector('vt-business-card').textContent.includes('CNY 500')")
                    == true)
            #expect(page.problems == [] && console.problems == [] && visitor.problems == [])
        }
    }

    @Test("DESK-09 a robot's draft stands above the agent's field, is taken or left, and the customer never sees it")
    func drafts() async throws {
        try await DeskShop.open { desk in
            let made = try await desk.boss.call("POST", "/api/v1/desk/robots", ["id": "faq", "name": "Faq"])
            let token = try #require(made["registration"]?["as_token"]?.stringValue)
            let rule: JSON = ["if": ["entry": "item.book"], "then": ["queue": 1, "robot": "@r.faq:localhost"]]
            try await desk.boss.call("PUT", "/api/v1/desk/rules", ["rules": [rule]])
            let robot = MatrixClient(desk.shop.server.http, session: ["access_token": .string(token)])
            try await desk.boss.call(
                "PUT", "/api/v1/desk/agents/" + HTTPClient.escape("@boss:localhost"),
                ["capacity": 0, "queues": [1], "supervisor": true])
            let console = try await desk.console()
            let visitor = try await desk.widget()
            try await visitor.say("Is it still there?")
            try await visitor.sees("Is it still there?", in: "sent")
            let opened = try #require(
                try await desk.boss.call("GET", "/api/v1/desk/conversations")["conversations"]?.arrayValue?.first)
            let number = try #require(opened["number"]?.intValue)
            let drafts = "/api/v1/desk/conversations/\(number)/drafts"
            let room = HTTPClient.escape(try #require(opened["room_id"]?.stringValue))
            // It drafts while it has the conversation, and gives it to a person.
            try await robot.call("POST", drafts, ["text": "Yes, it stands in hall 2."])
            try await robot.call(
                "PUT", "/_matrix/client/v3/rooms/\(room)/send/shop.vitrine.handover/h1", ["reason": "asked"])
            try await console.wait("document.querySelector('.inbox-row')")
            try await console.evaluate("document.querySelector('.inbox-row').click()")
            try await console.hears("Is it still there?")
            try await console.wait(
                "document.querySelector('.desk-draft:not([hidden]) p')?.textContent === 'Yes, it stands in hall 2.'")
            try await console.click(".desk-draft .button")
            try await console.wait("document.querySelector('.composer-field').value === 'Yes, it stands in hall 2.'")
            try await console.press("Enter")
            try await visitor.hears("Yes, it stands in hall 2.")
            try await console.wait("document.querySelector('.desk-draft').hidden")
            #expect(try await visitor.evaluate("document.querySelector('.desk-draft')") == .null)
            #expect(console.problems == [] && visitor.problems == [])
        }
    }
}
