import Basics
import Imaging
import Testing

@testable import Messaging

@Suite("Uploading files")
struct MediaUploadTests {
    @Test("MSG-45 what is downloaded is what was uploaded, however it arrived", arguments: [0, 1, 9_999, 700_001])
    func identical(size: Int) async throws {
        let fixture = try MediaFixture()
        var random = SeededRandom(seed: UInt64(size))
        let bytes = random.bytes(size)
        for chunk in [1_000, 65_536, 1_000_000] {
            let id = try await fixture.upload(bytes, chunk: chunk)
            #expect(MediaIdentifier.isPossible(id) && id.count == 24)
            #expect(try await fixture.download(id) == bytes)
        }
        #expect(try await fixture.count("blob") == 1)
        #expect(try await fixture.count("msg_media") == 3)
    }

    @Test("the declared type and the name are kept, the rest is found in the bytes")
    func description() async throws {
        let fixture = try MediaFixture()
        let picture = try MediaFixture.picture(width: 40, height: 30)
        let declared = try await fixture.upload(picture, type: "image/x-odd; a=b", name: "../a/b\u{7}\u{202E}é.jpg")
        let first = try await fixture.store.open(declared, of: "shop.test", for: 7).record
        #expect(first.type == "image/x-odd; a=b" && first.name == "bé.jpg")
        #expect(first.sniffed == .jpeg && first.size == ImageSize(width: 40, height: 30))
        let silent = try await fixture.upload(picture, type: "no type\r\nX: y")
        #expect(try await fixture.store.open(silent, of: "shop.test", for: 7).record.type == "image/jpeg")
        let words = try await fixture.upload(Array("words".utf8))
        #expect(try await fixture.store.open(words, of: "shop.test", for: 7).record.type == MediaType.unknown)
    }

    @Test("files and pictures over the limits are refused and leave nothing")
    func limits() async throws {
        let fixture = try MediaFixture {
            $0.maximumBytes = 10_000
            $0.maximumPixels = 1_000
        }
        await expect("M_TOO_LARGE", 413) { _ = try await fixture.upload([UInt8](repeating: 1, count: 10_001)) }
        await expect("M_TOO_LARGE", 413) {
            let announced = MediaUpload(announcedLength: 10_001)
            _ = try await fixture.store.upload(announced, by: MediaFixture.visitor, body: Pieces([1], of: 1))
        }
        let picture = try MediaFixture.picture(width: 50, height: 21)
        await expect("M_TOO_LARGE", 413) { _ = try await fixture.upload(picture) }
        #expect(try await fixture.count("blob") == 0)
        #expect(try await fixture.count("msg_media") == 0)
        _ = try await fixture.upload([UInt8](repeating: 1, count: 10_000))
    }

    @Test("a transfer that breaks off leaves nothing")
    func broken() async throws {
        let fixture = try MediaFixture()
        let body = Pieces([UInt8](repeating: 5, count: 400_000), of: 50_000, breaksAt: 300_000)
        await #expect(throws: Pieces.Broken.self) {
            try await fixture.store.upload(MediaUpload(), by: MediaFixture.visitor, body: body)
        }
        #expect(try await fixture.count("msg_media") == 0)
        #expect(try await fixture.count("blob") == 0)
    }

    @Test("MSG-45 files an hour are bounded, and the refusal tells when to come again")
    func filesPerHour() async throws {
        let fixture = try MediaFixture { $0.quota = .init(filesPerHour: 3) }
        for number in 0..<3 {
            _ = try await fixture.upload([UInt8(number)])
            fixture.clock.advance(milliseconds: 60_000)
        }
        let refusal = await expect("M_LIMIT_EXCEEDED", 429) { _ = try await fixture.upload([9]) }
        #expect(refusal?.retryAfterMilliseconds == 57 * 60_000)
        _ = try await fixture.upload([9], by: MediaFixture.member)
        fixture.clock.advance(milliseconds: 57 * 60_000)
        _ = try await fixture.upload([9])
    }

    @Test("MSG-45 bytes a day are bounded")
    func bytesPerDay() async throws {
        let fixture = try MediaFixture { $0.quota = .init(bytesPerDay: 1_000) }
        _ = try await fixture.upload([UInt8](repeating: 1, count: 600))
        await expect("M_FORBIDDEN", 403) { _ = try await fixture.upload([UInt8](repeating: 2, count: 401)) }
        _ = try await fixture.upload([UInt8](repeating: 2, count: 400))
        await expect("M_FORBIDDEN", 403) { _ = try await fixture.upload([1]) }
        fixture.clock.advance(hours: 25)
        _ = try await fixture.upload([UInt8](repeating: 3, count: 1_000))
    }

    @Test("the quota can be switched off, and programs are not bound by it")
    func unbound() async throws {
        let bound = try MediaFixture { $0.quota = .init(bytesPerDay: 10, filesPerHour: 1) }
        for _ in 0..<3 { _ = try await bound.upload([UInt8](repeating: 1, count: 50), by: MediaFixture.robot) }
        let open = try MediaFixture { $0.quota = nil }
        for _ in 0..<70 { _ = try await open.upload([1]) }
        #expect(try await open.count("msg_media") == 70)
    }

    @Test("unknown servers and ids are not found")
    func unknown() async throws {
        let fixture = try MediaFixture()
        let id = try await fixture.upload([1])
        for (name, server) in [
            (id, "other.test"), ("nothing", "shop.test"), ("../etc", "shop.test"), ("", "shop.test"),
        ] {
            await expect("M_NOT_FOUND", 404) { _ = try await fixture.store.open(name, of: server, for: 7) }
        }
    }
}

/// Expects a refusal with a code and a status, and answers it.
@discardableResult
func expect(
    _ code: String, _ status: Int, sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () async throws -> Void
) async -> RequestError? {
    let refusal = await #expect(throws: RequestError.self, sourceLocation: sourceLocation) { try await body() }
    #expect(refusal?.code == code && refusal?.status == status, sourceLocation: sourceLocation)
    return refusal
}
