import Basics
import Dispatch
import Imaging
import Storage
import Synchronization
import Testing

@testable import Messaging

@Suite("Thumbnails of uploaded files")
struct MediaThumbnailTests {
    @Test("MSG-45 the spec's sizes come out, crops and scales, and none is larger than its picture")
    func sizes() async throws {
        let fixture = try MediaFixture()
        let id = try await fixture.upload(try MediaFixture.picture(width: 700, height: 350))
        let table: [(Int, Int, ThumbnailMethod, Int, Int)] = [
            (20, 20, .crop, 32, 32), (50, 96, .crop, 96, 96), (300, 10, .scale, 320, 160), (640, 480, .scale, 640, 320),
            (800, 600, .scale, 700, 350),
        ]
        for (width, height, method, expectedWidth, expectedHeight) in table {
            let small = try await thumbnail(fixture, id, width, height, method)
            #expect(small.type == "image/jpeg")
            #expect(small.size == ImageSize(width: expectedWidth, height: expectedHeight))
            let probe = try ImageProbe.read(try await small.reader.readAll())
            #expect(probe.width == expectedWidth && probe.height == expectedHeight)
        }
    }

    @Test("a thumbnail is made once, kept 30 days, and made again")
    func cached() async throws {
        let fixture = try MediaFixture()
        let id = try await fixture.upload(try MediaFixture.picture())
        let other = try await fixture.upload(try MediaFixture.picture(), by: MediaFixture.member)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<20 {
                group.addTask { _ = try await self.thumbnail(fixture, number % 2 == 0 ? id : other, 90, 90, .crop) }
            }
            try await group.waitForAll()
        }
        #expect(try await fixture.count("msg_thumbnail") == 1)
        #expect(try await fixture.count("blob") == 2)
        #expect(fixture.store.thumbnailsInWork.withLock { $0.isEmpty })
        fixture.clock.advance(hours: 24 * 29)
        #expect(try await fixture.store.sweep(now: fixture.clock.now()).thumbnails == 0)
        fixture.clock.advance(hours: 25)
        #expect(try await fixture.store.sweep(now: fixture.clock.now()).thumbnails == 1)
        #expect(try await fixture.count("msg_thumbnail") == 0)
        _ = try await thumbnail(fixture, other, 90, 90, .crop)
        #expect(try await fixture.count("msg_thumbnail") == 1)
    }

    @Test("files that are no pictures are refused, and so are broken ones")
    func refused() async throws {
        let fixture = try MediaFixture()
        let words = try await fixture.upload(Array("words".utf8), type: "image/png")
        await expect("M_UNKNOWN", 400) { _ = try await thumbnail(fixture, words, 10, 10, .crop) }
        let drawing = try await fixture.upload(Array("<svg xmlns='http://www.w3.org/2000/svg'/>".utf8))
        await expect("M_UNKNOWN", 400) { _ = try await thumbnail(fixture, drawing, 10, 10, .crop) }
        let broken = try await fixture.upload([0xFF, 0xD8, 0xFF, 0xE0, 1, 2, 3])
        await expect("M_UNKNOWN", 400) { _ = try await thumbnail(fixture, broken, 10, 10, .crop) }
        let good = try await fixture.upload(try MediaFixture.picture())
        await expect("M_INVALID_PARAM", 400) { _ = try await thumbnail(fixture, good, 0, 10, .crop) }
        await expect("M_NOT_FOUND", 404) { _ = try await thumbnail(fixture, "none", 10, 10, .crop) }
        #expect(fixture.store.thumbnailGate.load == (2, 0))
    }

    @Test("a picture too long to be held in memory is refused before it is read")
    func tooLong() async throws {
        let fixture = try MediaFixture { $0.maximumBytes = 100 * 1024 * 1024 }
        let picture = try MediaFixture.picture(width: 20, height: 20)
        let id = try await fixture.upload(
            picture + [UInt8](repeating: 0, count: 50 * 1024 * 1024), by: MediaFixture.robot, chunk: 4 * 1024 * 1024)
        await expect("M_TOO_LARGE", 413) { _ = try await thumbnail(fixture, id, 10, 10, .crop) }
        #expect(fixture.store.thumbnailGate.load == (2, 0))
    }

    @Test("removing a file removes its thumbnails, unless the same content has another name")
    func removal() async throws {
        let fixture = try MediaFixture()
        let picture = try MediaFixture.picture()
        let first = try await fixture.upload(picture)
        let second = try await fixture.upload(picture)
        _ = try await thumbnail(fixture, first, 90, 90, .crop)
        #expect(try await fixture.store.remove(first))
        #expect(try await fixture.count("msg_thumbnail") == 1)
        #expect(try await fixture.store.removeAll(of: 7) == 1)
        #expect(try await fixture.count("msg_thumbnail") == 0)
        await expect("M_NOT_FOUND", 404) { _ = try await fixture.download(second) }
        fixture.clock.advance(hours: 2)
        #expect(try await fixture.blobs.collectGarbage(graceMilliseconds: 3_600_000).files == 2)
    }

    private func thumbnail(
        _ fixture: MediaFixture, _ id: String, _ width: Int, _ height: Int, _ method: ThumbnailMethod
    ) async throws -> MediaThumbnail {
        try await fixture.store.thumbnail(
            of: id, on: "shop.test", width: width, height: height, method: method, for: 7, waitMilliseconds: 0)
    }
}

@Suite("The gate before long computations")
struct WorkGateTests {
    @Test("no more run at once than there are permits, and all get their turn")
    func bounded() async throws {
        let gate = WorkGate(permits: 2, waiting: 100)
        let inside = Inside()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<40 {
                group.addTask { try await gate.run(prepare: { inside.enter() }, work: { inside.leave() }) }
            }
            try await group.waitForAll()
        }
        let counts = inside.counts.withLock { $0 }
        #expect(counts.now == 0 && counts.most <= 2 && counts.done == 40)
        #expect(gate.load == (2, 0))
    }

    @Test("who comes when too many wait is refused, and a failure frees the permit")
    func full() async throws {
        let gate = WorkGate(permits: 1, waiting: 1)
        let hold = Signal()
        let entered = Signal()
        let first = Task {
            try await gate.run {
                entered.fire()
                await hold.wait()
            } work: { _ in
                throw RequestError.unknown("work failed")
            }
        }
        await entered.wait()
        let second = Task { try await gate.run(prepare: { 5 }, work: { $0 + 1 }) }
        while gate.load.waiting == 0 { await Task.yield() }
        await expect("M_RESOURCE_LIMIT_EXCEEDED", 503) { _ = try await gate.run(prepare: { 1 }, work: { $0 }) }
        hold.fire()
        await #expect(throws: RequestError.self) { try await first.value }
        #expect(try await second.value == 6)
        #expect(gate.load == (1, 0))
    }
}

/// Counts who is inside.
private final class Inside: Sendable {
    struct Counts {
        var now = 0
        var most = 0
        var done = 0
    }

    let counts = Mutex(Counts())

    func enter() {
        counts.withLock {
            $0.now += 1
            $0.most = max($0.most, $0.now)
        }
    }

    func leave() {
        counts.withLock {
            $0.now -= 1
            $0.done += 1
        }
    }
}
