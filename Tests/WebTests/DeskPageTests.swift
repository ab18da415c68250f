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
            let isNoted = "document.querySelector('.note-list')?.textContent.includes('second key')"
            // What is drawn anew meanwhile may take what was typed: then it is written once more.
            for seconds in [20, 80] where try await console.evaluate(isNoted) != true {
                try await console.evaluate("document.activeElement.blur()")
                try await console.press("n")
                try await console.wait("document.activeElement.id === 'desk-note'")
                try await console.type("Asked for the second key")
                try await console.click(".note-form button")
                _ = try? await console.wait(isNoted, seconds: seconds)
            }
            try await console.wait(isNoted)
            try await console.evaluate("document.activeElement.blur()")
            try await console.press("r")
            try await console.wait("document.querySelector('.case-tools .desk-state.is-resolved')")
            // The customer is asked how it was.
            try await visitor.wait("document.querySelectorAll('.star').length === 5")
            try await visitor.click(".star:nth-child(5)")
            try await visitor.wait("document.querySelector('.state-bar')?.textContent.includes('Thank you')")
            // Whoever has just left a room may still tell that something in it was read.
            #expect(console.problems.filter { !$0.contains("/receipt/") } == [])
            #expect(visitor.problems == [])
        }
    }

    @Test(
        "DESK-02 DESK-03 DESK-49 DESK-50 tags and macros have keys, colleagues see who looks and writes and by whom a message is, customers see the shop"
    )
    func colleagues() async throws {
        try await DeskShop.open { desk in
            let steps: JSON = [["do": "reply", "text": "Thank you, {{customer}}."], ["do": "tag", "tag": "thanked"]]
            try await desk.boss.call("PUT", "/api/v1/desk/macros/thanks", ["steps": steps])
            try await desk.boss.call(
                "PUT", "/api/v1/desk/agents/" + HTTPClient.escape("@mei:localhost"),
                ["capacity": 3, "queues": [1], "role": "appraiser"])
            try await desk.boss.call(
                "PUT", "/api/v1/desk/agents/" + HTTPClient.escape("@boss:localhost"),
                ["capacity": 0, "queues": [1], "supervisor": true])
            let console = try await desk.console()
            let visitor = try await desk.widget()
            try await visitor.say("Hello")
            try await console.wait("document.querySelector('.inbox-row')")
            try await console.evaluate("document.querySelector('.inbox-row').click()")
            try await console.hears("Hello")
            try await console.evaluate("document.activeElement.blur()")
            try await console.press("l")
            try await console.wait("document.querySelector('#desk-tags')")
            try await console.type("car, urgent")
            try await console.press("Enter")
            try await console.wait(
                "[...document.querySelectorAll('.tag.is-label')].map(e => e.textContent).join() === 'car,urgent'")
            try await console.wait("!document.querySelector('#desk-tags')")
            try await console.evaluate("document.activeElement.blur()")
            try await console.press("m")
            try await console.wait("document.querySelector('.menu')")
            try await console.press("Enter")
            try await console.wait("document.querySelectorAll('.tag.is-label').length === 3")
            try await visitor.wait(
                "[...document.querySelectorAll('vt-message.is-theirs .body')].some(b => b.textContent.startsWith('Thank you, Visitor'))"
            )
            // To the customer it was the shop.
            #expect(
                try await visitor.evaluate("document.querySelector('vt-message.is-theirs .sender').textContent")
                    == "Lamp & Wheel")

            let number = try #require(
                try await desk.boss.call("GET", "/api/v1/desk/conversations")["conversations"]?.arrayValue?.first?[
                    "number"]?.intValue)
            let boss = try await ChromiumPage.open(desk.shop.browser)
            try await boss.open(desk.shop.address("/desk#/\(number)"))
            try await boss.wait("document.querySelector('#user')")
            try await boss.click("#user")
            try await boss.type("boss")
            try await boss.click("#password")
            try await boss.type(DeskShop.password)
            try await boss.press("Enter")
            try await boss.wait(
                "document.querySelector('.desk-looking:not([hidden])')?.textContent === 'Mei is looking'")
            try await console.wait(
                "document.querySelector('.desk-looking:not([hidden])')?.textContent === 'Boss is looking'")
            try await console.click(".composer-field")
            try await console.type("One moment")
            try await boss.wait("document.querySelector('.desk-looking').textContent === 'Mei is writing'")
            // The supervisor takes over and sees who has said what; Mei's words have her name and role.
            try await boss.evaluate("document.querySelector('[data-act=take]').click()")
            try await boss.wait("document.querySelector('vt-message.is-theirs .sender .tag')")
            try await boss.wait("[...document.querySelectorAll('.sender')].some(s => s.textContent === 'MeiAppraiser')")
            #expect(visitor.problems == [])
        }
    }

    @Test("DESK-51 a profile is written and a customer blocked, joined and erased from the console")
    func person() async throws {
        try await DeskShop.open { desk in
            try await desk.boss.call(
                "PUT", "/api/v1/desk/agents/" + HTTPClient.escape("@mei:localhost"),
                ["capacity": 3, "queues": [1], "supervisor": true])
            let console = try await desk.console()
            let visitor = try await desk.widget()
            try await visitor.say("Hello")
            try await console.wait("document.querySelector('.inbox-row')")
            try await console.evaluate("document.querySelector('.inbox-row').click()")
            try await console.wait("document.querySelector('[data-person=edit]')")
            try await console.evaluate("document.querySelector('[data-person=edit]').click()")
            try await console.wait("document.activeElement.id === 'person-name'")
            try await console.type("Wang Li")
            try await console.press("Enter")
            try await console.wait("document.querySelector('.facts dd')?.textContent === 'Wang Li'")
            try await choose("bellOff", console)
            try await console.wait("document.querySelector('#person-reason')")
            try await console.type("spam")
            try await console.evaluate("document.querySelector('dialog form').requestSubmit()")
            try await console.wait("document.querySelector('.desk-blocked')?.textContent.includes('spam')")
            try await choose("check", console)
            try await console.wait("!document.querySelector('.desk-blocked')")
            try await choose("trash", console)
            try await console.wait("document.querySelector('dialog .is-danger')")
            try await console.evaluate("document.querySelector('dialog .is-danger').click()")
            try await console.wait("document.querySelector('.toast')?.textContent.startsWith('Erased: 1')")
            try await visitor.wait("document.querySelector('vt-widget').dataset.face === 'welcome'")
            #expect(console.problems == [])
        }
    }

    private func choose(_ icon: String, _ console: ChromiumPage) async throws {
        try await console.wait("document.querySelector('[data-person=more]') && !document.querySelector('dialog')")
        try await console.evaluate("document.querySelector('[data-person=more]').click()")
        try await console.wait("document.querySelector('.menu [data-icon=\(icon)]')")
        try await console.evaluate("document.querySelector('.menu [data-icon=\(icon)]').closest('button').click()")
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
