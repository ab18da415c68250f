internal import Imaging
internal import Storage
import Synchronization

/// The short hashes of a catalogue's pictures in memory, to look copies up by.
///
/// Filled by the writer's own thread, so that of two copies which arrive at once one is always the first. Pictures that
/// went stay in it until the program starts again; whoever asks looks at the table as well.
final class FingerprintBook: Sendable {
    private struct Pages {
        var index = FingerprintIndex()
        var pictures: [Int64] = []
    }

    private let pages = Mutex(Pages())

    func load(_ catalogue: Int64, from database: Database) async throws {
        let known = try await database.readWithoutLimit { connection in
            try FingerprintQueries.hashes(of: catalogue, after: 0, connection)
        }
        pages.withLock { pages in
            pages.index = FingerprintIndex(known.map(\.hash))
            pages.pictures = known.map(\.picture)
        }
    }

    func add(_ picture: Int64, _ hash: UInt64) {
        pages.withLock { pages in
            pages.index.add(hash)
            pages.pictures.append(picture)
        }
    }

    /// Pictures that may be copies, the nearest first.
    func candidates(for views: [PictureFingerprint], within radius: Int) -> [Int64] {
        pages.withLock { pages in
            pages.index.candidates(for: views, within: radius).map { pages.pictures[$0.place] }
        }
    }
}
