import Accounts
import Basics
import Foundation
import Storage
import Testing

@testable import Messaging

extension SearchIndex {
    /// What the index holds of all messages.
    func words() async throws -> [String] {
        try await database.read { connection in
            try connection.rows(
                "SELECT room_no, seq, source_seq, field, words FROM search_document ORDER BY pos"
            ) { "\($0.int(0)) \($0.int(1)) \($0.int(2)) \($0.int(3)) \($0.text(4))" }
        }
    }
}

@Suite("The search index")
struct SearchRebuildTests {
    private static let vocabulary = ["red", "green", "外套", "红色", "coat", "没有", "blue", "有没有"]

    @Test(
        "MSG-47 an index filled step by step finds what a rebuilt one and a walk through all messages find",
        arguments: 1...5 as ClosedRange<UInt64>)
    func rebuild(seed: UInt64) async throws {
        try await SearchFixture.run { shop in
            var random = SeededRandom(seed: seed)
            let anna = try await shop.data.user("anna")
            let rooms = [try await shop.data.room(anna), try await shop.data.room(anna)]
            var texts: [String: (room: String, versions: [(edit: String?, text: String)])] = [:]
            var order: [String] = []
            for step in 0..<80 {
                let text =
                    (0..<3).compactMap { _ in Self.vocabulary.randomElement(using: &random) }
                    .joined(separator: " ") + " \(step)"
                let room = try #require(rooms.randomElement(using: &random))
                let known = texts.keys.sorted().randomElement(using: &random)
                switch Int.random(in: 0..<10, using: &random) {
                case 0..<5:
                    let event = try await shop.say(text, by: anna, in: room)
                    texts[event] = (room, [(nil, text)])
                    order.insert(event, at: 0)
                case 5..<7:
                    guard let known, let place = texts[known]?.room else { continue }
                    let edit = try await shop.edit(known, to: text, by: anna, in: place)
                    texts[known]?.versions.append((edit, text))
                case 7:
                    guard let known, let message = texts[known] else { continue }
                    let version = Int.random(in: 0..<message.versions.count, using: &random)
                    try await shop.recall(message.versions[version].edit ?? known, by: anna, in: message.room)
                    texts[known]?.versions.remove(at: version)
                    if version == 0 { texts[known] = nil }
                default: try await shop.index.follow(pages: 1)
                }
            }
            try await shop.index.follow()
            let incremental = try await shop.index.words()
            func check(_ what: String) async throws {
                for word in Self.vocabulary {
                    let query = try #require(SearchQuery(word))
                    let expected = order.filter { id in
                        texts[id]?.versions.last.map { query.matches($0.text) } ?? false
                    }
                    let found = try await shop.found(word, by: anna, pageSize: 7)
                    #expect(found == expected, "seed \(seed), \(what), \(word)")
                }
            }
            try await check("step by step")
            try await shop.index.restart()
            #expect(try await shop.index.words() == [])
            try await shop.index.follow()
            #expect(try await shop.index.words() == incremental, "seed \(seed)")
            try await check("rebuilt")
        }
    }

    @Test("An index of another life of the database is emptied and filled again; a damaged file is replaced")
    func otherLife() async throws {
        try await UserDataFixture.run { data in
            let anna = try await data.user("anna")
            let room = try await data.room(anna)
            let path = data.database.path + ".search"
            let first = try await SearchIndex.open(path: path, engine: data.engine)
            _ = try await SearchFixture(data: data, index: first).say("hello", by: anna, in: room)
            try await first.follow()
            let words = try await first.words()
            #expect(words.count == 1)
            try await first.database.write { try Meta.set("source_generation", 1, $0.connection) }
            await first.close()

            let second = try await SearchIndex.open(path: path, engine: data.engine)
            #expect(try await second.position == 0)
            try await second.follow()
            #expect(try await second.words() == words)
            #expect(try await second.lag == 0)
            await second.close()

            let noise = [UInt8](repeating: 0x5A, count: 8_192)
            try Data(noise).write(to: URL(filePath: path))
            let third = try await SearchIndex.open(path: path, engine: data.engine)
            try await third.follow()
            #expect(try await third.words() == words)
            await third.close()
        }
    }

    @Test("What a retention rule has removed leaves the index")
    func purged() async throws {
        try await SearchFixture.run { shop in
            let anna = try await shop.data.user("anna")
            let room = try await shop.data.room(anna)
            _ = try await shop.say("old", by: anna, in: room)
            let new = try await shop.say("new", by: anna, in: room)
            try await shop.index.follow()
            #expect(try await shop.index.words().count == 2)
            let address = try #require(EventAddress(new))
            try await shop.data.database.write { context in
                try RoomTransaction.run(shop.data.engine, address.room, in: context) {
                    try $0.purge(upTo: address.seq - 1)
                }
            }
            try await shop.index.forgetPurged()
            #expect(try await shop.index.words().count == 1)
            #expect(try await shop.found("old", by: anna) == [])
            #expect(try await shop.found("new", by: anna) == [new])
        }
    }
}
