import Synchronization

/// Holds the newest snapshot. Readers take it without a lock; one writer at a time replaces it.
///
/// There are several places. A reader counts itself into the current one, looks again whether it still is the current
/// one, and takes its reference; the writer fills a place that is neither current nor being read, then makes it
/// current. All counts are sequentially consistent: of a reader that counts itself in and a writer that looks for
/// readers, at least one sees the other. A reader tries again only when a writer has published in between.
///
/// Unchecked because the compiler cannot see that protocol.
final class SnapshotCell: @unchecked Sendable {
    private static let places = 16
    private let current = Atomic<Int>(0)
    private let readers: [Readers]
    private let snapshots: UnsafeMutablePointer<Snapshot?>

    private final class Readers: Sendable {
        let count = Atomic<Int>(0)
    }

    init(_ first: Snapshot) {
        readers = (0..<Self.places).map { _ in Readers() }
        snapshots = .allocate(capacity: Self.places)
        snapshots.initialize(repeating: nil, count: Self.places)
        snapshots[0] = first
    }

    deinit {
        snapshots.deinitialize(count: Self.places)
        snapshots.deallocate()
    }

    /// The newest snapshot.
    func load() -> Snapshot {
        while true {
            let place = current.load(ordering: .sequentiallyConsistent)
            readers[place].count.wrappingAdd(1, ordering: .sequentiallyConsistent)
            defer { readers[place].count.wrappingSubtract(1, ordering: .sequentiallyConsistent) }
            if current.load(ordering: .sequentiallyConsistent) == place, let snapshot = snapshots[place] {
                return snapshot
            }
        }
    }

    /// Replaces the newest snapshot. Only the index's writer calls this.
    func store(_ snapshot: Snapshot) {
        let now = current.load(ordering: .sequentiallyConsistent)
        var place = now
        while true {
            place = (place + 1) % Self.places
            // A reader stays in a place for some nanoseconds, or while it is preempted there.
            if place != now, readers[place].count.load(ordering: .sequentiallyConsistent) == 0 { break }
        }
        snapshots[place] = snapshot
        current.store(place, ordering: .sequentiallyConsistent)
    }

    /// Lets go of older snapshots that nobody is taking, so that what only they hold is freed.
    func forgetOld() {
        let now = current.load(ordering: .sequentiallyConsistent)
        for place in 0..<Self.places
        where place != now && readers[place].count.load(ordering: .sequentiallyConsistent) == 0 {
            snapshots[place] = nil
        }
    }
}
