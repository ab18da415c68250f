import Basics
import TestSupport
import Testing

@Suite("The supervisor's board", .serialized)
struct SupervisorPageTests {
    static let looks = [
        ChromiumPage.Look(), ChromiumPage.Look(isDark: true), .phone,
        ChromiumPage.Look(width: 360, height: 800, isPhone: true, isDark: true, language: "zh-CN"),
    ]

    private func board(_ desk: DeskShop, look: ChromiumPage.Look) async throws -> ChromiumPage {
        try await desk.ownersPage("/supervisor", look: look, until: "document.querySelector('.board-tile strong')")
    }

    @Test(
        "DESK-24 DESK-25 DESK-53 the board shows who waits as it happens, takes a rule and is read by everybody",
        arguments: looks)
    func story(look: ChromiumPage.Look) async throws {
        try await DeskShop.open { desk in
            let page = try await board(desk, look: look)
            let visitor = try await MatrixClient(desk.shop.server.http).visit()
            try await visitor.call("POST", "/api/v1/desk/conversations", ["topic": "buy", "text": "Hello?"])
            // Without a reload: one conversation waits in the queue, by its name.
            try await page.wait("document.querySelector('.board-tile strong').textContent === '1'")
            try await page.wait("document.querySelector('.board-table tbody th')?.textContent === 'sales'")
            try await page.wait("document.querySelectorAll('.board-bar').length > 0")
            try await page.evaluate("document.querySelector('.board-card details').open = true")
            try await page.evaluate(
                """
                (() => { const form = document.querySelector('.board-card details form');
                form.elements.name.value = 'queue'; form.elements.source.value = 'waiting'; form.elements.when.value = 'above';
                form.elements.threshold.value = '0'; form.elements.hold.value = '0'; form.requestSubmit(); })()
                """)
            // It fires by itself, and what was told is listed.
            try await page.wait("document.querySelector('.board-alert.is-firing strong')?.textContent === 'queue'")
            try await page.wait("document.querySelector('.board-told time')")
            let findings = try await page.evaluate(AccessibilityAudit.script).arrayValue ?? []
            #expect(findings.compactMap(\.stringValue) == [])
            // Nothing is wider than the window.
            #expect(try await page.evaluate("document.documentElement.scrollWidth <= innerWidth") == true)
            #expect(page.problems == [])
        }
    }
}
