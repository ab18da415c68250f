import Basics
import Foundation
import TestSupport
import Testing

@Suite("The chat in a shop's page and the agent's console", .serialized)
struct DeskPageTests {
    @Test(
        "DESK-01 DESK-10 DESK-11 DESK-18 DESK-20 DESK-47 DESK-49 DESK-72 a visitor from a scene reaches an agent, gets a card, books, logs in, and is one person with one history"
    )
    func story() async throws {
        try await DeskShop.open { desk in
            let console = try await desk.console()
            let visitor = try await desk.widget()
            // The car is pinned before anything was said, with its price.
            try await visitor.wait("document.querySelector('.pinned-title')?.textContent === 'A blue car of 2019'")
            try await visitor.wait("/86,000/.test(document.querySelector('.pinned-price').textContent)")
            try await visitor.say("May I come and see it?")
            try await visitor.sees("May I come and see it?", in: "sent")

            // It appears at the agent without a reload, with what it is about and why it came here.
            try await console.wait(
                "document.querySelector('.inbox-row .inbox-last')?.textContent === 'A blue car of 2019'")
            try await console.evaluate("document.querySelector('.inbox-row').click()")
            try await console.hears("May I come and see it?")
            try await console.wait(
                "document.querySelector('.case-bar .pinned-title')?.textContent === 'A blue car of 2019'")
            try await console.wait("document.querySelector('.case-tools .tag')?.textContent === 'item.book'")
            try await console.wait("document.querySelector('.info-body')?.textContent.includes('could take it after')")

            // A canned reply by its name, then a card.
            try await console.click(".composer-field")
            try await console.type("/hello ")
            try await console.wait("document.querySelector('.composer-field').value.startsWith('Good day, Visitor')")
            try await console.press("Enter")
            try await visitor.wait(
                "[...document.querySelectorAll('vt-message.is-theirs .body')].some(b => b.textContent.startsWith('Good day, Visitor'))"
            )
            try await console.click("[data-act=card]")
            try await console.wait("document.querySelector('#card-lines')")
            try await console.click("#card-lines")
            try await console.type("Sat 10:00\nSun 14:00")
            try await console.click("dialog button[type=submit]")
            try await console.wait("!document.querySelector('dialog')")
            try await visitor.wait("document.querySelectorAll('.card-choice input').length === 2")
            // The agent sees the card as it is, and that it is the customer's to press.
            try await console.wait("document.querySelector('vt-business-card .card-outcome')")

            // Nothing chosen: the browser asks; then the choice, and the answer of the business in the card.
            try await visitor.click(".card-choice")
            try await visitor.click(".card-actions button")
            try await visitor.wait(
                "document.querySelector('vt-business-card.is-done .card-outcome')?.textContent.includes('Booked: Sat 10:00')"
            )
            try await console.wait("document.querySelector('vt-business-card.is-done')")
            #expect(desk.business.requests.count == 1)
            #expect(desk.business.requests.first?.json["car"] == "car-881")

            try await logIn(visitor)
            // Everything is still there, and what the visitor said is the customer's own.
            try await visitor.wait("document.querySelector('vt-widget').dataset.known === 'yes'")
            try await visitor.hears("May I come and see it?", from: "mine")
            try await visitor.wait("document.querySelector('vt-business-card.is-done')")
            try await visitor.say("It is me, with a name now.")
            try await console.hears("It is me, with a name now.")
            // One customer with both ids, one conversation.
            try await console.wait("document.querySelectorAll('.inbox-row').length === 1")
            try await console.evaluate("document.querySelector('.info-head button').click()")
            try await console.reload()
            try await console.wait("document.querySelector('.panel-part .panel-list')?.children.length === 2")
            #expect(visitor.problems == [])
            #expect(console.problems == [])
        }
    }

    private func logIn(_ visitor: ChromiumPage) async throws {
        try await visitor.click(".shop-tools [data-t-label=more]")
        try await visitor.wait("document.querySelector('.menu [data-icon=leave]')")
        try await visitor.evaluate("document.querySelector('.menu [data-icon=leave]').closest('button').click()")
        try await visitor.wait("document.querySelector('#become-name')")
        try await visitor.click("#become-name")
        try await visitor.type("linda")
        try await visitor.click("#become-password")
        try await visitor.type("a long enough password")
        try await visitor.click(".become button[data-new]")
    }

