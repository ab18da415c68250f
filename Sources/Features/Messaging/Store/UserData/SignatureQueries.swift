import Storage

/// The statements on signatures that were added to keys after their upload.
enum SignatureQueries {
    struct Signature: Sendable {
        let target: String
        let signer: Int64
        let keyID: String
        let text: String
    }

    /// `target` is a device id, or the public key of a cross-signing key.
    static func set(_ signature: Signature, on user: Int64, in connection: Connection) throws {
        try connection.run(
            """
            INSERT INTO msg_key_signature(user_no, target, signer_no, key_id, signature) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT(user_no, target, signer_no, key_id) DO UPDATE SET signature = excluded.signature
            """, .integer(user), .text(signature.target), .integer(signature.signer), .text(signature.keyID),
            .text(signature.text))
    }

    /// The signatures on a user's keys that a viewer may see: those by the user and those by the viewer.
    static func signatures(on user: Int64, seenBy viewer: Int64, in connection: Connection) throws -> [Signature] {
        try connection.rows(
            """
            SELECT target, signer_no, key_id, signature FROM msg_key_signature
            WHERE user_no = ?1 AND signer_no IN (?1, ?2)
            """, .integer(user), .integer(viewer)
        ) { Signature(target: $0.text(0), signer: $0.int(1), keyID: $0.text(2), text: $0.text(3)) }
    }
}
