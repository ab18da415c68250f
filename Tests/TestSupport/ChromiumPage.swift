package import Basics
import Foundation
import Synchronization

/// One page in a profile of its own (own storage, own cookies), with what a person does to it.
package final class ChromiumPage: Sendable {
    /// How a page is shown.
    package struct Look: Sendable {
        package var width = 1280
        package var height = 800
        package var isPhone = false
        package var isDark = false
        package var language = "en"

        package init(
            width: Int = 1280, height: Int = 800, isPhone: Bool = false, isDark: Bool = false, language: String = "en"
        ) {
            self.width = width
            self.height = height
            self.isPhone = isPhone
            self.isDark = isDark
            self.language = language
        }

        package static let phone = Look(width: 390, height: 844, isPhone: true)
    }

    package let browser: Chromium
    let session: String
    private let profile: JSON
    private let problemLog = Mutex<[String]>([])
    private let waiters = Mutex<[(method: String, stream: AsyncStream<JSON>.Continuation)]>([])
    private struct Interceptor {
        var body: (@Sendable (JSON) async -> Void)?
    }
    private let interceptor = Mutex(Interceptor())

    private init(browser: Chromium, session: String, profile: JSON) {
        self.browser = browser
        self.session = session
        self.profile = profile
    }

    /// Opens an empty page.
    package static func open(_ browser: Chromium, look: Look = Look()) async throws -> ChromiumPage {
        let context = try await browser.send("Target.createBrowserContext")["browserContextId"] ?? .null
        let target = try await browser.send("Target.createTarget", ["url": "about:blank", "browserContextId": context])
        let attached = try await browser.send(
            "Target.attachToTarget", ["targetId": target["targetId"] ?? .null, "flatten": true])
        guard let session = attached["sessionId"]?.stringValue else { throw Chromium.Failure("no page was opened") }
        let page = ChromiumPage(browser: browser, session: session, profile: context)
        await browser.listen(session: session) { [weak page] in page?.heard($0) }
        for domain in ["Page", "Runtime", "Log", "DOM", "Network"] { try await page.send("\(domain).enable") }
        try await page.send("Emulation.setFocusEmulationEnabled", ["enabled": true])
        try await page.send("Network.setCacheDisabled", ["cacheDisabled": true])
        try await page.show(look)
        opened?.pages.withLock { $0.append(page) }
        return page
    }

    private final class Opened: Sendable {
        let pages = Mutex<[ChromiumPage]>([])
    }
    @TaskLocal private static var opened: Opened?

    /// Runs `body` and closes the pages that it opened: a page that stays open asks a server that is gone again and again.
    package static func closing(_ body: () async throws -> Void) async throws {
        let opened = Opened()
        let result: Result<Void, any Error>
        do {
            result = .success(try await $opened.withValue(opened) { try await body() })
        } catch {
            result = .failure(error)
        }
        for page in opened.pages.withLock({ $0 }) { await page.close() }
        try result.get()
    }

    @discardableResult
    package func send(_ method: String, _ parameters: JSON = [:]) async throws -> JSON {
        try await browser.send(method, parameters, session: session)
    }

    /// Changes size, theme and language (the language counts from the next load on).
    package func show(_ look: Look) async throws {
        try await send(
            "Emulation.setDeviceMetricsOverride",
            [
                "width": .int(Int64(look.width)), "height": .int(Int64(look.height)),
                "deviceScaleFactor": look.isPhone ? 2 : 1, "mobile": .bool(look.isPhone),
            ])
        let theme: JSON = ["name": "prefers-color-scheme", "value": .string(look.isDark ? "dark" : "light")]
        let calm: JSON = ["name": "prefers-reduced-motion", "value": "reduce"]
        try await send("Emulation.setEmulatedMedia", ["features": [theme, calm]])
        let user = try await browser.send("Browser.getVersion")["userAgent"] ?? ""
        try await send(
            "Emulation.setUserAgentOverride", ["userAgent": user, "acceptLanguage": .string(look.language)])
    }

    /// Loads `address` and waits until the page and its scripts are there.
    package func open(_ address: String) async throws {
        let loaded = expect("Page.loadEventFired")
        let reply = try await send("Page.navigate", ["url": .string(address)])
        if let problem = reply["errorText"]?.stringValue { throw Chromium.Failure("\(address): \(problem)") }
        _ = await loaded.first { _ in true }
    }

    package func reload() async throws {
        let loaded = expect("Page.loadEventFired")
        try await send("Page.reload")
        _ = await loaded.first { _ in true }
    }

    /// Closes the page and forgets its profile.
    package func close() async {
        await browser.forget(session: session)
        _ = try? await browser.send("Target.disposeBrowserContext", ["browserContextId": profile])
    }

    // MARK: Scripts

    /// The value of a JavaScript expression; promises are waited for, what is thrown is thrown here.
    @discardableResult
    package func evaluate(_ expression: String) async throws -> JSON {
        let reply = try await send(
            "Runtime.evaluate",
            ["expression": .string(expression), "awaitPromise": true, "returnByValue": true, "userGesture": true])
        if let problem = reply["exceptionDetails"] {
            let text = problem["exception"]?["description"]?.stringValue ?? problem["text"]?.stringValue ?? "?"
            throw Chromium.Failure("\(text)\nin: \(expression.prefix(400))")
        }
        return reply["result"]?["value"] ?? .null
    }

    /// Waits until `condition` holds, looking whenever the page changes; throws with the page's text after `seconds`.
    ///
    /// A condition that is a promise is waited for. It may be about what no change of the page tells, so it is asked again
    /// soon when it came to nothing.
    @discardableResult
    package func wait(_ condition: String, seconds: Int = 80) async throws -> JSON {
        let script = """
            new Promise((yes, no) => {
                const watch = new MutationObserver(look);
                const late = setTimeout(() => { watch.disconnect(); no(new Error('never true')); }, \(seconds * 1000));
                let asking = false;
                function hear(value) {
                    if (!value) return;
                    watch.disconnect();
                    clearTimeout(late);
                    yes(value === true ? true : String(value));
                }
                function look() {
                    if (asking) return;
                    let value;
                    try { value = (\(condition)); } catch { value = false; }
                    if (typeof value?.then !== 'function') { hear(value); return; }
                    asking = true;
                    value.catch(() => false).then((came) => {
                        asking = false;
                        hear(came);
                        if (!came) setTimeout(look, 100);
                    });
                }
                watch.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
                document.addEventListener('scroll', look, true);
                document.addEventListener('focusin', look, true);
                look();
            })
            """
        do {
            return try await evaluate(script)
        } catch {
            let words = "location.href + ' ' + document.readyState + '\\n' + document.body.innerText.slice(-1500)"
            let text = try? await evaluate(words).stringValue
            throw Chromium.Failure(
                "still not true after \(seconds) s: \(condition)\nthe page says: \(text ?? "?")\nproblems: \(problems)")
        }
    }

    // MARK: Events

    /// Errors the page had: exceptions, console errors, refused requests, violations of the content security policy.
    package var problems: [String] { problemLog.withLock { $0 } }

    package func forgetProblems() { problemLog.withLock { $0 = [] } }

    /// The next event of that name, from this call on: its parameters come as the only element.
    package func expect(_ method: String) -> AsyncStream<JSON> {
        let (stream, continuation) = AsyncStream.makeStream(of: JSON.self)
        waiters.withLock { $0.append((method, continuation)) }
        return stream
    }

    /// Hands every request that the Fetch domain pauses to `body`, which must let it go on.
    package func intercept(_ body: (@Sendable (JSON) async -> Void)?) {
        interceptor.withLock { $0.body = body }
    }

    private func heard(_ event: Chromium.Event) {
        let ready = waiters.withLock { all in
            let hits = all.filter { $0.method == event.method }
            all.removeAll { $0.method == event.method }
            return hits
        }
        for waiter in ready {
            waiter.stream.yield(event.parameters)
            waiter.stream.finish()
        }
        if event.method == "Fetch.requestPaused", let body = interceptor.withLock({ $0.body }) {
            Task { await body(event.parameters) }
        }
        if let problem = Self.problem(in: event) { problemLog.withLock { $0.append(problem) } }
    }

    private static func problem(in event: Chromium.Event) -> String? {
        let parameters = event.parameters
        switch event.method {
        case "Runtime.exceptionThrown":
            let details = parameters["exceptionDetails"]
            return details?["exception"]?["description"]?.stringValue ?? details?["text"]?.stringValue
        case "Runtime.consoleAPICalled":
            guard ["error", "assert"].contains(parameters["type"]?.stringValue) else { return nil }
            let words = parameters["args"]?.arrayValue?.compactMap {
                $0["value"]?.stringValue ?? $0["description"]?.stringValue
            }
            return "console: \(words?.joined(separator: " ") ?? "")"
        case "Log.entryAdded":
            let entry = parameters["entry"]
            guard entry?["level"]?.stringValue == "error" else { return nil }
            return "\(entry?["text"]?.stringValue ?? "") \(entry?["url"]?.stringValue ?? "")"
        default: return nil
        }
    }
}
