import Basics
import Storage
import Testing

@Suite("A damaged file")
struct DamageTests {
    /// A closed database with 300 notes in `test.db`.
    private func filled(_ scratch: Scratch) async throws -> [String] {
        let database = try scratch.open()
        let notes = (0..<300).map { "note \($0) " + String(repeating: "x", count: $0 % 97) }
        try await database.write { context in for note in notes { try context.addNote(note) } }
        await database.close()
        return notes
    }

    /// Opens `name`, and checks that what comes is the whole content, a refusal, or reading alone; never less, silently.
    private func check(_ scratch: Scratch, _ name: String, _ notes: [String], _ what: String) async throws -> String {
        let before = try scratch.bytes(name)
        do {
            let database = try scratch.open(name: name)
            let state = database.state
            let found = try? await database.notes()
            if state == .writable {
                // A flipped byte inside a text is a text for SQLite; a lost row is not acceptable.
                #expect(found == nil || found?.count == notes.count, "\(what): \(found?.count ?? 0) rows")
            } else {
                guard case .readOnly(.damaged(let advice)) = state else {
                    Issue.record("\(what): \(state)")
                    return "wrong"
                }
                #expect(advice.contains("restore") && advice.contains(name), "\(what)")
                await #expect(throws: RequestError.self, "\(what)") { try await database.addNote("new") }
            }
            await database.close()
            if state != .writable { #expect(try scratch.bytes(name) == before, "\(what)") }
            return state == .writable ? "whole" : "read only"
        } catch let error as StorageError {
            #expect(
                error.kind == .damaged || error.kind == .notADatabase || error.kind == .misuse
                    || error.kind == .schemaTooNew, "\(what): \(error)")
            #expect(error.message.contains(name), "\(what): \(error)")
            #expect(try scratch.bytes(name) == before, "\(what)")
            return "refused"
        }
    }

    @Test("with flipped bytes is opened whole, for reading only, or refused; never emptied", arguments: 1...4)
    func flips(seed: UInt64) async throws {
        let scratch = try Scratch()
        let notes = try await filled(scratch)
        let sound = try scratch.bytes("test.db")
        var random = SeededRandom(seed: seed)
        var outcomes: [String: Int] = [:]
        for round in 0..<60 {
            var bytes = sound
            let isHeader = round % 4 == 0
            for _ in 0..<(isHeader ? 1 : 8) {
                let at = Int.random(in: 0..<(isHeader ? 100 : bytes.count), using: &random)
                bytes[at] ^= UInt8.random(in: 1...255, using: &random)
            }
            let name = "flip\(round).db"
            try scratch.write(bytes, to: name)
            outcomes[try await check(scratch, name, notes, "seed \(seed) round \(round)"), default: 0] += 1
        }
        #expect(outcomes["wrong"] == nil && (outcomes["refused"] ?? 0) + (outcomes["read only"] ?? 0) > 0)
    }

    @Test("cut short anywhere is never taken for a whole or an empty one")
    func truncation() async throws {
        let scratch = try Scratch()
        let notes = try await filled(scratch)
        let sound = try scratch.bytes("test.db")
        var lengths = [0, 1, 15, 16, 99, 100, 4_095, 4_096, 8_192, sound.count - 4_096, sound.count - 1]
        var random = SeededRandom(seed: 7)
        for _ in 0..<20 { lengths.append(Int.random(in: 0..<sound.count, using: &random)) }
        for length in lengths {
            let name = "cut\(length).db"
            try scratch.write(Array(sound.prefix(length)), to: name)
            let outcome = try await check(scratch, name, notes, "cut to \(length)")
            // Within its last page a file may lose only unused bytes; `check` has counted the rows.
            #expect(outcome != "whole" || length > sound.count - 4_096, "cut to \(length)")
        }
    }

    @Test("whose rows can still be read is open for reading, and says what to do")
    func readable() async throws {
        let scratch = try Scratch()
        let notes = try await filled(scratch)
        var bytes = try scratch.bytes("test.db")
        // The index of the texts holds each note a second time; change one there, so that table and index differ.
        let needle = Array(notes[150].utf8)
        var places: [Int] = []
        for at in 0..<(bytes.count - needle.count) where bytes[at..<at + needle.count].elementsEqual(needle) {
            places.append(at)
        }
        let last = try #require(places.last)
        bytes[last] = 1
        try scratch.write(bytes, to: "test.db")
        let outcome = try await check(scratch, "test.db", notes, "index")
        // quick_check does not compare indexes with tables: such damage is found by inspection.
        let report = try Database.inspect(path: scratch.databasePath)
        #expect(outcome == "whole" || outcome == "read only")
        #expect(!report.isSound)
    }

    @Test("a foreign SQLite file, a text and a folder are refused and left alone")
    func foreign() async throws {
        let scratch = try Scratch()
        let database = try scratch.open()
        await database.close()
        var bytes = try scratch.bytes("test.db")
        bytes.replaceSubrange(68..<72, with: [0, 0, 0, 0])
        try scratch.write(bytes, to: "foreign.db")
        try scratch.write(Array("Dear diary".utf8), to: "text.db")
        for name in ["foreign.db", "text.db"] {
            let before = try scratch.bytes(name)
            let error = #expect(throws: StorageError.self) { _ = try scratch.open(name: name) }
            #expect(error?.kind == .notADatabase)
            #expect(throws: StorageError.self) { _ = try Database.inspect(path: scratch.file(name)) }
            #expect(try scratch.bytes(name) == before)
        }
        #expect(throws: StorageError.self) { _ = try scratch.open(name: ".") }
        #expect(throws: StorageError.self) { _ = try scratch.open(name: "no/such/folder.db") }
    }

    @Test("a log without its database is not taken for a new database")
    func lonelyLog() async throws {
        let scratch = try Scratch()
        try scratch.write([1, 2, 3], to: "test.db-wal")
        let error = #expect(throws: StorageError.self) { _ = try scratch.open() }
        #expect(error?.kind == .damaged && error?.message.contains("test.db-wal") == true)
        #expect(try scratch.names == ["test.db-wal"])
    }
}
