import Basics
import TestSupport
import Testing

/// What is said beside a conversation, for colleagues alone.
@Suite("Beside the conversation", .serialized)
struct AsidePageTests {
    @Test(
        "DESK-50 DESK-53 a supervisor whispers to the agent, who reads it among the notes, and the customer never does")
    func whisper() async throws {
        try await DeskShop.open { desk in
            try await desk.boss.call(
                "PUT", "/api/v1/desk/agents/" + HTTPClient.escape("@boss:localhost"),
                ["capacity": 0, "queues": [1], "supervisor": true])
            let console = try await desk.console()
            let visitor = try await desk.widget()
            try await visitor.say("What is your best price?")
            try await console.wait("document.querySelector('.inbox-row')")
            try await console.evaluate("document.querySelector('.inbox-row').click()")
            try await console.hears("What is your best price?")
            let number = try #require(
                try await desk.boss.call("GET", "/api/v1/desk/conversations")["conversations"]?.arrayValue?.first?[
                    "number"]?.intValue)
            let boss = try await desk.ownersPage(
                "/desk#/\(number)", look: ChromiumPage.Look(), until: "document.querySelector('[data-act=whisper]')")
            try await boss.evaluate("document.activeElement.blur()")
            try await boss.press("w")
            try await boss.wait("document.activeElement.id === 'whisper-text'")
            try await boss.type("Not below eighty thousand")
            try await boss.click("dialog button[type=submit]")
            try await boss.wait("document.querySelector('.toast')?.textContent === 'Whispered.'")
            try await console.wait(
                "document.querySelector('.note-list .is-whisper')?.textContent.includes('Not below eighty thousand')")
            // It is no message: neither side's timeline has it, and the customer's page has heard of nothing.
            try await console.say("Eighty-five thousand.")
            try await visitor.hears("Eighty-five thousand.")
            #expect(try await visitor.texts() == ["What is your best price?", "Eighty-five thousand."])
            #expect(try await console.texts() == ["What is your best price?", "Eighty-five thousand."])
            #expect(try await visitor.evaluate("document.documentElement.textContent.includes('Not below')") == false)
            #expect(visitor.problems == [] && console.problems == [] && boss.problems == [])
        }
    }
}
