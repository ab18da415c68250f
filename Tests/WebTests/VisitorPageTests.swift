import Basics
import Foundation
import TestSupport
import Testing

/// What a visitor meets before somebody answers: a greeting beside the button, and a form while the shop is closed.
@Suite("Visitors of a shop's page", .serialized)
struct VisitorPageTests {
    private static let words = "Shall we look at it together?"

    /// A page of a shop about a car, on an origin of its own; it notes what the chat tells it.
    private func host(_ desk: DeskShop) throws -> HTTPReceiver {
        let note =
            "<script>addEventListener('message', (event) => { if (event.data?.vitrine === 'greeting') "
            + "document.body.dataset.greeted = event.data.text; });</script>"
        let tag =
            "<script src='\(desk.shop.address("/web/widget/load.js"))' data-entry='item.page' data-ref='car-881' "
            + "data-title='A blue car' data-greet='1' async></script>"
        return try HTTPReceiver { request in
            request.path == "/"
                ? .init(html: "<!doctype html><html lang=en><title>A shop</title><h1>A blue car</h1>\(note)\(tag)")
                : .init(404)
        }
    }

    @Test(
        "DESK-07 who stays on an item's page is greeted beside the chat's button, once in a day, and the words stand in the conversation that follows"
    )
    func greeting() async throws {
        try await DeskShop.open { desk in
            let rule: JSON = ["if": ["entry": "item.page"], "after_s": 2, "text": .string(Self.words)]
            try await desk.boss.call("PUT", "/api/v1/desk/policies/greetings", ["rules": [rule]])
            let console = try await desk.console()
            let host = try host(desk)
            let page = try await ChromiumPage.open(desk.shop.browser)
            let replies = AsyncStream.makeStream(of: JSON.self)
            page.intercept { [weak page] paused in
                guard let page else { return }
                let id: JSON = ["requestId": paused["requestId"] ?? .null]
                if let reply = try? await page.send("Fetch.getResponseBody", id), let body = ResponseBody(reply),
                    let said = try? JSON(parsing: Array(body.text.utf8))
                {
                    replies.continuation.yield(said)
                }
                _ = try? await page.send("Fetch.continueRequest", id)
            }
            let pattern: JSON = ["urlPattern": "*/scenes/greeting", "requestStage": "Response"]
            try await page.send("Fetch.enable", ["patterns": [pattern]])
            var answers = replies.stream.makeAsyncIterator()

            try await page.open(host.baseURL + "/")
            // The server counts: as long as it is too early it says when to ask again, and then the words.
            var last = try #require(await answers.next())
            while let rest = last["again_ms"]?.intValue {
                #expect(last["greeting"] == .null && (1...2_000).contains(rest))
                last = try #require(await answers.next())
            }
            #expect(last["greeting"]?.stringValue == Self.words)
            try await page.wait("document.body.dataset.greeted === \(ChromiumPage.quoted(Self.words))")
            _ = try #require(try await node(in: page) { $0["nodeValue"]?.stringValue == Self.words })

            // The same page again: the visitor has been greeted today.
            try await page.open(host.baseURL + "/")
            #expect(try #require(await answers.next()) == ["greeting": .null])
            #expect(try await page.evaluate("document.body.dataset.greeted ?? null") == .null)

            // The visitor opens the chat and answers; the agent sees both.
            try await touch(page, "[innerWidth - 48, innerHeight - 48]")
            let field = try await field(in: page)
            try await page.send("DOM.focus", ["backendNodeId": field])
            try await page.type("Yes, at noon?")
            try await page.press("Enter")
            try await console.wait("document.querySelector('.inbox-row')")
            try await console.evaluate("document.querySelector('.inbox-row').click()")
            try await console.wait(
                "[...document.querySelectorAll('vt-message .body')].some(b => b.textContent.includes('at noon?'))")
            #expect(try await console.texts() == [Self.words, "Yes, at noon?"])
            #expect(page.problems.filter { !$0.contains("favicon") } == [])
            #expect(console.problems == [])
            host.close()
        }
    }

