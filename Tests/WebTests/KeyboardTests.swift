import Basics
import TestSupport
import Testing

@Suite("By keyboard only", .serialized)
struct KeyboardTests {
    /// Presses Tab until the focus is on what matches.
    private func tab(to selector: String, on page: ChromiumPage) async throws {
        for _ in 0..<40 {
            if try await page.evaluate("document.activeElement?.matches('\(selector)')") == true { return }
            try await page.press("Tab")
        }
        Issue.record("Tab never comes to \(selector)")
    }

    @Test("the shop's day without a mouse: log in, move in the list, open, answer, leave, search, read the help")
    func agent() async throws {
        try await Shop.open { shop in
            let one = try await shop.customer()
            try await one.say("question from one")
            try await one.sees("question from one", in: "sent")
            let two = try await shop.customer()
            try await two.say("question from two")
            try await two.sees("question from two", in: "sent")

            let page = try await ChromiumPage.open(shop.browser)
            try await page.open(shop.address("/agent"))
            try await page.wait("document.activeElement?.id === 'user'")
            try await page.type(Shop.staffName)
            try await tab(to: "#password", on: page)
            try await page.type(Shop.staffPassword)
            try await page.press("Enter")
            try await page.wait("document.querySelectorAll('.inbox-row').length === 2")

            try await page.press("j")
            try await page.wait("document.activeElement?.textContent.includes('question from two')")
            try await page.press("j")
            try await page.wait("document.activeElement?.textContent.includes('question from one')")
            try await page.press("k")
            try await page.press("ArrowDown")
            try await page.wait("document.activeElement?.textContent.includes('question from one')")
            try await page.press("Enter")
            try await page.hears("question from one")
            try await page.wait("document.activeElement?.matches('.composer-field')")
            try await page.type("answer to one")
            try await page.press("Enter")
            try await one.hears("answer to one")
            try await page.type("and more")
            try await page.press("Enter", control: true)
            try await one.hears("and more")

            try await page.press("Escape")
            try await page.wait(
                "document.querySelector('.room').hidden && document.activeElement?.matches('.inbox-row')")
            try await page.press("?")
            try await page.wait("document.querySelector('dialog kbd')")
            try await page.press("Escape")
            try await page.wait("!document.querySelector('dialog')")
            try await page.press("/")
            try await page.wait("document.activeElement?.matches('.search-input')")
            try await page.press("Escape")
            try await page.wait("document.activeElement?.matches('.inbox-row')")
            #expect(page.problems == [])
        }
    }

    @Test("a visitor recalls a message by keyboard: Shift+Tab to the messages, arrows to one, Enter for its menu")
    func menu() async throws {
        try await Shop.open { shop in
            let customer = try await shop.customer()
            try await customer.say("one")
            try await customer.say("two")
            try await customer.sees("two", in: "sent")
            try await customer.evaluate("document.querySelector('vt-message[tabindex=\"0\"]').focus()")
            try await customer.press("ArrowUp")
            try await customer.wait(
                "document.activeElement?.matches('vt-message') && document.activeElement.textContent.includes('one')")
            try await customer.press("Enter")
            try await customer.wait("document.activeElement?.closest('[role=menu]')")
            try await customer.press("End")
            try await customer.wait("document.activeElement?.querySelector('[data-icon=recall]')")
            try await customer.press("Enter")
            try await customer.wait("document.querySelectorAll('vt-message.is-recalled').length === 1")
            #expect(try await customer.count(of: "two") == 1)
        }
    }
}
