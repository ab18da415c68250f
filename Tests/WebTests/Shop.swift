import Basics
import Foundation
import TestSupport

/// A running shop with one member of staff, and the browser its people use.
struct Shop: Sendable {
    static let staffName = "mei"
    static let staffPassword = "a quiet window in May"

    let server: VitrineProcess
    let browser: Chromium

    /// Opens a shop with an empty database, runs `body` and closes everything again.
    ///
    /// - Parameter launcher: a command that becomes the server, such as `/usr/bin/env NAME=value`.
    static func open(flags: [String] = [], launcher: [String] = [], _ body: (Shop) async throws -> Void) async throws {
        let browser = try await Chromium.sharedBrowser()
        let folder = FileManager.default.temporaryDirectory.appending(path: "vitrine-web-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let server = try await VitrineProcess.start(dataDirectory: folder.path(), flags: flags, launcher: launcher)
        do {
            try await server.addStaff(name: staffName, password: staffPassword, displayName: "Mei")
            try await ChromiumPage.closing { try await body(Shop(server: server, browser: browser)) }
        } catch {
            await server.stop()
            throw error
        }
        await server.stop()
    }

    func address(_ path: String) -> String {
        server.baseURL.hasSuffix("/") ? server.baseURL + path.dropFirst() : server.baseURL + path
    }

    /// A visitor's page, opened and ready to be written in.
    func customer(look: ChromiumPage.Look = .phone) async throws -> ChromiumPage {
        let page = try await ChromiumPage.open(browser, look: look)
        try await page.open(address("/"))
        try await page.wait("document.querySelector('vt-composer textarea')")
        return page
    }

    /// The staff's page, logged in with its list loaded.
    func agent(look: ChromiumPage.Look = ChromiumPage.Look()) async throws -> ChromiumPage {
        let page = try await ChromiumPage.open(browser, look: look)
        try await page.open(address("/agent"))
        try await page.wait("document.querySelector('#user')")
        try await page.click("#user")
        try await page.type(Shop.staffName)
        try await page.click("#password")
        try await page.type(Shop.staffPassword)
        try await page.press("Enter")
        try await page.wait("document.querySelector('.inbox')")
        return page
    }
}

/// The words both pages understand.
extension ChromiumPage {
    /// Writes a message and sends it with Enter.
    func say(_ text: String) async throws {
        try await click(".composer-field")
        try await type(text)
        try await press("Enter")
    }

    /// Waits for a message with exactly this text; `from` is `mine` or `theirs`.
    func hears(_ text: String, from side: String = "theirs", seconds: Int = 80) async throws {
        try await wait("(\(Self.messages(text))).some(m => m.classList.contains('is-\(side)'))", seconds: seconds)
    }

    /// Waits until the own message with this text is in `state` (sending, sent, read, failed).
    func sees(_ text: String, in state: String, seconds: Int = 80) async throws {
        try await wait("(\(Self.messages(text))).some(m => m.dataset.state === '\(state)')", seconds: seconds)
    }

    /// How many messages with this text are shown.
    func count(of text: String) async throws -> Int64? {
        try await evaluate("(\(Self.messages(text))).length").intValue
    }

    /// All texts shown, in order.
    func texts() async throws -> [String] {
        let script = "[...document.querySelectorAll('vt-message .body')].map(b => b.textContent)"
        return try await evaluate(script).arrayValue?.compactMap(\.stringValue) ?? []
    }

    /// Opens the conversation whose row in the list holds `text`.
    func openConversation(_ text: String) async throws {
        let quoted = Self.quoted(text)
        try await wait("[...document.querySelectorAll('.inbox-row')].some(r => r.textContent.includes(\(quoted)))")
        try await evaluate(
            "[...document.querySelectorAll('.inbox-row')].find(r => r.textContent.includes(\(quoted))).click()")
        try await wait("document.querySelector('.room:not([hidden]) vt-message')")
    }

    /// Chooses an entry of a message's menu by its icon.
    func choose(_ icon: String, onMessage text: String) async throws {
        try await evaluate("(\(Self.messages(text))).at(-1).querySelector('.message-more').click()")
        try await wait("document.querySelector('.menu [data-icon=\(icon)]')")
        try await evaluate("document.querySelector('.menu [data-icon=\(icon)]').closest('button').click()")
    }

    static func messages(_ text: String) -> String {
        "[...document.querySelectorAll('vt-message')].filter(m => m.querySelector('.body').textContent === \(quoted(text)))"
    }
}
