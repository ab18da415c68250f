import Accounts
import Basics
import Foundation
import Imaging
import Storage
import Synchronization

@testable import Messaging

/// A media store in a folder of its own, with a clock that the test sets.
final class MediaFixture: Sendable {
    let clock = SettableClock(1_700_000_000_000)
    let database: Database
    let blobs: BlobStore
    let store: MediaStore
    let folder: URL

    static let visitor = MediaUploader(userNumber: 7, kind: .visitor)
    static let member = MediaUploader(userNumber: 8, kind: .member)
    static let robot = MediaUploader(userNumber: 9, kind: .robot)

    init(_ change: (inout MediaPolicy) -> Void = { _ in }) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "vitrine-media-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        self.folder = folder
        database = try Database.open(
            path: folder.appending(path: "test.db").path,
            migrations: MessagingSchema.migrations + MediaStore.migrations, clock: clock)
        blobs = try BlobStore(directory: folder.appending(path: "media").path, database: database)
        var policy = MediaPolicy()
        change(&policy)
        let table = AvatarTable()
        store = MediaStore(
            database: database, blobs: blobs, serverName: "shop.test", policy: policy, clock: clock,
            avatar: { table.of($0) })
        self.table = table
    }

    private let table: AvatarTable

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// The user shows this picture.
    func setAvatar(_ address: String, of user: Int64) { table.set(address, of: user) }

    func upload(
        _ bytes: [UInt8], type: String? = nil, name: String? = nil, by uploader: MediaUploader = visitor,
        chunk: Int = 10_000
    ) async throws -> String {
        try await store.upload(MediaUpload(type: type, name: name), by: uploader, body: Pieces(bytes, of: chunk))
    }

    func download(_ id: String, for user: Int64 = 7) async throws -> [UInt8] {
        let file = try await store.open(id, of: "shop.test", for: user, waitMilliseconds: 0)
        var bytes: [UInt8] = []
        for try await chunk in file.reader.chunks() { bytes += chunk }
        return bytes
    }

    /// How many rows a table has.
    func count(_ table: String) async throws -> Int64 {
        try await database.read { try $0.first("SELECT count(*) FROM \(table)") { $0.int(0) } ?? 0 }
    }

    /// Puts an event into the log, as far as the media store looks at it.
    func addEvent(type: String = "m.room.message", sender: Int64 = 7, content: String) async throws {
        let now = clock.now()
        try await database.write { context in
            let position = context.nextPosition()
            try context.run("INSERT INTO msg_type(name) VALUES (?1) ON CONFLICT (name) DO NOTHING", .text(type))
            try context.run(
                """
                INSERT INTO msg_event(pos, room_no, seq, sender_no, type_no, ts_ms, recv_ms, counted, content)
                SELECT ?1, 1, ?1, ?2, type_no, ?3, ?3, 1, ?4 FROM msg_type WHERE name = ?5
                """, .integer(position), .integer(sender), .integer(now), .text(content), .text(type))
        }
    }

    static func picture(width: Int = 500, height: Int = 400) throws -> [UInt8] {
        let rows = (0..<(width * height * 3)).map { UInt8(truncatingIfNeeded: $0 / 97) }
        return try Image(width: width, height: height, format: .rgb8, bytes: rows).encoded(as: .jpeg(quality: 80))
    }
}

/// Bytes in pieces, as a body arrives.
struct Pieces: AsyncSequence, Sendable {
    let bytes: [UInt8]
    let size: Int
    /// Breaks off with an error after so many bytes.
    var breaksAt: Int?

    struct Broken: Error {}

    init(_ bytes: [UInt8], of size: Int, breaksAt: Int? = nil) {
        self.bytes = bytes
        self.size = size
        self.breaksAt = breaksAt
    }

    func makeAsyncIterator() -> Iterator { Iterator(pieces: self) }

    struct Iterator: AsyncIteratorProtocol {
        let pieces: Pieces
        var at = 0

        mutating func next() async throws -> [UInt8]? {
            if let limit = pieces.breaksAt, at >= limit { throw Broken() }
            guard at < pieces.bytes.count else { return nil }
            let end = Swift.min(at + pieces.size, pieces.bytes.count)
            defer { at = end }
            return Array(pieces.bytes[at..<end])
        }
    }
}

/// A clock that stands until it is set.
final class SettableClock: WallClock {
    private let time: Mutex<Int64>

    init(_ start: Int64) { time = Mutex(start) }

    func now() -> Int64 { time.withLock { $0 } }

    func advance(hours: Double = 0, milliseconds: Int64 = 0) {
        time.withLock { $0 += Int64(hours * 3_600_000) + milliseconds }
    }
}

private final class AvatarTable: Sendable {
    private let rows = Mutex<[Int64: String]>([:])

    func of(_ user: Int64) -> String? { rows.withLock { $0[user] } }

    func set(_ address: String, of user: Int64) { rows.withLock { $0[user] = address } }
}
