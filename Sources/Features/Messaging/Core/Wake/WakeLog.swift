/// The newest publications of one stream: what a waiter could have missed between its snapshot and its registration.
///
/// Bounded by number: when full, the oldest entry is forgotten and ``floor`` rises to its place. A room is one entry
/// however many members it has, so that publishing costs nothing per member who is not waiting.
struct WakeLog: Sendable, Hashable {
    enum Audience: Sendable, Hashable {
        case users([Int64])
        case room(Int64)
    }

    private struct Entry: Sendable, Hashable {
        let place: Int64
        let audience: Audience
    }

    /// Highest place that was forgotten; whoever read less than this may have missed anything.
    private(set) var floor: Int64
    private let capacity: Int
    private let walkLimit: Int
    private var ring: [Entry] = []
    private var oldest = 0
    private var newestPlace: Int64

    var count: Int { ring.count }

    init(floor: Int64, capacity: Int, walkLimit: Int) {
        self.floor = floor
        self.capacity = max(1, capacity)
        self.walkLimit = walkLimit
        newestPlace = floor
    }

    /// Notes a publication; one that comes out of order is noted as if it were the newest, which can only wake more.
    mutating func append(at place: Int64, for audience: Audience) {
        newestPlace = max(newestPlace, place)
        let entry = Entry(place: newestPlace, audience: audience)
        guard ring.count == capacity else {
            ring.append(entry)
            return
        }
        floor = max(floor, ring[oldest].place)
        ring[oldest] = entry
        oldest = (oldest + 1) % capacity
    }

    /// Whether something newer than `place` was published for the reader, or too much to tell.
    ///
    /// Walks back from the newest entry, so it costs what was published since the reader's snapshot, and never more
    /// than the walk limit.
    func hasNews(after place: Int64, isFor reader: (Audience) -> Bool) -> Bool {
        if place < floor { return true }
        if place >= newestPlace { return false }
        for back in 1..<ring.count + 1 {
            let entry = ring[(oldest + ring.count - back) % ring.count]
            if entry.place <= place { return false }
            if back > walkLimit || reader(entry.audience) { return true }
        }
        return false
    }
}
