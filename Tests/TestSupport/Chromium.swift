package import Basics
package import Foundation

/// A headless Chromium, driven through the DevTools protocol over two named pipes: messages are JSON with a zero byte
/// between them, so no socket and no port is needed. It ends when this process ends, because its pipes do.
package actor Chromium {
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
        package init(_ description: String) { self.description = description }
    }

    /// What Chromium says without being asked: the page it is about, the name and the parameters.
    package struct Event: Sendable {
        package let session: String
        package let method: String
        package let parameters: JSON
    }

    private let pipes: ChromiumPipes
    private var nextID: Int64 = 0
    private var pending: [Int64: CheckedContinuation<JSON, any Error>] = [:]
    private var listeners: [String: @Sendable (Event) -> Void] = [:]
    private var isClosed = false

    private init(pipes: ChromiumPipes) {
        self.pipes = pipes
    }

    /// Starts a browser of its own. Fails with a sentence that says what to install where there is none.
    ///
    /// - Parameter camera: a film (MJPEG or Y4M) that its camera shows again and again; nil for the browser's own picture.
    package static func start(camera: URL? = nil) async throws -> Chromium {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        let program = try program(path: path)
        let pipes = try ChromiumPipes.start(program: program, camera: camera)
        let browser = Chromium(pipes: pipes)
        Task {
            for await message in pipes.messages { await browser.received(message) }
            await browser.ended()
        }
        _ = try await browser.send("Browser.getVersion")
        return browser
    }

    private static let shared = Task { try await Chromium.start() }

    /// The one browser that all tests of a process share; each test opens pages in a profile of its own.
    package static func sharedBrowser() async throws -> Chromium {
        try await shared.value
    }

    /// Where the browser is, looked for in folders with colons between them.
    package static func program(path: String) throws -> String {
        let folders = path.split(separator: ":")
        // The headless shell draws no windows around pages: the same tests take two thirds of the time.
        for name in ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"] {
            for folder in folders where FileManager.default.isExecutableFile(atPath: "\(folder)/\(name)") {
                return "\(folder)/\(name)"
            }
        }
        throw Failure(
            "These tests drive a real browser and found none: install Chromium's shell (apt-get "
                + "install chromium-headless-shell) or run Scripts/bootstrap, which does it.")
    }

    /// Sends a command and waits for its result.
    package func send(_ method: String, _ parameters: JSON = [:], session: String? = nil) async throws -> JSON {
        guard !isClosed else { throw Failure("Chromium has ended.") }
        nextID += 1
        let id = nextID
        var message: JSONObject = ["id": .int(id), "method": .string(method), "params": parameters]
        if let session { message["sessionId"] = .string(session) }
        let bytes = JSON.object(message).encoded() + [0]
        return try await withCheckedThrowingContinuation { continuation in
            pending[id] = continuation
            pipes.write(bytes)
            Task { await self.giveUp(on: id, method: method) }
        }
    }

    /// Who hears of the events of a page.
    package func listen(session: String, _ body: @escaping @Sendable (Event) -> Void) {
        listeners[session] = body
    }

    package func forget(session: String) {
        listeners[session] = nil
    }

    /// Ends the browser.
    package func close() async {
        _ = try? await send("Browser.close")
    }

    // No command takes this long; a browser that hangs must fail the test, not stop it.
    private func giveUp(on id: Int64, method: String) async {
        try? await Task.sleep(for: .seconds(90))
        pending.removeValue(forKey: id)?.resume(throwing: Failure("Chromium gave no answer to \(method) in 90 s."))
    }

    private func received(_ bytes: [UInt8]) {
        let limits = JSONLimits(maximumBytes: 256 << 20, maximumDepth: 512)
        guard let message = try? JSON(parsing: bytes, limits: limits) else { return }
        if let id = message["id"]?.intValue {
            guard let continuation = pending.removeValue(forKey: id) else { return }
            if let problem = message["error"] {
                continuation.resume(throwing: Failure("Chromium refused: \(problem["message"]?.stringValue ?? "?")"))
            } else {
                continuation.resume(returning: message["result"] ?? [:])
            }
        } else if let method = message["method"]?.stringValue, let session = message["sessionId"]?.stringValue {
            listeners[session]?(Event(session: session, method: method, parameters: message["params"] ?? [:]))
        }
    }

    private func ended() {
        isClosed = true
        let waiting = pending
        pending = [:]
        for continuation in waiting.values { continuation.resume(throwing: Failure("Chromium has ended.")) }
    }
}
