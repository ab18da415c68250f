import Basics
import Storage

/// Reads and writes of `msg_service`: the newest transaction of each application service.
enum ServiceQueries {
    static let migration = Migration("messaging-2-services") { connection in
        try connection.script(
            """
            CREATE TABLE msg_service(service TEXT PRIMARY KEY, txn INTEGER NOT NULL, from_pos INTEGER NOT NULL,
              to_pos INTEGER NOT NULL, events TEXT NOT NULL, done INTEGER NOT NULL) STRICT, WITHOUT ROWID;
            """)
    }

    /// A transaction as it stands in the store.
    struct Record {
        var transaction: ServiceTransaction
        /// The positions of its events.
        var positions: [Int64]
        var isDone: Bool
    }

    static func newest(of service: String, in connection: Connection) throws -> Record? {
        try connection.first(
            "SELECT txn, from_pos, to_pos, events, done FROM msg_service WHERE service = ?1", .text(service)
        ) { row in
            let list = try JSON(parsing: row.bytesOfText(3), limits: .stored).arrayValue ?? []
            return Record(
                transaction: ServiceTransaction(
                    number: row.int(0), fromPosition: row.int(1), toPosition: row.int(2)),
                positions: list.compactMap(\.intValue), isDone: row.bool(4))
        }
    }

    static func store(
        _ transaction: ServiceTransaction, positions: [Int64], of service: String, in context: WriteContext
    ) throws {
        try context.run(
            """
            INSERT INTO msg_service(service, txn, from_pos, to_pos, events, done) VALUES (?1, ?2, ?3, ?4, ?5, 0)
            ON CONFLICT(service) DO UPDATE SET txn = excluded.txn, from_pos = excluded.from_pos,
              to_pos = excluded.to_pos, events = excluded.events, done = 0
            """, .text(service), .integer(transaction.number), .integer(transaction.fromPosition),
            .integer(transaction.toPosition), .text(JSON.array(positions.map(JSON.int)).text))
    }

    static func finish(_ transaction: ServiceTransaction, of service: String, in context: WriteContext) throws {
        try context.run(
            "UPDATE msg_service SET done = 1, events = '[]' WHERE service = ?1 AND txn = ?2", .text(service),
            .integer(transaction.number))
    }
}
