/// What a user is to a room; raw values are those of the store.
package enum Membership: Int, Sendable, Hashable, CaseIterable {
    case leave = 0
    case join = 1
    case invite = 2
    case ban = 3
    case knock = 4

    /// Reads the `membership` of an `m.room.member` event; nil when the word is none of the five.
    package init?(name: String) {
        guard let match = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = match
    }

    /// The word that stands in `m.room.member` events.
    package var name: String {
        switch self {
        case .leave: "leave"
        case .join: "join"
        case .invite: "invite"
        case .ban: "ban"
        case .knock: "knock"
        }
    }
}

/// The memberships one user had in one room, in order, each from the member event that began it.
///
/// Before the first entry the user was `leave`. State at an event is the state before it, and a user's own member
/// event may be seen with the membership before or after it, so an event that changes the membership belongs to both
/// the span it ends and the span it begins.
package struct MembershipSpans: Sendable, Hashable {
    package struct Entry: Sendable, Hashable {
        /// Seq of the member event that began the span.
        package let from: Int64
        package let membership: Membership
        /// For joins: first seq the member may read, below `from` where the room grants some history before joining.
        package let visibleFrom: Int64
    }

    package private(set) var entries: [Entry] = []

    package init() {}

    /// Adds the member event at `seq`; normally the newest, but a late row finds its place too.
    ///
    /// - Parameter visibleFrom: first seq a joining member may read; nil for none before the join itself.
    package mutating func append(from seq: Int64, membership: Membership, visibleFrom: Int64? = nil) {
        let entry = Entry(from: seq, membership: membership, visibleFrom: min(visibleFrom ?? seq, seq))
        let place = entries.lastIndex { $0.from <= seq }
        if let place, entries[place].from == seq {
            entries[place] = entry
        } else {
            entries.insert(entry, at: place.map { $0 + 1 } ?? 0)
        }
    }

    /// The newest membership.
    package var current: Membership { entries.last?.membership ?? .leave }

    /// Seq of the newest member event, nil when the user never had one.
    package var currentFrom: Int64? { entries.last?.from }

    /// Seq of the latest join event: shared history up to it is open to the user for ever.
    package var lastJoin: Int64? { entries.last { $0.membership == .join }?.from }

    /// The membership that ruled when the event at `seq` was sent, before the event itself changed anything.
    package func membership(before seq: Int64) -> Membership {
        entries.last { $0.from < seq }?.membership ?? .leave
    }

    /// The stretches of one membership as closed intervals that end at `head` at the latest, both ends included.
    func intervals(of wanted: Membership, head: Int64) -> [(low: Int64, high: Int64)] {
        var found: [(low: Int64, high: Int64)] = []
        for (index, entry) in entries.enumerated() where entry.membership == wanted {
            let high = index + 1 < entries.count ? entries[index + 1].from : head
            found.append((wanted == .join ? entry.visibleFrom : entry.from, high))
        }
        return found
    }

    /// First seq that a member joining at `join` may read when the room grants the last `count` counted events.
    ///
    /// The smallest seq from which at most `count` counted events precede the join. Binary search, so it asks for
    /// O(log n) running totals.
    ///
    /// - Parameter countedUpTo: number of counted events in the room up to and including a seq; asked for 0 ..< join.
    package static func visibleFrom<E: Error>(
        joiningAt join: Int64, last count: Int64, countedUpTo: (Int64) throws(E) -> Int64
    ) throws(E) -> Int64 {
        guard join > 1, count > 0 else { return join }
        let total = try countedUpTo(join - 1)
        var low: Int64 = 1
        var high = join
        while low < high {
            let middle = low + (high - low) / 2
            if total - (try countedUpTo(middle - 1)) <= count { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
