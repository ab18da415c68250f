import Basics
import TestSupport
import Testing

@Suite("The keys of the console", .serialized)
struct DeskKeyTests {
    @Test("DESK-49 a conversation is put aside, ended, brought back and given to another queue by keys alone")
    func moves() async throws {
        try await DeskShop.open { desk in
            try await desk.boss.call("POST", "/api/v1/desk/queues", ["name": "loans", "mode": "pick"])
            try await desk.boss.call(
                "PUT", "/api/v1/desk/agents/" + HTTPClient.escape("@mei:localhost"),
                ["capacity": 3, "queues": [1, 2]])
            let console = try await desk.console()
            let visitor = try await desk.widget()
            try await visitor.say("Hello")
            try await console.wait("document.querySelector('.inbox-row')")
            try await console.press("j")
            try await console.press("Enter")
            try await console.hears("Hello")
            try await console.key("s")
            try await console.wait("document.querySelector('.menu')")
            try await console.press("Enter")
            try await console.wait("document.querySelector('.case-tools .desk-state.is-snoozed')")
            try await console.key("r")
            try await console.wait("document.querySelector('.case-tools .desk-state.is-resolved')")
            try await console.key("a")
            try await console.wait("document.querySelector('[data-act=transfer]')")
            try await console.key("t")
            try await console.wait("document.querySelector('#transfer-to')")
            try await console.evaluate("document.querySelector('#transfer-to').value = 'queue 2'")
            try await console.evaluate("document.querySelector('dialog form').requestSubmit()")
            // It waits in the other queue, from which it is taken by a key.
            try await console.wait("document.querySelector('.case-tools .desk-state.is-queued')")
            try await console.wait(
                "[...document.querySelectorAll('.case-tools .tag')].some(e => e.textContent === 'loans')")
            // Whoever has just left a room may still tell that something in it was read.
            #expect(console.problems.filter { !$0.contains("/receipt/") } == [])
        }
    }
}

extension ChromiumPage {
    /// Presses a key of the console, with the focus in no field.
    fileprivate func key(_ key: String) async throws {
        try await evaluate("document.activeElement?.blur()")
        try await press(key)
    }
}
