import Foundation

/// The process of a Chromium and the two pipes to it.
final class ChromiumPipes: Sendable {
    /// Whole messages as they arrive, without the zero byte; ends with the process.
    let messages: AsyncStream<[UInt8]>
    private let input: FileHandle
    private let queue = DispatchQueue(label: "chromium.input")

    private init(messages: AsyncStream<[UInt8]>, input: FileHandle) {
        self.messages = messages
        self.input = input
    }

    static func start(program: String, camera: URL? = nil) throws -> ChromiumPipes {
        // Short: the browser makes a socket below it, and a socket's path has 107 bytes at most.
        let folder = FileManager.default.temporaryDirectory.appending(path: "vt-\(UUID().uuidString.prefix(13))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let input = try fifo(folder.appending(path: "in"))
        let output = try fifo(folder.appending(path: "out"))
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        // The shell stays to remove the folder, profile included, when the browser has ended.
        let script = #"d="$0"; "$@" 3<"$d/in" 4>"$d/out"; rm -rf "$d""#
        process.arguments =
            ["-c", script, folder.path(), program]
            + (camera.map { ["--use-file-for-fake-video-capture=\($0.path())"] } ?? [])
            + switches(profile: folder.appending(path: "profile"))
        process.environment = ProcessInfo.processInfo.environment.merging(["TMPDIR": folder.path()]) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        let (messages, continuation) = AsyncStream.makeStream(of: [UInt8].self)
        process.terminationHandler = { _ in
            // This process holds both ends of the pipe, so the reader sees no end of file: an empty message ends it.
            try? output.write(contentsOf: Data([0, 0]))
        }
        try process.run()
        let reader = Thread { read(from: output, into: continuation) }
        reader.name = "chromium.output"
        reader.start()
        return ChromiumPipes(messages: messages, input: input)
    }

    /// Queues bytes; the pipe may be full while the browser is busy, so this never waits.
    func write(_ bytes: [UInt8]) {
        let data = Data(bytes)
        queue.async { [input] in try? input.write(contentsOf: data) }
    }

    private static func switches(profile: URL) -> [String] {
        [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", "--no-first-run",
            "--disable-background-networking", "--disable-dev-shm-usage", "--disable-extensions", "--mute-audio",
            "--disable-background-timer-throttling", "--disable-backgrounding-occluded-windows",
            "--disable-renderer-backgrounding", "--use-fake-device-for-media-stream",
            "--use-fake-ui-for-media-stream", "--user-data-dir=\(profile.path())", "about:blank",
        ]
    }

    // Opened for both directions: opening then waits for nobody, and a failed start cannot hang the test.
    private static func fifo(_ url: URL) throws -> FileHandle {
        guard mkfifo(url.path(), 0o600) == 0 else { throw Chromium.Failure("no named pipe at \(url.path())") }
        let descriptor = open(url.path(), O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { throw Chromium.Failure("the pipe \(url.path()) does not open") }
        return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    private static func read(from output: FileHandle, into stream: AsyncStream<[UInt8]>.Continuation) {
        var message: [UInt8] = []
        while true {
            let data = output.availableData
            guard !data.isEmpty else { break }
            for byte in data {
                guard byte == 0 else {
                    message.append(byte)
                    continue
                }
                guard !message.isEmpty else { return stream.finish() }
                stream.yield(message)
                message.removeAll(keepingCapacity: true)
            }
        }
        stream.finish()
    }
}
