/// Waiters by the time at which they must be answered, the earliest first: a binary heap.
///
/// Entries of waiters that are gone stay until they surface; the table rebuilds the heap when they outnumber the rest.
struct DeadlineHeap: Sendable, Hashable {
    struct Entry: Sendable, Hashable {
        let deadline: Int64
        let waiter: WaiterID
    }

    private var entries: [Entry] = []

    var count: Int { entries.count }
    var first: Entry? { entries.first }

    init() {}

    init(_ entries: some Sequence<Entry>) {
        self.entries = entries.sorted { $0.deadline < $1.deadline }
    }

    mutating func insert(_ entry: Entry) {
        entries.append(entry)
        var at = entries.count - 1
        while at > 0, entries[at].deadline < entries[(at - 1) / 2].deadline {
            entries.swapAt(at, (at - 1) / 2)
            at = (at - 1) / 2
        }
    }

    mutating func removeFirst() {
        guard let last = entries.popLast(), !entries.isEmpty else { return }
        entries[0] = last
        var at = 0
        while true {
            var least = at
            for child in [2 * at + 1, 2 * at + 2] where child < entries.count {
                if entries[child].deadline < entries[least].deadline { least = child }
            }
            if least == at { return }
            entries.swapAt(at, least)
            at = least
        }
    }
}
