import Basics
import Foundation
import TestSupport
import Testing

/// Cards that the agent asks of the server's other systems, where a picture stands in the conversation.
@Suite("Tools of the agent's console", .serialized)
struct ToolPageTests {
    /// The conversation of one visitor, opened in the console.
    private func talk(
        _ body: (DeskShop, _ console: ChromiumPage, _ visitor: ChromiumPage) async throws -> Void
    ) async throws {
        try await DeskShop.open(launcher: ["/usr/bin/env", "VITRINE_ORT_LIB=/nowhere"]) { desk in
            let console = try await desk.console()
            let visitor = try await desk.widget()
            try await body(desk, console, visitor)
            #expect(visitor.problems == [] && console.problems == [])
        }
    }

    private func send(_ files: [URL], _ visitor: ChromiumPage, _ console: ChromiumPage) async throws {
        try await visitor.choose(files: files, in: "vt-composer input[type=file]")
        try await visitor.wait("document.querySelectorAll('.tray-slot img').length === \(files.count)")
        try await visitor.click(".composer-field")
        try await visitor.type("Have you got this?")
        try await visitor.press("Enter")
        try await visitor.sees("Have you got this?", in: "sent")
        try await console.wait("document.querySelector('.inbox-row')")
        try await console.evaluate("document.querySelector('.inbox-row').click()")
        try await console.wait("document.querySelectorAll('vt-message.is-picture').length === \(files.count)")
    }

    @Test(
        "DESK-79 goods found in a customer's picture are sent as a card, and the customer chooses one",
        arguments: ["en", "zh-CN"])
    func match(language: String) async throws {
        try await talk { desk, console, visitor in
            try await desk.shop.stock(console)
            let file = FileManager.default.temporaryDirectory.appending(path: "photo-\(UUID().uuidString).jpg")
            try await desk.shop.picture(console, of: Shop.goods[1]).write(to: file)
            defer { try? FileManager.default.removeItem(at: file) }
            try await send([file], visitor, console)
            if language != "en" {
                try await console.evaluate("import('/web/language.js').then((m) => m.setLanguage('zh'))")
            }
            try await console.click("vt-message.is-picture .find-this")
            try await console.wait("document.querySelector('[data-t=scan_ask_which]')")
            try await console.click("button:has([data-t=scan_ask_which]), button[data-t=scan_ask_which]")
            try await console.wait("!document.querySelector('dialog')")
            try await visitor.wait("document.querySelectorAll('.card-choice input').length > 0")
            let isChinese = language != "en"
            #expect(
                try await visitor.evaluate("document.querySelector('.card-title').textContent")
                    == (isChinese ? "您指的是哪一款？" : "Which of these do you mean?"))
            let chosen = try await visitor.evaluate("document.querySelector('.card-choice').textContent").stringValue
            #expect(chosen == "Thing 1")
            try await visitor.click(".card-choice")
            try await visitor.click(".card-actions button")
            let outcome = isChinese ? "已选：Thing 1" : "Chosen: Thing 1"
            for page in [visitor, console] {
                try await page.wait(
                    "document.querySelector('vt-business-card.is-done .card-outcome')?.textContent.includes(\(ChromiumPage.quoted(outcome)))"
                )
            }
        }
    }

    @Test("DESK-79 a panorama that stands in the conversation is sent as a card, and the customer looks around in it")
    func panorama() async throws {
        try await talk { desk, console, visitor in
            let files = try await PanoramaPageTests.photos(console, degrees: [-22, 0, 22])
            try await send(files, visitor, console)
            try await console.evaluate("document.querySelector('vt-message.is-picture .message-more').click()")
            try await console.wait("document.querySelector('.menu [data-icon=picture]')")
            try await console.evaluate(
                "document.querySelector('.menu [data-icon=picture]').closest('button').click()")
            try await console.wait("document.querySelectorAll('.pano-pick-box:checked').length === 3")
            try await console.click(".pano-begin")
            // The button stands at the panorama; a customer's page has none.
            try await console.wait("document.querySelector('.card-this')?.checkVisibility()")
            try await visitor.wait("document.querySelector('.look-around')")
            #expect(try await visitor.evaluate("document.querySelector('.card-this').checkVisibility()") == false)
            try await console.click(".card-this")
            try await visitor.wait("document.querySelector('vt-business-card .look-around')")
            let link = try await visitor.evaluate("document.querySelector('vt-business-card .look-around').href")
            let guest = try await ChromiumPage.open(desk.shop.browser, look: .phone)
            try await guest.open(try #require(link.stringValue))
            try await guest.wait("document.querySelector('vt-panorama')?.dataset.state === 'open'")
            #expect(guest.problems == [])
        }
    }
}
