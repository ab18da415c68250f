import Basics
import TestSupport
import Testing

@Suite("Language, theme and size", .serialized)
struct PreferenceTests {
    @Test("a page speaks the browser's language, changes it in place, and remembers the choice")
    func language() async throws {
        try await Shop.open { shop in
            let customer = try await shop.customer(look: ChromiumPage.Look(language: "zh-CN"))
            #expect(try await customer.evaluate("document.documentElement.lang") == "zh-CN")
            #expect(try await customer.evaluate("document.querySelector('.composer-field').placeholder") == "输入消息")
            try await customer.click(".language-button")
            try await customer.wait("document.documentElement.lang === 'en'")
            #expect(
                try await customer.evaluate("document.querySelector('.composer-field').placeholder")
                    == "Write a message")
            try await customer.say("hello")
            try await customer.sees("hello", in: "sent")
            try await customer.wait("document.querySelector('.line.is-day').textContent === 'Today'")
            try await customer.click(".language-button")
            try await customer.wait("document.querySelector('.line.is-day').textContent === '今天'")
            try await customer.reload()
            try await customer.wait("document.querySelector('.line.is-day')?.textContent === '今天'")
        }
    }

    @Test("light and dark follow the system until somebody chooses, and the choice is there before the first paint")
    func theme() async throws {
        try await Shop.open { shop in
            let customer = try await shop.customer(look: ChromiumPage.Look(isDark: true))
            let paper = "getComputedStyle(document.documentElement).backgroundColor"
            let dark = try await customer.evaluate(paper)
            try await customer.click("[data-t-label=dark_mode]")
            try await customer.wait("document.documentElement.dataset.theme === 'light'")
            #expect(try await customer.evaluate(paper) != dark)
            try await customer.reload()
            #expect(try await customer.evaluate("document.documentElement.dataset.theme") == "light")
            try await customer.wait("document.querySelector('[data-t-label=dark_mode]')")
            try await customer.click("[data-t-label=dark_mode]")
            try await customer.wait("!document.documentElement.dataset.theme")
            #expect(try await customer.evaluate(paper) == dark)
        }
    }

    @Test("on a phone the list and a conversation are two screens, and the browser's own way back works")
    func phone() async throws {
        try await Shop.open { shop in
            let customer = try await shop.customer()
            try await customer.say("small screen")
            try await customer.sees("small screen", in: "sent")
            let agent = try await shop.agent(look: .phone)
            try await agent.openConversation("small screen")
            let isShown = { (selector: String) in
                "document.querySelector('\(selector)').checkVisibility()"
            }
            #expect(try await agent.evaluate(isShown(".side")) == false)
            try await agent.click(".room-back")
            try await agent.wait(isShown(".side"))
            #expect(try await agent.evaluate(isShown(".desk-main")) == false)
            try await agent.openConversation("small screen")
            try await agent.evaluate("history.back()")
            try await agent.wait(isShown(".side"))
            let overflow = "document.documentElement.scrollWidth > innerWidth"
            #expect(try await agent.evaluate(overflow) == false)
            #expect(try await customer.evaluate(overflow) == false)
        }
    }
}
