import Basics
import Foundation
import Messaging
import TestSupport
import Testing

@Suite("Messaging as a library")
struct LibraryTests {
    private func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "vitrine-library-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(folder.path())
    }

    @Test("two people talk; who was away gets what was said once, in order, and counts what is unread")
    func talk() async throws {
        try await withFolder { folder in
            let store = try await ConversationStore.open(folder: folder, serverName: "shop.test")
            let (mei, tom) = (try await store.participant("mei"), try await store.participant("tom"))
            let room = try await mei.createRoom(named: "Lamps", inviting: [tom])
            #expect(try await tom.news().invitations == [room])
            try await tom.join(room)
            let place = try await tom.news().place
            let first = try await mei.send("one", to: room, transaction: "t")
            #expect(try await mei.send("one", to: room, transaction: "t") == first)
            let second = try await mei.send("two", to: room)
            let news = try await tom.news(since: place)
            #expect(news.rooms.map(\.id) == [room])
            #expect(news.rooms.first?.events.map(\.text) == ["one", "two"])
            #expect(news.rooms.first?.unread == 2)
            #expect(try await tom.news(since: news.place).rooms.isEmpty)
            try await tom.markRead(second, in: room)
            try await mei.recall(first, in: room)
            let history = try await tom.history(of: room, limit: 500)
            #expect(history.events.compactMap(\.text) == ["two"])
            #expect(history.events.map(\.sequence) == history.events.map(\.sequence).sorted(by: >))
            #expect(history.next == nil)
            await store.close()
        }
    }

    @Test("waiting news come as soon as something is said")
    func waiting() async throws {
        try await withFolder { folder in
            let store = try await ConversationStore.open(folder: folder)
            let (mei, tom) = (try await store.participant("mei"), try await store.participant("tom"))
            let room = try await mei.createRoom(isPublic: true)
            try await tom.join(room)
            let place = try await tom.news().place
            async let news = tom.news(since: place, waiting: 50_000)
            try await mei.send("there", to: room)
            #expect(try await news.rooms.first?.events.last?.text == "there")
            await store.close()
        }
    }

    @Test("a folder keeps everything for the next program, one process at a time, under one name")
    func reopening() async throws {
        try await withFolder { folder in
            let store = try await ConversationStore.open(folder: folder, serverName: "shop.test")
            let mei = try await store.participant("mei")
            let room = try await mei.createRoom()
            try await mei.send("kept", to: room)
            await #expect(throws: (any Error).self) { try await ConversationStore.open(folder: folder) }
            let place = try await mei.news().place
            await store.close()
            try await reopened(folder, room: room, place: place)
        }
    }

    private func reopened(_ folder: String, room: String, place: String) async throws {
        let refusal = await #expect(throws: RequestError.self) {
            try await ConversationStore.open(folder: folder, serverName: "other.test")
        }
        #expect(refusal?.code == "M_INVALID_PARAM")
        let store = try await ConversationStore.open(folder: folder, serverName: "shop.test")
        let mei = try await store.participant("mei")
        #expect(try await mei.history(of: room).events.first?.text == "kept")
        #expect(try await mei.news(since: place).rooms.isEmpty)
        await store.close()
    }
}
