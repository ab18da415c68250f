import Testing

@testable import Server

@Suite("A connection has its time for each thing, and no more")
struct ConnectionWatchTests {
    private var limits: ConnectionLimits {
        var limits = ConnectionLimits()
        limits.idleSeconds = 75
        limits.headSeconds = 15
        limits.bodySeconds = 30
        limits.replySeconds = 30
        limits.bytesPerWindow = 1_000
        limits.largeBodyBytes = 10_000
        return limits
    }

    @Test("a silent connection is closed when its time is up, not before")
    func idle() {
        var watch = ConnectionWatch(limits: limits, at: 0)
        #expect(watch.verdict(at: 74, unsentBytes: 0) == .keep)
        #expect(watch.verdict(at: 75, unsentBytes: 0) == .close)
    }

    @Test("a head that trickles in gets its time from its first byte")
    func slowHead() {
        var watch = ConnectionWatch(limits: limits, at: 0)
        watch.receivedFragment(at: 60)
        watch.receivedFragment(at: 70)
        #expect(watch.verdict(at: 74, unsentBytes: 0) == .keep)
        #expect(watch.verdict(at: 75, unsentBytes: 0) == .refuse)
    }

    @Test("a small body must be there in time, whatever trickles in")
    func slowBody() {
        var watch = ConnectionWatch(limits: limits, at: 0)
        watch.receivedHead(announcedLength: 5_000, isChunked: false, at: 10)
        watch.receivedBody(4_900)
        #expect(watch.verdict(at: 39, unsentBytes: 0) == .keep)
        #expect(watch.isBodyPending)
        #expect(watch.verdict(at: 40, unsentBytes: 0) == .refuse)
    }

    @Test("a large body may take long as long as it moves")
    func largeBody() {
        var watch = ConnectionWatch(limits: limits, at: 0)
        watch.receivedHead(announcedLength: 1_000_000, isChunked: false, at: 0)
        for window in 1...20 {
            watch.receivedBody(1_000)
            #expect(watch.verdict(at: window * 30, unsentBytes: 0) == .keep)
        }
        watch.receivedBody(999)
        #expect(watch.verdict(at: 21 * 30, unsentBytes: 0) == .refuse)
    }

    @Test("a request that is being answered may take any time")
    func longPoll() {
        var watch = ConnectionWatch(limits: limits, at: 0)
        watch.receivedHead(announcedLength: nil, isChunked: false, at: 0)
        watch.receivedEnd(at: 0)
        #expect(watch.verdict(at: 10_000, unsentBytes: 0) == .keep)
        watch.replied(at: 10_000)
        #expect(watch.verdict(at: 10_074, unsentBytes: 0) == .keep)
        #expect(watch.verdict(at: 10_075, unsentBytes: 0) == .close)
    }

    @Test("what is pipelined behind a long request gets its time after that")
    func pipelined() {
        var watch = ConnectionWatch(limits: limits, at: 0)
        watch.receivedHead(announcedLength: nil, isChunked: false, at: 0)
        watch.receivedEnd(at: 0)
        watch.receivedHead(announcedLength: 100, isChunked: false, at: 1)
        #expect(watch.answering == 2)
        #expect(watch.verdict(at: 500, unsentBytes: 0) == .keep)
        watch.replied(at: 500)
        #expect(watch.verdict(at: 529, unsentBytes: 0) == .keep)
        #expect(watch.verdict(at: 530, unsentBytes: 0) == .refuse)
    }

    @Test("a reader that takes nothing is closed, one that takes enough is not")
    func slowReader() {
        var watch = ConnectionWatch(limits: limits, at: 0)
        watch.receivedHead(announcedLength: nil, isChunked: false, at: 0)
        watch.receivedEnd(at: 0)
        watch.wrote(100_000)
        #expect(watch.verdict(at: 1, unsentBytes: 90_000) == .keep)
        #expect(watch.verdict(at: 31, unsentBytes: 89_000) == .keep)
        #expect(watch.verdict(at: 61, unsentBytes: 88_500) == .abort)
    }

    @Test("a stream that refills its buffer counts as moving")
    func stream() {
        var watch = ConnectionWatch(limits: limits, at: 0)
        watch.receivedHead(announcedLength: nil, isChunked: false, at: 0)
        watch.receivedEnd(at: 0)
        watch.wrote(64_000)
        #expect(watch.verdict(at: 0, unsentBytes: 64_000) == .keep)
        for window in 1...10 {
            watch.wrote(2_000)
            #expect(watch.verdict(at: window * 30, unsentBytes: 64_000) == .keep)
        }
    }

    @Test("after the last word the connection goes soon")
    func linger() {
        var watch = ConnectionWatch(limits: limits, at: 0)
        watch.lingers(at: 5)
        watch.lingers(at: 6)
        #expect(watch.verdict(at: 6, unsentBytes: 0) == .keep)
        #expect(watch.verdict(at: 7, unsentBytes: 0) == .close)
    }
}
