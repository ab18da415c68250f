/// Decides when a connection has used up its time. A value driven by ticks of one second; it touches no socket.
struct ConnectionWatch {
    enum Verdict: Equatable {
        /// Go on.
        case keep
        /// Say that the request took too long, then close.
        case refuse
        /// Close without a word.
        case close
        /// Throw away what the other side does not take, in the kernel too.
        case abort
    }

    private enum Reading: Equatable {
        case nothing(since: Int)
        case head(since: Int)
        case body(since: Int, bytes: Int, isLarge: Bool)
    }

    private let limits: ConnectionLimits
    private var reading: Reading
    /// Requests whose reply is not finished; more than one when the client pipelines.
    private(set) var answering = 0
    private var writtenBytes = 0
    private var unsent: (since: Int, sentBefore: Int, bytes: Int)?
    private var lingeringSince: Int?

    init(limits: ConnectionLimits, at tick: Int) {
        self.limits = limits
        reading = .nothing(since: tick)
    }

    /// Whether the request that is being answered has a body that has not arrived completely.
    var isBodyPending: Bool {
        if case .body = reading { answering == 1 } else { false }
    }

    /// Bytes came that do not make a message yet.
    mutating func receivedFragment(at tick: Int) {
        if case .nothing = reading { reading = .head(since: tick) }
    }

    mutating func receivedHead(announcedLength: Int?, isChunked: Bool, at tick: Int) {
        answering += 1
        let isLarge = isChunked || (announcedLength ?? 0) > limits.largeBodyBytes
        reading = .body(since: tick, bytes: 0, isLarge: isLarge)
    }

    mutating func receivedBody(_ count: Int) {
        guard case .body(let since, let bytes, let isLarge) = reading else { return }
        reading = .body(since: since, bytes: bytes + count, isLarge: isLarge)
    }

    mutating func receivedEnd(at tick: Int) { reading = .nothing(since: tick) }

    mutating func wrote(_ count: Int) { writtenBytes &+= count }

    /// A reply is complete. What the client may have pipelined meanwhile gets its full time from now.
    mutating func replied(at tick: Int) {
        answering = max(0, answering - 1)
        switch reading {
        case .nothing: reading = .nothing(since: tick)
        case .head: reading = .head(since: tick)
        case .body(_, _, let isLarge): reading = .body(since: tick, bytes: 0, isLarge: isLarge)
        }
    }

    /// We have said our last word.
    mutating func lingers(at tick: Int) { lingeringSince = lingeringSince ?? tick }

    /// What is to be done now; `unsentBytes` have been written but not taken by the other side.
    mutating func verdict(at tick: Int, unsentBytes: Int) -> Verdict {
        if isStuck(at: tick, unsentBytes: unsentBytes) { return .abort }
        if let since = lingeringSince { return tick - since >= limits.lingerSeconds ? .close : .keep }
        switch reading {
        case .nothing(let since): return answering == 0 && tick - since >= limits.idleSeconds ? .close : .keep
        case .head(let since): return answering == 0 && tick - since >= limits.headSeconds ? .refuse : .keep
        case .body(let since, let bytes, let isLarge):
            guard answering <= 1, tick - since >= limits.bodySeconds else { return .keep }
            guard isLarge, bytes >= limits.bytesPerWindow else { return .refuse }
            reading = .body(since: tick, bytes: 0, isLarge: true)
            return .keep
        }
    }

    private mutating func isStuck(at tick: Int, unsentBytes: Int) -> Bool {
        guard unsentBytes > 0 else {
            unsent = nil
            return false
        }
        let sent = writtenBytes &- unsentBytes
        guard let window = unsent else {
            unsent = (tick, sent, unsentBytes)
            return false
        }
        guard tick - window.since >= limits.replySeconds else { return false }
        unsent = (tick, sent, unsentBytes)
        return sent &- window.sentBefore < min(window.bytes, limits.bytesPerWindow)
    }
}
