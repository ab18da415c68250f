import Storage
import Testing

@testable import Messaging

@Suite("Sweeping unused files")
struct MediaSweepTests {
    @Test("a visitor's upload that no message shows goes after 24 hours, and its content with it")
    func unused() async throws {
        let fixture = try MediaFixture()
        let id = try await fixture.upload([1, 2, 3])
        let kept = try await fixture.upload([4], by: MediaFixture.member)
        fixture.clock.advance(hours: 23.9)
        #expect(try await fixture.store.sweep(now: fixture.clock.now()) == MediaSweep())
        fixture.clock.advance(hours: 0.2)
        #expect(try await fixture.store.sweep(now: fixture.clock.now()).uploads == 1)
        await expect("M_NOT_FOUND", 404) { _ = try await fixture.download(id) }
        fixture.clock.advance(hours: 2)
        #expect(try await fixture.blobs.collectGarbage(graceMilliseconds: 3_600_000).files == 1)
        #expect(try await fixture.download(kept) == [4])
    }

    @Test("what a message shows stays, even when the message is gone at the next sweep")
    func shown() async throws {
        let fixture = try MediaFixture()
        let shown = try await fixture.upload([1])
        let nested = try await fixture.upload([2])
        let foreign = try await fixture.upload([3])
        try await fixture.addEvent(content: #"{"url":"mxc://shop.test/\#(shown)"}"#)
        try await fixture.addEvent(content: #"{"info":{"thumbnail_url":"mxc://shop.test/\#(nested)"},"x":"mxc:"}"#)
        try await fixture.addEvent(content: #"{"url":"mxc://other.test/\#(foreign)"}"#)
        _ = try await fixture.store.sweep(now: fixture.clock.now())
        _ = try await fixture.database.write { try $0.run("UPDATE msg_event SET content = '{}'") }
        fixture.clock.advance(hours: 25)
        #expect(try await fixture.store.sweep(now: fixture.clock.now()).uploads == 1)
        #expect(try await fixture.download(shown) == [1])
        #expect(try await fixture.download(nested) == [2])
        await expect("M_NOT_FOUND", 404) { _ = try await fixture.download(foreign) }
    }

    @Test("what a visitor had uploaded before an encrypted message stays")
    func encrypted() async throws {
        let fixture = try MediaFixture()
        let before = try await fixture.upload([1])
        fixture.clock.advance(milliseconds: 10)
        try await fixture.addEvent(type: "m.room.encrypted", content: #"{"ciphertext":"x"}"#)
        fixture.clock.advance(milliseconds: 10)
        let after = try await fixture.upload([2])
        fixture.clock.advance(hours: 25)
        #expect(try await fixture.store.sweep(now: fixture.clock.now()).uploads == 1)
        #expect(try await fixture.download(before) == [1])
        await expect("M_NOT_FOUND", 404) { _ = try await fixture.download(after) }
    }

    @Test("what somebody else has fetched stays, and so does the visitor's own picture")
    func fetched() async throws {
        let fixture = try MediaFixture()
        let own = try await fixture.upload([1])
        let fetched = try await fixture.upload([2])
        let avatar = try await fixture.upload([3])
        _ = try await fixture.download(own, for: 7)
        _ = try await fixture.download(fetched, for: 8)
        fixture.setAvatar(fixture.store.address(of: avatar), of: 7)
        fixture.clock.advance(hours: 25)
        #expect(try await fixture.store.sweep(now: fixture.clock.now()).uploads == 1)
        #expect(try await fixture.download(fetched) == [2])
        #expect(try await fixture.download(avatar) == [3])
        await expect("M_NOT_FOUND", 404) { _ = try await fixture.download(own) }
    }

    @Test("many candidates are all looked at, also behind those that stay")
    func many() async throws {
        let fixture = try MediaFixture { $0.quota = nil }
        var shown: [String] = []
        for number in 0..<450 {
            let id = try await fixture.upload([UInt8(number & 255)])
            if number % 3 == 0 { shown.append(id) }
        }
        let stays = try await fixture.upload([7])
        fixture.setAvatar(fixture.store.address(of: stays), of: 7)
        for id in shown { try await fixture.addEvent(content: #"{"url":"mxc://shop.test/\#(id)"}"#) }
        fixture.clock.advance(hours: 25)
        #expect(try await fixture.store.sweep(now: fixture.clock.now()).uploads == 300)
        #expect(try await fixture.count("msg_media") == 151)
    }

    @Test("addresses are found in any text, and only whole ones of this server")
    func mentions() {
        let prefix = Array("mxc://s/".utf8)
        func ids(_ text: String) -> Set<String> { MediaMentions.ids(in: Array(text.utf8), after: prefix) }
        #expect(ids("") == [] && ids("mxc://s/") == [] && ids("mxc://ss/ab") == [])
        #expect(ids("mxc://s/ab") == ["ab"])
        #expect(ids("mmxc://s/a-_9\"mxc://s/b/c mxc://s/mxc://s/d") == ["a-_9", "b", "mxc", "d"])
    }
}
