import Basics
import TestSupport
import Testing

@Suite("Recall", .serialized)
struct RecallTests {
    @Test(
        "MSG-29 a recalled message disappears on the other side, stays gone after a reload, and says that it was recalled"
    )
    func recall() async throws {
        try await Shop.open { shop in
            let customer = try await shop.customer()
            try await customer.say("my card number is 1234")
            try await customer.sees("my card number is 1234", in: "sent")
            let agent = try await shop.agent()
            try await agent.openConversation("my card number")
            try await agent.hears("my card number is 1234")

            try await customer.choose("recall", onMessage: "my card number is 1234")
            try await agent.wait("document.querySelector('vt-message.is-recalled')")
            try await customer.wait("document.querySelector('vt-message.is-recalled')")
            try await agent.wait("!document.querySelector('.inbox').textContent.includes('1234')")
            #expect(try await agent.evaluate("document.body.textContent.includes('1234')") == false)

            try await agent.reload()
            try await agent.wait("document.querySelector('vt-message.is-recalled')")
            #expect(try await agent.evaluate("document.body.textContent.includes('1234')") == false)
            #expect(
                try await customer.evaluate("document.querySelector('vt-message.is-recalled .message-more').hidden")
                    == true)
        }
    }
}
