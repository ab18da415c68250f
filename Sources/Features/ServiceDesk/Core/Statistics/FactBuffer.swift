/// Brings facts of several sources into the order of the log: each waits until no source can tell of an earlier one.
///
/// Facts may come in any order and any number of times, as long as none comes after its source has said that it is
/// done up to there.
package struct FactBuffer: Sendable {
    private var through: [Int64: Int64] = [:]
    private var waiting: [Int64: DeskFact] = [:]
    /// Everything up to here was handed out.
    package private(set) var released: Int64
    /// Facts that came after their place was handed out and were told before.
    package private(set) var dropped: Int64 = 0

    package init(sources: some Sequence<Int64>, after released: Int64 = 0) {
        self.released = released
        for source in sources { through[source] = released }
    }

    /// How many facts wait.
    package var count: Int { waiting.count }

    package mutating func add(_ fact: DeskFact) {
        guard fact.position > released else {
            dropped += 1
            return
        }
        waiting[fact.position] = fact
    }

    /// A source has told everything up to a position. Returns what can be handed out by that, in order.
    package mutating func advance(_ source: Int64, to position: Int64) -> [DeskFact] {
        through[source] = max(through[source] ?? 0, position)
        let least = through.values.min() ?? released
        guard least > released else { return [] }
        released = least
        let due = waiting.keys.filter { $0 <= least }.sorted().compactMap { waiting[$0] }
        for fact in due { waiting[fact.position] = nil }
        return due
    }
}
