/// What comes due when, with one moment a name; a later moment replaces the earlier one.
///
/// Equal moments come in the order of their names, so that a restart changes nothing.
struct Deadlines<Name: Hashable & Comparable & Sendable>: Sendable {
    private struct Entry: Sendable {
        var at: Int64
        var name: Name
    }
    private var heap: [Entry] = []
    private var current: [Name: Int64] = [:]

    var count: Int { current.count }

    /// The moment of a name.
    subscript(name: Name) -> Int64? { current[name] }

    /// Sets the moment of a name, or takes it away.
    mutating func set(_ name: Name, _ at: Int64?) {
        guard current[name] != at else { return }
        guard let at else {
            current[name] = nil
            return
        }
        current[name] = at
        push(Entry(at: at, name: name))
        if heap.count > 64 + 3 * current.count { rebuild() }
    }

    /// The earliest moment.
    mutating func first() -> Int64? {
        dropStale()
        return heap.first?.at
    }

    /// Takes out the earliest name whose moment is not after `now`.
    mutating func popDue(_ now: Int64) -> Name? {
        dropStale()
        guard let first = heap.first, first.at <= now else { return nil }
        current[first.name] = nil
        removeFirst()
        return first.name
    }

    private mutating func dropStale() {
        while let first = heap.first, current[first.name] != first.at { removeFirst() }
    }

    private mutating func rebuild() {
        let kept = heap.filter { current[$0.name] == $0.at }
        heap = kept.sorted(by: Self.isBefore)
    }

    // MARK: The heap

    private static func isBefore(_ one: Entry, _ other: Entry) -> Bool {
        (one.at, one.name) < (other.at, other.name)
    }

    private mutating func push(_ entry: Entry) {
        heap.append(entry)
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard Self.isBefore(heap[child], heap[parent]) else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    private mutating func removeFirst() {
        let last = heap.removeLast()
        guard !heap.isEmpty else { return }
        heap[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
                if Self.isBefore(heap[child], heap[least]) { least = child }
            }
            guard least != parent else { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
