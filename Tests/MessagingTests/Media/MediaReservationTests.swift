import Storage
import Testing

@testable import Messaging

@Suite("Media ids given out before their files")
struct MediaReservationTests {
    @Test("a reserved id takes one file, from its owner, in time")
    func fill() async throws {
        let fixture = try MediaFixture()
        let (id, expires) = try await fixture.store.reserve(by: MediaFixture.visitor)
        #expect(expires == fixture.clock.now() + fixture.store.policy.reservationMilliseconds)
        await expect("M_NOT_YET_UPLOADED", 504) { _ = try await fixture.download(id) }
        func fill(_ uploader: MediaUploader, _ id: String, _ bytes: [UInt8] = [1, 2]) async throws {
            try await fixture.store.fill(id, with: MediaUpload(), by: uploader, body: Pieces(bytes, of: 10))
        }
        await expect("M_FORBIDDEN", 403) { try await fill(MediaFixture.member, id) }
        await expect("M_NOT_FOUND", 404) { try await fill(MediaFixture.visitor, "unknown") }
        try await fill(MediaFixture.visitor, id)
        #expect(try await fixture.download(id) == [1, 2])
        await expect("M_CANNOT_OVERWRITE_MEDIA", 409) { try await fill(MediaFixture.visitor, id, [3]) }
        #expect(try await fixture.download(id) == [1, 2])
        let (late, _) = try await fixture.store.reserve(by: MediaFixture.visitor)
        fixture.clock.advance(hours: 24)
        await expect("M_NOT_FOUND", 404) { try await fill(MediaFixture.visitor, late) }
        await expect("M_NOT_FOUND", 404) { _ = try await fixture.download(late) }
    }

    @Test("a download waits for the file that is announced")
    func waiting() async throws {
        let fixture = try MediaFixture()
        let (id, _) = try await fixture.store.reserve(by: MediaFixture.visitor)
        let waiting = Task {
            try await fixture.store.open(id, of: "shop.test", for: 8, waitMilliseconds: 30_000).reader.readAll()
        }
        try await fixture.store.fill(
            id, with: MediaUpload(), by: MediaFixture.visitor, body: Pieces([4, 5, 6], of: 1))
        #expect(try await waiting.value == [4, 5, 6])
        let (never, _) = try await fixture.store.reserve(by: MediaFixture.visitor)
        await expect("M_NOT_YET_UPLOADED", 504) {
            _ = try await fixture.store.open(never, of: "shop.test", for: 8, waitMilliseconds: 20)
        }
    }

    @Test("ids that wait are bounded, and swept when their time is over")
    func bounded() async throws {
        let fixture = try MediaFixture { $0.maximumReserved = 2 }
        for _ in 0..<2 { _ = try await fixture.store.reserve(by: MediaFixture.visitor) }
        await expect("M_LIMIT_EXCEEDED", 429) { _ = try await fixture.store.reserve(by: MediaFixture.visitor) }
        _ = try await fixture.store.reserve(by: MediaFixture.member)
        fixture.clock.advance(hours: 25)
        _ = try await fixture.store.reserve(by: MediaFixture.visitor)
        #expect(try await fixture.store.sweep(now: fixture.clock.now()).reservations == 3)
        #expect(try await fixture.count("msg_media") == 1)
    }
}
