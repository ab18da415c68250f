import Imaging
import Kernels
import Storage

/// A picture's fingerprint as it is stored, and whose it is.
struct StoredFingerprint: Sendable {
    let picture: Int64
    let item: Int64
    let known: KnownPicture
}

/// Reads and writes of `vis_fingerprint`.
enum FingerprintQueries {
    static func put(_ known: KnownPicture, of picture: Int64, in catalogue: Int64, _ context: WriteContext) throws {
        let print = known.fingerprint
        let far = print.difference256.words
        let bytes = far.indices.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: far[word] >> (8 * $0)) } }
        try context.run(
            """
            INSERT INTO vis_fingerprint(picture_no, cat_no, version, pixels, near, far, signature)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            ON CONFLICT (picture_no) DO UPDATE SET version = excluded.version, pixels = excluded.pixels,
              near = excluded.near, far = excluded.far, signature = excluded.signature
            """, .integer(picture), .integer(catalogue), .int(PerceptualHash.version), .blob(known.pixelDigest),
            .integer(Int64(bitPattern: print.difference64)), .blob(bytes),
            .blob(print.signature.codes.map { UInt8(bitPattern: $0) }))
    }

    /// The short hashes of a catalogue's pictures, in the order of their numbers.
    static func hashes(
        of catalogue: Int64, after picture: Int64, _ connection: Connection
    ) throws -> [(picture: Int64, hash: UInt64)] {
        try connection.rows(
            """
            SELECT picture_no, near FROM vis_fingerprint WHERE cat_no = ?1 AND picture_no > ?2 AND version = ?3
            ORDER BY picture_no
            """, .integer(catalogue), .integer(picture), .int(PerceptualHash.version)
        ) { ($0.int(0), UInt64(bitPattern: $0.int(1))) }
    }

    /// The whole fingerprint of a picture that can answer for others: one that is there and is no alias itself.
    static func candidate(_ picture: Int64, _ connection: Connection) throws -> StoredFingerprint? {
        try connection.first(
            """
            SELECT p.item_no, p.sha256, f.pixels, f.near, f.far, f.signature, s.name FROM vis_fingerprint f
            JOIN vis_picture p ON p.picture_no = f.picture_no JOIN vis_item i ON i.item_no = p.item_no
            JOIN vis_shop s ON s.shop_no = i.shop_no
            WHERE f.picture_no = ?1 AND p.removal_no IS NULL AND i.removal_no IS NULL AND p.state BETWEEN 3 AND 8
            """, .integer(picture)
        ) { row -> StoredFingerprint? in
            guard let print = fingerprint(near: row.int(3), far: row.blob(4), signature: row.blob(5)) else {
                return nil
            }
            return StoredFingerprint(
                picture: picture, item: row.int(0),
                known: KnownPicture(
                    fileDigest: row.blob(1), pixelDigest: row.blob(2), fingerprint: print, seller: row.text(6)))
        } ?? nil
    }

    private static func fingerprint(near: Int64, far: [UInt8], signature: [UInt8]) -> PictureFingerprint? {
        guard far.count == 32, let signature = PictureSignature(codes: signature.map { Int8(bitPattern: $0) })
        else { return nil }
        let words = (0..<4).map { word in
            (0..<8).reduce(UInt64(0)) { $0 | UInt64(far[word * 8 + $1]) << (8 * UInt64($1)) }
        }
        return PictureFingerprint(
            difference64: UInt64(bitPattern: near), difference256: Hash256(words[0], words[1], words[2], words[3]),
            signature: signature)
    }
}
