// Many writers at once, few syncs of the disk: 1,000 notes are written concurrently and all are durable when it ends.
//   swift run --package-path Examples shared-notes
import Basics
import Foundation
import Storage

let folder = FileManager.default.temporaryDirectory.appending(path: "vitrine-notes-\(UUID().uuidString)")
try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
defer { try? FileManager.default.removeItem(at: folder) }

let migrations = [
    Migration("notes") { connection in
        try connection.script("CREATE TABLE note(position INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT")
    }
]
let database = try Database.open(path: folder.appending(path: "notes.db").path, migrations: migrations)

try await withThrowingTaskGroup(of: Int64.self) { group in
    for number in 1...1_000 {
        group.addTask {
            try await database.write { context in
                let position = context.nextPosition()
                try context.run(
                    "INSERT INTO note(position, text) VALUES (?1, ?2)", .integer(position), .text("note \(number)"))
                return position
            }
        }
    }
    for try await _ in group {}
}

let count = try await database.read { connection in
    try connection.first("SELECT count(*) FROM note") { $0.int(0) } ?? 0
}
print("\(count) notes in \(database.statistics.commits) commits; the newest position is \(database.position)")
await database.close()
