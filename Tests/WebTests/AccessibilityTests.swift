import Basics
import TestSupport
import Testing

@Suite("Accessibility of both pages", .serialized)
struct AccessibilityTests {
    static let looks = [
        ChromiumPage.Look(), ChromiumPage.Look(isDark: true), .phone,
        ChromiumPage.Look(width: 390, height: 844, isPhone: true, isDark: true, language: "zh-CN"),
    ]

    private func check(_ page: ChromiumPage, _ place: String) async throws {
        let findings = try await page.evaluate(AccessibilityAudit.script).arrayValue ?? []
        #expect(findings.compactMap(\.stringValue) == [], "\(place)")
        #expect(page.problems == [], "\(place): errors or violations of the content security policy")
    }

    @Test("every control has a name, text has contrast, nothing is refused by the security policy", arguments: looks)
    func pages(look: ChromiumPage.Look) async throws {
        try await Shop.open { shop in
            let customer = try await shop.customer(look: look)
            try await customer.wait("document.querySelector('.chip')")
            try await check(customer, "customer, welcome")
            try await customer.say("Hello 😀 see https://example.org/a")
            try await customer.sees("Hello 😀 see https://example.org/a", in: "sent")

            let login = try await ChromiumPage.open(shop.browser, look: look)
            try await login.open(shop.address("/agent"))
            try await login.wait("document.querySelector('#user')")
            try await check(login, "login")

            let agent = try await shop.agent(look: look)
            try await agent.wait("document.querySelector('.inbox-row')")
            try await check(agent, "list")
            try await agent.openConversation("Hello")
            try await agent.say("Welcome in")
            try await agent.sees("Welcome in", in: "read")
            try await check(agent, "conversation")
            try await customer.hears("Welcome in")
            try await check(customer, "customer, conversation")

            try await agent.evaluate("document.querySelector('vt-message .message-more').click()")
            try await agent.wait("document.querySelector('[role=menu]')")
            try await check(agent, "menu")
            try await customer.evaluate(
                "document.querySelector('.composer [data-icon=smile], vt-composer [data-icon=smile]').closest('button').click()"
            )
            try await customer.wait("document.querySelector('.emoji-panel')")
            try await check(customer, "emoji")
        }
    }

    @Test("the audit finds what is wrong in a page that is wrong")
    func audit() async throws {
        let page = try await ChromiumPage.open(try await Chromium.sharedBrowser())
        let markup = """
            <body style="background:white"><button></button><input id=a><img id=a><p style="color:#aaa">pale words</p>
            <div aria-hidden=true><a href=x>hidden</a></div><button style="width:9px;height:9px;padding:0">x</button></body>
            """
        try await page.evaluate("document.write(\(ChromiumPage.quoted(markup)))")
        let findings = try await page.evaluate(AccessibilityAudit.script).arrayValue?.compactMap(\.stringValue) ?? []
        for kind in [
            "no name", "no alt", "id twice", "hidden control", "no language", "not one main", "too small", "contrast",
        ] {
            #expect(findings.contains { $0.hasPrefix(kind) }, "nothing found of: \(kind)")
        }
        await page.close()
    }

    @Test(
        "the focus is visible wherever Tab leads, and Tab leads through the whole page and out again",
        arguments: ["/", "/agent"])
    func focus(path: String) async throws {
        try await Shop.open { shop in
            let page = path == "/" ? try await shop.customer() : try await shop.agent()
            try await page.wait("document.querySelector('.chip, .search-input')")
            try await page.evaluate("document.activeElement?.blur()")
            var seen: Set<String> = []
            for _ in 0..<40 {
                try await page.press("Tab")
                let state = try await page.evaluate(AccessibilityAudit.focusScript)
                guard let name = state["name"]?.stringValue else { break }
                #expect(state["isVisible"]?.boolValue == true, "no visible focus on \(name)")
                if !seen.insert(name).inserted { break }
            }
            #expect(seen.count >= 5)
        }
    }
}
