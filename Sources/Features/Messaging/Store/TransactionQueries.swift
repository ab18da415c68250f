import Crypto
package import Storage

/// What makes a request the same request again: the device, the path and the client's transaction id.
package struct TransactionKey: Sendable {
    private let device: Int64
    private let pathHash: [UInt8]
    private let id: String

    package init(device: Int64, path: String, id: String) {
        self.device = device
        self.id = id
        pathHash = Array(SHA256.hash(data: Array(path.utf8)).prefix(16))
    }

    /// The answer that the request got before.
    package func response(in connection: Connection) throws -> String? {
        try connection.first(
            "SELECT response FROM msg_txn WHERE device_no = ?1 AND path_hash = ?2 AND txn_id = ?3",
            .integer(device), .blob(pathHash), .text(id)
        ) { $0.text(0) }
    }

    package func store(_ response: String, in context: WriteContext) throws {
        try context.connection.run(
            "INSERT INTO msg_txn(device_no, path_hash, txn_id, response, at_ms) VALUES (?1, ?2, ?3, ?4, ?5)",
            .integer(device), .blob(pathHash), .text(id), .text(response), .integer(context.now))
    }

    /// Forgets a number of requests that are older than a day.
    static func sweep(limit: Int, in context: WriteContext) throws {
        try context.connection.run(
            """
            DELETE FROM msg_txn WHERE (device_no, path_hash, txn_id) IN
              (SELECT device_no, path_hash, txn_id FROM msg_txn WHERE at_ms < ?1 ORDER BY at_ms LIMIT ?2)
            """, .integer(context.now - 86_400_000), .int(limit))
    }
}