    private func touch(_ page: ChromiumPage, _ place: String) async throws {
        let place = try await page.evaluate(place)
        for type in ["mouseMoved", "mousePressed", "mouseReleased"] {
            try await page.send(
                "Input.dispatchMouseEvent",
                [
                    "type": .string(type), "x": place.arrayValue?[0] ?? 0, "y": place.arrayValue?[1] ?? 0,
                    "button": "left", "clickCount": 1,
                ])
        }
    }

    /// The first node for which something holds, in frames and closed shadow roots too.
    private func node(in page: ChromiumPage, where fits: (JSON) -> Bool) async throws -> JSON? {
        let tree = try await page.send("DOM.getDocument", ["depth": -1, "pierce": true])["root"] ?? .null
        func search(_ node: JSON) -> JSON? {
            if fits(node) { return node }
            let below = (node["children"]?.arrayValue ?? []) + (node["shadowRoots"]?.arrayValue ?? [])
            for child in below + (node["contentDocument"].map { [$0] } ?? []) {
                if let found = search(child) { return found }
            }
            return nil
        }
        return search(tree)
    }

    /// The field of the chat in its frame, as soon as it can be written in.
    private func field(in page: ChromiumPage) async throws -> JSON {
        while !Task.isCancelled {
            let found = try await node(in: page) {
                $0["attributes"]?.arrayValue?.contains("composer-field") == true
            }
            if let id = found?["backendNodeId"] { return id }
        }
        throw CancellationError()
    }

    @Test(
        "DESK-48 outside of its hours the chat says when the shop opens, and takes word and where to answer, which the agent finds"
    )
    func closed() async throws {
        try await DeskShop.open { desk in
            // Open on one day of the week: the one after tomorrow.
            let day = Int64(Date.now.timeIntervalSince1970) / 86_400 + 2
            let hours: JSON = ["zone": "UTC", "spans": [[.int((day + 3) % 7), 540, 1_080]]]
            try await desk.boss.call("PUT", "/api/v1/desk/queues/1", ["name": "sales", "hours": hours])
            let visitor = try await desk.widget()
            try await visitor.say("Is it still there?")
            try await visitor.sees("Is it still there?", in: "sent")
            try await visitor.wait("document.querySelector('.closed:not([hidden]) .closed-form')")
            let opens = day * 86_400_000 + 9 * 3_600_000
            let shown = try await visitor.evaluate(
                """
                import('/web/language.js').then(({ locale }) => new Intl.DateTimeFormat(locale(),
                    { weekday: 'long', hour: 'numeric', minute: '2-digit' }).format(\(opens)))
                """
            ).stringValue
            let told = try await visitor.evaluate("document.querySelector('.closed-words').textContent").stringValue
            #expect(told == "Nobody is here now; we answer from \(try #require(shown)) on.")
            let findings = try await visitor.evaluate(AccessibilityAudit.script).arrayValue ?? []
            #expect(findings.compactMap(\.stringValue) == [])

            // Without an address the form stays; then it says that it was kept.
            try await visitor.click(".closed-form button")
            #expect(try await visitor.evaluate("document.querySelector('#closed-contact').validity.valid") == false)
            try await visitor.click("#closed-text")
            try await visitor.type("Please call me back")
            try await visitor.click("#closed-contact")
            try await visitor.type("linda@example.org")
            try await visitor.click(".closed-form button")
            try await visitor.wait("document.querySelector('.closed-words').textContent.includes('We have kept')")
            try await visitor.wait("document.querySelector('.closed-form').hidden")
            try await visitor.sees("Please call me back", in: "sent")

            // An agent who looks finds the words, and the address among the notes alone.
            let console = try await desk.console()
            try await console.press("2")
            try await console.wait("document.querySelector('.inbox-row')")
            try await console.evaluate("document.querySelector('.inbox-row').click()")
            try await console.wait(
                "document.querySelector('.note-list')?.textContent.includes('linda@example.org')")
            try await console.wait("document.querySelector('.preview-lines')?.textContent.includes('call me back')")
            #expect(
                try await console.evaluate("document.querySelector('.preview-lines').textContent.includes('linda@')")
                    == false)
            #expect(visitor.problems == [] && console.problems == [])
        }
    }
}