    @Test(
        "DESK-41 DESK-53 offers are taken by a key, notes written, conversations transferred back to the queue and ended"
    )
    func keys() async throws {
        try await DeskShop.open(mode: "offer") { desk in
            let console = try await desk.console()
            let visitor = try await desk.widget()
            try await visitor.say("Hello?")
            try await visitor.sees("Hello?", in: "sent")
            try await console.press("2")
            try await console.wait("document.querySelector('.inbox-row[data-status=offered]')")
            try await console.press("j")
            try await console.press("Enter")
            try await console.wait("document.querySelector('[data-act=decline]')")
            try await console.press("a")
            try await console.wait("document.querySelector('[data-act=resolve]')")
            try await console.evaluate("document.activeElement.blur()")
            try await console.press("n")
            try await console.wait("document.activeElement.id === 'desk-note'")
            try await console.type("Asked for the second key")
            try await console.click(".note-form button")
            try await console.wait("document.querySelector('.note-list')?.textContent.includes('second key')")
            try await console.evaluate("document.activeElement.blur()")
            try await console.press("r")
            try await console.wait("document.querySelector('.case-tools .desk-state.is-resolved')")
            // The customer is asked how it was.
            try await visitor.wait("document.querySelectorAll('.star').length === 5")
            try await visitor.click(".star:nth-child(5)")
            try await visitor.wait("document.querySelector('.state-bar')?.textContent.includes('Thank you')")
            #expect(console.problems == [])
            #expect(visitor.problems == [])
        }
    }

    @Test(
        "DESK-10 DESK-54 every control of chat, card and console has a name, text has contrast, in both languages",
        arguments: [
            ChromiumPage.Look(),
            ChromiumPage.Look(width: 360, height: 740, isPhone: true, isDark: true, language: "zh-CN"),
        ])
    func accessible(look: ChromiumPage.Look) async throws {
        try await DeskShop.open { desk in
            let visitor = try await desk.widget(look: look)
            try await check(visitor, "chat, hello")
            let console = try await desk.console(look: look)
            try await check(console, "console, nothing to do")
            try await visitor.say("Hello")
            try await console.wait("document.querySelector('.inbox-row')")
            try await console.evaluate("document.querySelector('.inbox-row').click()")
            try await console.hears("Hello")
            try await console.evaluate("document.querySelector('[data-act=card]').click()")
            try await console.wait("document.querySelector('#card-lines')")
            try await check(console, "console, composing a card")
            try await console.click("#card-lines")
            try await console.type("Sat 10:00")
            try await console.click("dialog button[type=submit]")
            try await visitor.wait("document.querySelector('.card-choice input')")
            try await check(visitor, "chat, card")
            try await console.wait("document.querySelector('vt-business-card')")
            try await check(console, "console, card")
        }
    }

    private func check(_ page: ChromiumPage, _ place: String) async throws {
        let findings = try await page.evaluate(AccessibilityAudit.script).arrayValue ?? []
        #expect(findings.compactMap(\.stringValue) == [], "\(place)")
        #expect(page.problems == [], "\(place)")
    }

    @Test("DESK-54 one tag puts a button into a page; it opens the chat in a sandboxed frame of the chat's origin")
    func tag() async throws {
        try await DeskShop.open { desk in
            let tag =
                "<script src='\(desk.shop.address("/web/widget/load.js"))' data-entry='item.book' data-ref='car-881' "
                + "data-title='A blue car' async></script>"
            let host = try HTTPReceiver { request in
                request.path == "/"
                    ? .init(html: "<!doctype html><title>A shop</title><h1>A blue car</h1>\(tag)") : .init(404)
            }
            let page = try await ChromiumPage.open(desk.shop.browser)
            try await page.open(host.baseURL + "/")
            // The chat's parts stand in a closed shadow root: the page sees an empty element and nothing else.
            try await page.wait("document.body.lastElementChild.tagName === 'DIV'")
            try await page.evaluate("document.body.lastElementChild.id = 'chat'")
            let place = try await page.evaluate("[innerWidth - 48, innerHeight - 48]")
            let navigated = page.expect("Page.frameNavigated")
            for type in ["mouseMoved", "mousePressed", "mouseReleased"] {
                try await page.send(
                    "Input.dispatchMouseEvent",
                    [
                        "type": .string(type), "x": place.arrayValue?[0] ?? 0, "y": place.arrayValue?[1] ?? 0,
                        "button": "left", "clickCount": 1,
                    ])
            }
            let frame = await navigated.first { _ in true }
            #expect(frame?["frame"]?["url"]?.stringValue?.hasPrefix(desk.shop.address("/widget")) == true)
            // The browser asks any site for a favicon, which this one does not have.
            #expect(page.problems.filter { !$0.contains("favicon") } == [])
            host.close()
        }
    }
}
