#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A program in a process of its own, with one stream to or from it; killed when it is let go.
///
/// No shell is between: arguments arrive as they are. It sees an environment of three words and no open file but the
/// stream and its errors.
final class ChildProgram {
    private let process: pid_t
    private var stream: Int32
    private let errors: Int32
    private var status: Int32?
    private let started = ChildProgram.now
    private let seconds: Int
    private let silence: Int
    /// Whether it may still say something about errors.
    private var hasErrors = true
    /// The last of what it said about them.
    private var said: [UInt8] = []

    /// Which way the stream leads.
    enum Stream {
        /// Its standard output is read here.
        case output
        /// What is written here is its standard input.
        case input
    }

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - command: The program's path and its arguments.
    ///   - stream: Which way the stream leads.
    ///   - limits: How long it may run and be silent.
    init(_ command: [String], _ stream: Stream, limits: VideoLimits) throws(VideoError) {
        // A socket, since writing to one that nobody reads can be told not to raise a signal.
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw .programFailed(String(cString: strerror(errno)))
        }
        var talk: [Int32] = [-1, -1]
        let kinds = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
        guard socketpair(AF_UNIX, Int32(kinds), 0, &talk) == 0 else {
            ends.forEach { _ = close($0) }
            throw .programFailed(String(cString: strerror(errno)))
        }
        let result = Self.spawn(command, stream: ends[1], as: stream, errors: talk[1])
        close(ends[1])
        close(talk[1])
        switch result {
        case .success(let process): self.process = process
        case .failure(let error):
            close(ends[0])
            close(talk[0])
            throw error
        }
        self.stream = ends[0]
        errors = talk[0]
        // What is encoded comes from here, as fast as it is made.
        seconds = stream == .output ? limits.decoderSeconds : Int(Int32.max)
        silence = limits.decoderSilence
    }

    private static func spawn(
        _ command: [String], stream: Int32, as kind: Stream, errors: Int32
    ) -> Result<pid_t, VideoError> {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, stream, kind == .output ? 1 : 0)
        posix_spawn_file_actions_addopen(
            &actions, kind == .output ? 0 : 1, "/dev/null", kind == .output ? O_RDONLY : O_WRONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, errors, 2)
        let arguments = command.map { strdup($0) } + [nil]
        let words: [String] = ["PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C", "AV_LOG_FORCE_NOCOLOR=1"]
        let environment = words.map { strdup($0) } + [nil]
        defer { (arguments + environment).forEach { free($0) } }
        var process: pid_t = 0
        // In a group of its own: Ctrl-C is answered here, and ends it from here.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        posix_spawnattr_setpgroup(&attributes, 0)
        let failure = posix_spawn(&process, command.first ?? "", &actions, &attributes, arguments, environment)
        guard failure == 0 else { return .failure(.programFailed(String(cString: strerror(failure)))) }
        return .success(process)
    }

    deinit {
        close(stream)
        close(errors)
        guard status == nil else { return }
        kill(process, SIGKILL)
        var ending: Int32 = 0
        while waitpid(process, &ending, 0) < 0, errno == EINTR {}
    }

    /// At most so many bytes of its output; none when it came to a good end.
    ///
    /// - Throws: `timedOut`, and `programFailed` when it came to a bad end.
    func read(_ count: Int) throws(VideoError) -> [UInt8] {
        try wait(for: Int16(POLLIN))
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: max(1, count)) { buffer, done in
            var got = 0
            repeat { got = Glibc.read(stream, buffer.baseAddress, max(1, count)) } while got < 0 && errno == EINTR
            if got < 0 { failure = errno }
            done = max(0, got)
        }
        guard failure == 0 else { throw .programFailed(String(cString: strerror(failure))) }
        if bytes.isEmpty { try end() }
        return bytes
    }

    /// Hands bytes to its input.
    ///
    /// - Throws: `timedOut`, and `programFailed` when it does not read any more.
    func write(_ bytes: [UInt8]) throws(VideoError) {
        var done = 0
        while done < bytes.count {
            try wait(for: Int16(POLLOUT))
            let sent = bytes.withUnsafeBytes {
                send(
                    stream, $0.baseAddress.map { $0 + done }, bytes.count - done,
                    Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
            }
            if sent < 0, errno != EINTR, errno != EAGAIN {
                try end()
                throw .programFailed(reason)
            }
            done += max(0, sent)
        }
    }

    /// Closes the stream and waits for a good end.
    ///
    /// - Throws: `timedOut`, and `programFailed` when it came to a bad end.
    func end() throws(VideoError) {
        guard status == nil else { return }
        shutdown(stream, Int32(SHUT_WR))
        var ending: Int32 = 0
        while true {
            drain()
            let gone = waitpid(process, &ending, WNOHANG)
            if gone == process { break }
            // Somebody asked the system to forget children: that it went is all that can be known.
            if gone < 0, errno == ECHILD {
                ending = 0
                break
            }
            guard Self.now - started < Double(seconds) else { throw .timedOut(seconds) }
            // Its last words, or their end, come when it goes.
            _ = watch(stream: nil, milliseconds: hasErrors ? 50 : 2)
        }
        status = ending
        drain()
        guard ending == 0 else { throw .programFailed(reason) }
    }

    private var reason: String {
        let lines = String(decoding: said.suffix(600), as: UTF8.self).split(whereSeparator: \.isNewline)
        let last = String((lines.last ?? "").filter { $0.unicodeScalars.allSatisfy { $0.value >= 32 } })
        return last.isEmpty ? "it ended without a word" : last
    }

    private func wait(for event: Int16) throws(VideoError) {
        let asked = Self.now
        while true {
            if watch(stream: event, milliseconds: 200) { return }
            let time = Self.now
            guard time - started < Double(seconds) else { throw .timedOut(seconds) }
            guard time - asked < Double(silence) else { throw .timedOut(silence) }
        }
    }

    /// Waits until the stream is ready or something is said, and takes that; whether the stream is ready.
    private func watch(stream event: Int16?, milliseconds: Int32) -> Bool {
        var polled: [pollfd] = []
        if let event { polled.append(pollfd(fd: stream, events: event, revents: 0)) }
        if hasErrors { polled.append(pollfd(fd: errors, events: Int16(POLLIN), revents: 0)) }
        let found = poll(&polled, nfds_t(polled.count), milliseconds)
        drain()
        return event != nil && found > 0 && polled[0].revents != 0
    }

    /// Takes what it said, so that it is never held up; the last 4 KiB are kept.
    private func drain() {
        var buffer = [UInt8](repeating: 0, count: 4096)
        for _ in 0..<64 {
            let got = Glibc.read(errors, &buffer, buffer.count)
            if got == 0 { hasErrors = false }
            guard got > 0 else { return }
            said = (said + buffer.prefix(got)).suffix(4096)
        }
    }

    private static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
