/// The place of a waiting conversation: the smaller goes first.
package struct QueuePlace: Sendable, Hashable, Comparable {
    /// When it began to wait, less ten minutes a step of priority, plus the queue's offset.
    package var key: Int64
    package var conversation: Int64

    /// What one step of priority is worth, in milliseconds of waiting.
    package static let step: Int64 = 600_000

    package init(_ conversation: Conversation, offset: Int64) {
        key = conversation.enqueued - Self.step * conversation.priority + offset
        self.conversation = conversation.number
    }

    package static func < (one: QueuePlace, other: QueuePlace) -> Bool {
        (one.key, one.conversation) < (other.key, other.conversation)
    }
}

/// The waiting conversations of one queue, in one ordered list for each set of skills.
///
/// An agent's next conversation is the smallest head of the lists that the agent's skills cover, so that finding it
/// costs the number of lists, however long they are.
struct QueueOrder: Sendable {
    private(set) var lists: [[String]: [QueuePlace]] = [:]

    var count: Int { lists.values.reduce(0) { $0 + $1.count } }

    mutating func insert(_ place: QueuePlace, skills: [String]) {
        let index = Self.index(of: place, in: lists[skills, default: []])
        lists[skills, default: []].insert(place, at: index)
    }

    mutating func remove(_ place: QueuePlace, skills: [String]) {
        guard let list = lists[skills] else { return }
        let index = Self.index(of: place, in: list)
        guard index < list.count, list[index] == place else { return }
        if list.count == 1 {
            lists[skills] = nil
        } else {
            lists[skills]?.remove(at: index)
        }
    }

    /// How many places lie before one, over all sets of skills.
    func ahead(of place: QueuePlace) -> Int {
        lists.values.reduce(0) { $0 + Self.index(of: place, in: $1) }
    }

    /// The first place for somebody with these skills that the test lets pass.
    func first(skills: Set<String>, where isFine: (QueuePlace) -> Bool) -> QueuePlace? {
        var best: QueuePlace?
        for (needed, list) in lists where needed.allSatisfy(skills.contains) {
            guard let found = list.first(where: { place in best.map { place >= $0 } == true || isFine(place) })
            else { continue }
            if best.map({ found < $0 }) ?? true { best = found }
        }
        return best
    }

    /// The first place in the list that is not before this one.
    private static func index(of place: QueuePlace, in list: [QueuePlace]) -> Int {
        var low = 0
        var high = list.count
        while low < high {
            let middle = (low + high) / 2
            if list[middle] < place { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
