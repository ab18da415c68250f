import Basics
import Storage

/// The full-text index of messages: a file beside the database, filled from the log of events and never the truth.
///
/// It may be deleted at any time; it is made again from position 0. The index lags behind by about a second, so whoever
/// finds something in it looks at the message itself before showing it.
package final class SearchIndex: Sendable {
    let engine: MessagingEngine
    let database: Database
    private let consumer: Consumer<SearchLog>
    private static let name = "search"

    private init(engine: MessagingEngine, database: Database) {
        self.engine = engine
        self.database = database
        let log = SearchLog(source: engine.database, index: database, events: engine.events)
        consumer = Consumer(name: Self.name, source: log, database: database) { changes, context in
            for change in changes {
                try SearchQueries.remove(change.address, in: context.connection)
                if let document = change.document { try SearchQueries.insert(document, in: context.connection) }
            }
        }
    }

    /// Opens the index of an engine's database; makes a new one where there is none or where it is damaged, and
    /// empties one that belongs to another life of the database.
    package static func open(path: String, engine: MessagingEngine) async throws -> SearchIndex {
        var options = DatabaseOptions()
        options.readerCount = 2
        options.cacheKibibytes = 16_384
        let database = try await DerivedFile.open(
            path: path, migrations: SearchQueries.migrations, options: options, clock: engine.clock)
        let index = SearchIndex(engine: engine, database: database)
        try await DerivedFile.settle(database, following: engine.database, at: try await index.position) {
            try await index.restart()
        }
        return index
    }

    /// Up to which position of the log the index has come.
    package var position: Int64 {
        get async throws { try await consumer.position }
    }

    /// How many positions the index is behind at most: receipts and other marks draw positions too.
    package var lag: Int64 {
        get async throws { max(0, engine.database.position - (try await position)) }
    }

    /// Takes in up to `pages` pages of the log; to be called about once a second.
    package func follow(pages: Int = 20) async throws {
        for _ in 0..<max(1, pages) {
            guard try await consumer.step() else { return }
            try Task.checkCancellation()
        }
    }

    /// Takes out what retention rules have removed; to be called about once a minute.
    package func forgetPurged() async throws {
        let rooms = try await engine.database.read { try SearchQueries.purgedRooms(in: $0) }
        for (room, seq) in rooms {
            var more = true
            while more {
                more = try await database.write { context in
                    let page = try SearchQueries.documents(of: room, upTo: seq, limit: 200, in: context.connection)
                    for address in page { try SearchQueries.remove(address, in: context.connection) }
                    return !page.isEmpty
                }
            }
        }
    }

    /// Begins again with an empty index.
    package func restart() async throws {
        try await consumer.restart { try SearchQueries.removeAll(in: $0.connection) }
    }

    /// Closes the file.
    package func close() async { await database.close() }
}
