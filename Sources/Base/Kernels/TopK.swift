/// Keeps the `limit` smallest distances of a stream, with a number for each.
///
/// Equal distances keep the smaller number, so that the outcome does not depend on the order of the stream.
public struct TopK: Sendable {
    /// A number and its distance.
    public struct Entry: Hashable, Sendable {
        /// What was measured.
        public var number: UInt64
        /// How far it is; smaller is nearer.
        public var distance: Float

        /// An entry.
        public init(number: UInt64, distance: Float) {
            self.number = number
            self.distance = distance
        }

        /// Nearer, or as near with a smaller number.
        func isBefore(_ other: Entry) -> Bool {
            distance < other.distance || (distance == other.distance && number < other.number)
        }
    }

    /// How many are kept.
    public let limit: Int
    /// A heap with the worst entry on top.
    private var heap: [Entry] = []

    /// Keeps the `limit` (0 or more) nearest.
    public init(limit: Int) {
        precondition(limit >= 0, "a negative number of entries")
        self.limit = limit
        heap.reserveCapacity(min(limit, 4096))
    }

    /// The distance that a newcomer must not exceed; infinite until `limit` entries are kept.
    public var threshold: Float { heap.count < limit ? .infinity : heap.first?.distance ?? -.infinity }

    /// How many are kept so far.
    public var count: Int { heap.count }

    /// Keeps an entry if it is among the nearest. A NaN never is.
    public mutating func insert(_ number: UInt64, distance: Float) {
        let entry = Entry(number: number, distance: distance)
        guard limit > 0, !distance.isNaN else { return }
        if heap.count < limit {
            heap.append(entry)
            rise(from: heap.count - 1)
        } else if entry.isBefore(heap[0]) {
            heap[0] = entry
            sink()
        }
    }

    /// The kept entries, nearest first.
    public func sorted() -> [Entry] { heap.sorted { $0.isBefore($1) } }

    private mutating func rise(from start: Int) {
        var at = start
        while at > 0, heap[(at - 1) / 2].isBefore(heap[at]) {
            heap.swapAt(at, (at - 1) / 2)
            at = (at - 1) / 2
        }
    }

    private mutating func sink() {
        var at = 0
        while true {
            var worst = at
            for child in [2 * at + 1, 2 * at + 2] where child < heap.count && heap[worst].isBefore(heap[child]) {
                worst = child
            }
            if worst == at { return }
            heap.swapAt(at, worst)
            at = worst
        }
    }
}
