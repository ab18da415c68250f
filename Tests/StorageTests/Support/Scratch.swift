import Basics
import Foundation
import Storage

/// A folder of a test's own, removed with the last reference.
final class Scratch: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/vitrine-storage-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { "\(path)/\(name)" }
    var databasePath: String { file("test.db") }

    /// A database with one table `note(pos, text)`.
    func open(
        _ options: DatabaseOptions = .init(), clock: any WallClock = SystemWallClock(), name: String = "test.db"
    ) throws -> Database {
        try Database.open(path: file(name), migrations: Self.migrations, options: options, clock: clock)
    }

    static let migrations = [
        Migration("test-1") { connection in
            try connection.script(
                """
                CREATE TABLE note(pos INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;
                CREATE UNIQUE INDEX note_text ON note(text);
                """)
        }
    ]

    func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: file(name))))
    }

    func write(_ bytes: [UInt8], to name: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: file(name)))
    }

    func copy(_ name: String, to target: String) throws {
        try FileManager.default.copyItem(atPath: file(name), toPath: file(target))
    }

    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: file(name)) }

    var names: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
    }
}

extension WriteContext {
    /// Adds a note at a new position and returns that.
    @discardableResult
    func addNote(_ text: String) throws -> Int64 {
        let position = nextPosition()
        try run("INSERT INTO note(pos, text) VALUES (?1, ?2)", .integer(position), .text(text))
        return position
    }
}

extension Connection {
    var notes: [String] {
        get throws { try rows("SELECT text FROM note ORDER BY pos") { $0.text(0) } }
    }
    var notePositions: [Int64] {
        get throws { try rows("SELECT pos FROM note ORDER BY pos") { $0.int(0) } }
    }
}

extension Database {
    func notes() async throws -> [String] { try await read { try $0.notes } }
    func notePositions() async throws -> [Int64] { try await read { try $0.notePositions } }
    func addNote(_ text: String) async throws -> Int64 { try await write { try $0.addNote(text) } }
}

/// An error that only a test throws.
struct Refused: Error, Equatable {}
