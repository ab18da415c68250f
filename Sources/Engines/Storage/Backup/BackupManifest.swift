import Basics

/// What a backup holds.
public struct BackupManifest: Sendable, Hashable {
    /// When it was made, in milliseconds since 1970.
    public var madeMilliseconds: Int64
    /// SHA-256 of the database file.
    public var databaseHash: BlobHash
    /// Size of the database file in bytes.
    public var databaseSize: Int64
    /// The newest position in it.
    public var position: Int64
    /// The generation of the database that was copied.
    public var generation: UInt32
    /// The schema steps it has been through.
    public var migrations: [String]
    /// How many blobs belong to it.
    public var blobCount: Int64
    /// Their size in bytes.
    public var blobBytes: Int64
}

extension BackupManifest {
    private static let format: Int64 = 1

    var json: JSON {
        .object([
            "format": .int(Self.format), "made_ms": .int(madeMilliseconds),
            "database": .object([
                "sha256": .string(databaseHash.hex), "size": .int(databaseSize), "position": .int(position),
                "generation": .int(Int64(generation)), "migrations": .array(migrations.map(JSON.string)),
            ]),
            "blobs": .object(["count": .int(blobCount), "bytes": .int(blobBytes)]),
        ])
    }

    init(_ json: JSON, path: String) throws {
        guard json["format"]?.intValue == Self.format, let made = json["made_ms"]?.intValue,
            let database = json["database"], let hash = database["sha256"]?.stringValue.flatMap(BlobHash.init(hex:)),
            let size = database["size"]?.intValue, let position = database["position"]?.intValue,
            let generation = database["generation"]?.intValue.flatMap(UInt32.init(exactly:)),
            let migrations = database["migrations"]?.arrayValue, let count = json["blobs"]?["count"]?.intValue,
            let bytes = json["blobs"]?["bytes"]?.intValue
        else { throw StorageError(.damaged, "\(path) is not the manifest of a backup that this program can read.") }
        self.init(
            madeMilliseconds: made, databaseHash: hash, databaseSize: size, position: position, generation: generation,
            migrations: migrations.compactMap(\.stringValue), blobCount: count, blobBytes: bytes)
    }
}
