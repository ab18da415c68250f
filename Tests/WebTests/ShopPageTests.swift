import Basics
import TestSupport
import Testing

@Suite("Several shops on the pages", .serialized)
struct ShopPageTests {
    @Test("DESK-32 a second shop is opened in the settings, its customers see its name, and one console serves both")
    func story() async throws {
        try await DeskShop.open { desk in
            let settings = try await desk.ownersPage(
                "/desk/settings", look: ChromiumPage.Look(), until: "document.querySelector('.set-row')")
            #expect(try await settings.evaluate("document.querySelector('.staff-catalogue')") == .null)
            try await settings.choose("shops")
            try await settings.press(button: "Add")
            try await settings.put("Name", "Thread & Needle")
            try await settings.submit()
            // The page goes on with the new shop, which has nothing yet.
            try await settings.wait("document.querySelector('.staff-catalogue')?.value === '2'")
            try await settings.wait("document.querySelector('.set-none')?.hidden === false")
            try await settings.press(button: "Add")
            try await settings.put("Name", "mending")
            try await settings.submit()
            try await settings.wait("document.querySelector('.set-row')?.textContent.includes('mending')")
            try await settings.choose("agents")
            try await settings.press(button: "Add")
            try await settings.put("Account", "@mei:localhost")
            try await settings.submit()
            try await settings.wait("document.querySelector('.set-row')?.textContent.includes('mending')")
            let findings = try await settings.evaluate(AccessibilityAudit.script).arrayValue ?? []
            #expect(findings.compactMap(\.stringValue) == [])
            let first = try await desk.boss.call("GET", "/api/v1/desk/queues")["queues"]?.arrayValue
            #expect(first?.compactMap { $0["name"]?.stringValue } == ["sales"])

            let console = try await desk.console()
            let visitor = try await ChromiumPage.open(desk.shop.browser, look: .phone)
            try await visitor.open(desk.shop.address("/widget#" + HTTPClient.escape(#"{"shop":2}"#)))
            try await visitor.wait("document.querySelector('.shop-name')?.textContent === 'Thread & Needle'")
            try await visitor.say("Do you mend coats?")
            try await visitor.sees("Do you mend coats?", in: "sent")
            let here = try await desk.widget()
            try await here.wait("document.querySelector('.shop-name')?.textContent === 'Lamp & Wheel'")
            try await here.say("Is the lamp there?")
            // Both in one list, each with its shop's name.
            for name in ["Thread & Needle", "Lamp & Wheel"] {
                try await console.wait(
                    "[...document.querySelectorAll('.inbox-last')].some(e => e.textContent.startsWith('\(name)'))")
            }
            try await console.evaluate(
                "[...document.querySelectorAll('.inbox-row')].find(e => e.textContent.includes('Thread')).click()")
            try await console.hears("Do you mend coats?")
            try await console.say("We do")
            try await visitor.hears("We do")
            // Replies and queues on offer are those of the conversation's shop.
            try await console.evaluate("document.querySelector('[data-act=transfer]').click()")
            try await console.wait("document.querySelector('dialog[open] optgroup[data-group=queues] option')")
            let queues =
                "[...document.querySelectorAll('dialog[open] optgroup[data-group=queues] option')].map(e => e.textContent)"
            #expect(try await console.evaluate(queues) == ["mending"])
        }
    }
}
