import Basics
import TestSupport
import Testing

@Suite("A visitor and the shop talk", .serialized)
struct ConversationTests {
    @Test("a visitor writes without any form, the shop answers, and both see it delivered and read")
    func talk() async throws {
        try await Shop.open { shop in
            let customer = try await shop.customer()
            try await customer.say("Is the walnut lamp in stock?")
            try await customer.sees("Is the walnut lamp in stock?", in: "sent")

            let agent = try await shop.agent()
            try await agent.openConversation("Is the walnut lamp in stock?")
            try await agent.hears("Is the walnut lamp in stock?")
            try await customer.sees("Is the walnut lamp in stock?", in: "read")

            try await agent.say("Yes,")
            try await agent.say("two are left.")
            try await customer.hears("Yes,")
            try await customer.hears("two are left.")
            try await agent.sees("two are left.", in: "read")
            #expect(try await customer.texts() == ["Is the walnut lamp in stock?", "Yes,", "two are left."])
            #expect(try await agent.texts() == ["Is the walnut lamp in stock?", "Yes,", "two are left."])
            #expect(customer.problems == [])
            #expect(agent.problems == [])
        }
    }

    @Test("the shop's name stands over the door before anything was said")
    func shopName() async throws {
        try await Shop.open(flags: ["--shop-name", "The Corner Shop"]) { shop in
            let customer = try await shop.customer()
            try await customer.wait("document.querySelector('.shop-name').textContent === 'The Corner Shop'")
            #expect(try await customer.evaluate("document.title").stringValue?.contains("The Corner Shop") == true)
            #expect(customer.problems == [])
        }
    }

    @Test("a suggestion sends a first question, Shift+Enter makes a second line, and markup stays text")
    func text() async throws {
        try await Shop.open { shop in
            let customer = try await shop.customer()
            try await customer.wait("document.querySelector('.chip')")
            let question =
                try await customer.evaluate("document.querySelector('button.chip').textContent").stringValue ?? ""
            try await customer.click("button.chip")
            try await customer.sees(question, in: "sent")

            try await customer.click(".composer-field")
            try await customer.type("<b>one</b> 😀")
            try await customer.press("Enter", shift: true)
            try await customer.type("two")
            #expect(
                try await customer.evaluate("document.querySelector('.composer-field').value") == "<b>one</b> 😀\ntwo")
            try await customer.press("Enter")
            try await customer.sees("<b>one</b> 😀\ntwo", in: "sent")
            #expect(try await customer.evaluate("document.querySelectorAll('vt-message b').length") == 0)
        }
    }

    @Test("MSG-44 each side sees that the other is typing, and that it stopped")
    func typing() async throws {
        try await Shop.open { shop in
            let customer = try await shop.customer()
            try await customer.say("Hello")
            try await customer.sees("Hello", in: "sent")
            let agent = try await shop.agent()
            try await agent.openConversation("Hello")

            try await agent.click(".composer-field")
            try await agent.type("Let me loo")
            try await customer.wait("document.querySelector('.typing.is-on')?.textContent.includes('Mei')")
            try await agent.type("k")
            try await agent.press("Enter")
            try await customer.hears("Let me look")
            try await customer.wait("!document.querySelector('.typing.is-on')")

            try await customer.click(".composer-field")
            try await customer.type("Thank")
            try await agent.wait("document.querySelector('.typing.is-on')")
        }
    }

    @Test(
        "MSG-44 an edit, a reaction and a reply of the shop appear at the visitor, and the reaction can be taken back")
    func relations() async throws {
        try await Shop.open { shop in
            let customer = try await shop.customer()
            try await customer.say("How much is it?")
            try await customer.sees("How much is it?", in: "sent")
            let agent = try await shop.agent()
            try await agent.openConversation("How much is it?")
            try await agent.say("It is 49")
            try await customer.hears("It is 49")

            try await agent.click(".composer-field")
            try await agent.press("ArrowUp")
            try await agent.wait("document.querySelector('.composer-mode:not([hidden])')")
            try await agent.evaluate("document.querySelector('.composer-field').select()")
            try await agent.type("It is 94")
            try await agent.press("Enter")
            try await customer.hears("It is 94")
            #expect(try await customer.count(of: "It is 49") == 0)

            try await agent.choose("reply", onMessage: "How much is it?")
            try await agent.type("with shade")
            try await agent.press("Enter")
            try await customer.wait("document.querySelector('.quote')?.textContent.includes('How much is it?')")

            try await agent.evaluate(
                "(\(ChromiumPage.messages("How much is it?")))[0].querySelector('.message-more').click()")
            try await agent.wait("document.querySelector('.menu-quick')")
            try await agent.click(".menu-quick")
            try await customer.wait("document.querySelector('.reaction')")
            try await agent.wait("document.querySelector('.reaction[aria-pressed=true]')")
            try await agent.click(".reaction")
            try await customer.wait("!document.querySelector('.reaction')")
        }
    }

    @Test("MSG-28 the shop sees who has read a message and who has not")
    func readers() async throws {
        try await Shop.open { shop in
            let customer = try await shop.customer()
            try await customer.say("Anyone there?")
            try await customer.sees("Anyone there?", in: "sent")
            let agent = try await shop.agent()
            try await agent.openConversation("Anyone there?")
            try await agent.say("Good morning!")
            try await agent.sees("Good morning!", in: "read")
            try await agent.choose("eye", onMessage: "Good morning!")
            try await agent.wait("document.querySelector('dialog .readers section .person')")
            try await agent.press("Escape")
            try await agent.wait("!document.querySelector('dialog')")
        }
    }

    @Test(
        "MSG-24 the list counts what is unread, in the title too, until the conversation is opened; it can be marked again"
    )
    func unread() async throws {
        try await Shop.open { shop in
            let agent = try await shop.agent()
            let customer = try await shop.customer()
            try await customer.say("one")
            try await customer.say("two")
            try await agent.wait("document.querySelector('.inbox-row .badge')?.textContent === '2'")
            try await agent.wait("document.title.startsWith('(2)')")
            try await agent.openConversation("two")
            try await agent.wait("document.querySelector('.inbox-row') && !document.querySelector('.inbox-row .badge')")
            try await agent.wait("!document.title.startsWith('(')")
            try await agent.press("Escape")
            try await agent.wait("document.querySelector('.room[hidden]')")
            try await customer.say("three")
            try await agent.wait("document.querySelector('.inbox-row .badge')?.textContent === '1'")
            try await agent.openConversation("three")
            try await agent.wait("!document.querySelector('.inbox-row .badge')")
            try await agent.click(".room-header [data-t-label=mark_unread]")
            try await agent.wait("document.querySelector('.inbox-row .badge.is-dot')")
        }
    }
}
