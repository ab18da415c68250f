import Basics
import Synchronization
import TestSupport
import Testing

@Suite("The pages and a bad network", .serialized)
struct NetworkTests {
    @Test("MSG-42 what was written offline is sent by itself when the network is back, each message exactly once")
    func offline() async throws {
        try await Shop.open { shop in
            let customer = try await shop.customer()
            try await customer.say("before")
            try await customer.sees("before", in: "sent")
            let agent = try await shop.agent()
            try await agent.openConversation("before")

            try await customer.setOffline(true)
            try await customer.wait("document.querySelector('vt-banner').textContent")
            try await customer.say("first while away")
            try await customer.say("second while away")
            try await customer.sees("second while away", in: "sending")
            try await agent.say("are you there?")

            try await customer.setOffline(false)
            try await customer.sees("second while away", in: "sent")
            try await customer.hears("are you there?")
            try await customer.wait("!document.querySelector('vt-banner').textContent")
            try await agent.hears("second while away")
            let expected = ["before", "are you there?", "first while away", "second while away"]
            #expect(try await agent.texts().sorted() == expected.sorted())
            #expect(try await customer.texts().sorted() == expected.sorted())
        }
    }

    @Test("MSG-42 a message whose answer was lost on the way is repeated with the same transaction and exists once")
    func lostAnswer() async throws {
        try await Shop.open { shop in
            let customer = try await shop.customer()
            try await customer.say("hello")
            try await customer.sees("hello", in: "sent")

            let lost = Mutex(0)
            customer.intercept { [weak customer] request in
                let isFirst = lost.withLock { count in
                    count += 1
                    return count == 1
                }
                let id = request["requestId"] ?? .null
                let verdict: JSON = isFirst ? ["requestId": id, "errorReason": "ConnectionReset"] : ["requestId": id]
                _ = try? await customer?.send(isFirst ? "Fetch.failRequest" : "Fetch.continueRequest", verdict)
            }
            let pattern: JSON = ["urlPattern": "*/send/m.room.message/*", "requestStage": "Response"]
            try await customer.send("Fetch.enable", ["patterns": [pattern]])
            try await customer.say("only once")
            try await customer.sees("only once", in: "sent")
            try await customer.say("afterwards")
            try await customer.sees("afterwards", in: "sent")

            let agent = try await shop.agent()
            try await agent.openConversation("afterwards")
            try await agent.hears("only once")
            #expect(try await agent.texts() == ["hello", "only once", "afterwards"])
            #expect(lost.withLock { $0 } >= 2)
        }
    }

    @Test("a reload keeps the conversation, and a message that could not be sent yet goes out after it")
    func reload() async throws {
        try await Shop.open { shop in
            let customer = try await shop.customer()
            try await customer.say("first")
            try await customer.sees("first", in: "sent")

            try await customer.block(["*/send/m.room.message/*"])
            try await customer.say("kept")
            try await customer.sees("kept", in: "sending")
            try await customer.reload()
            try await customer.hears("first", from: "mine")
            try await customer.sees("kept", in: "sending")
            try await customer.block([])
            try await customer.sees("kept", in: "sent")
            try await customer.reload()
            try await customer.sees("kept", in: "sent")
            #expect(try await customer.texts() == ["first", "kept"])
        }
    }

    @Test("MSG-26 MSG-74 a page that was not given an event sees the hole and fetches it")
    func hole() async throws {
        try await Shop.open { shop in
            let customer = try await shop.customer()
            try await customer.say("begin")
            try await customer.sees("begin", in: "sent")
            let agent = try await shop.agent()
            try await agent.openConversation("begin")

            let dropped = Mutex(0)
            customer.intercept { [weak customer] request in
                guard let customer else { return }
                await Self.passWithout("lost on the way", request, customer) { dropped.withLock { $0 += 1 } }
            }
            try await customer.send(
                "Fetch.enable", ["patterns": [["urlPattern": "*/sync*", "requestStage": "Response"]]])
            try await agent.say("lost on the way")
            try await agent.sees("lost on the way", in: "sent")
            try await agent.say("arrived")
            try await customer.hears("arrived")
            try await customer.hears("lost on the way")
            #expect(try await customer.texts() == ["begin", "lost on the way", "arrived"])
            #expect(dropped.withLock { $0 } == 1)
        }
    }

    /// Lets a sync answer pass, but without the timeline event that says `text`.
    private static func passWithout(
        _ text: String, _ request: JSON, _ page: ChromiumPage, found: @Sendable () -> Void
    ) async {
        let id = request["requestId"] ?? .null
        guard request["responseStatusCode"]?.intValue == 200,
            let reply = try? await page.send("Fetch.getResponseBody", ["requestId": id]),
            let body = ResponseBody(reply), body.text.contains(text)
        else {
            _ = try? await page.send("Fetch.continueRequest", ["requestId": id])
            return
        }
        found()
        let changed = body.withoutEvent(saying: text)
        _ = try? await page.send(
            "Fetch.fulfillRequest",
            [
                "requestId": id, "responseCode": 200, "body": .string(changed),
                "responseHeaders": [["name": "Content-Type", "value": "application/json"]],
            ])
    }

    @Test("MSG-53 a session that is ended elsewhere leaves the page at once, and nothing of it stays in the browser")
    func ended() async throws {
        try await Shop.open { shop in
            let first = try await shop.agent()
            let second = try await shop.agent()
            try await second.click(".side-tools [data-t-label=account]")
            try await second.wait("document.querySelector('.menu [data-icon=devices]')")
            try await second.evaluate("document.querySelector('.menu [data-icon=devices]').closest('button').click()")
            try await second.wait("document.querySelector('.session .button')")
            try await second.click(".session .button")
            try await second.wait("document.querySelector('.session-form input')")
            try await second.type(Shop.staffPassword)
            try await second.press("Enter")
            try await first.wait("document.querySelector('#password')")
            #expect(try await first.evaluate("localStorage.getItem('vitrine.session.agent')") == .null)
            try await second.wait("document.querySelectorAll('.session').length === 1")
        }
    }
}
