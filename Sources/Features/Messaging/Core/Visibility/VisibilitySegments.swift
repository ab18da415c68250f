/// Who may read the history of a room, as `m.room.history_visibility` says.
package enum HistoryVisibility: Int, Sendable, Hashable, CaseIterable {
    case shared = 0
    case invited = 1
    case joined = 2
    case worldReadable = 3

    /// Reads the `history_visibility` of a state event; absent or unknown words mean `shared`, as the spec rules.
    package init(name: String?) {
        self = Self.allCases.first { $0.name == name } ?? .shared
    }

    /// The word that stands in `m.room.history_visibility` events.
    package var name: String {
        switch self {
        case .shared: "shared"
        case .invited: "invited"
        case .joined: "joined"
        case .worldReadable: "world_readable"
        }
    }
}

/// The history visibility of a room over its whole life, each mode from the event that set it.
///
/// Before the first entry the room is `shared`. The event that changes the mode belongs to both the segment it ends
/// and the segment it begins, because it may be seen under either.
package struct VisibilitySegments: Sendable, Hashable {
    package struct Entry: Sendable, Hashable {
        package let from: Int64
        package let mode: HistoryVisibility
    }

    package private(set) var entries: [Entry] = []

    package init() {}

    /// Adds the visibility event at `seq`; normally the newest, but a late row finds its place too.
    package mutating func append(from seq: Int64, mode: HistoryVisibility) {
        let entry = Entry(from: seq, mode: mode)
        let place = entries.lastIndex { $0.from <= seq }
        if let place, entries[place].from == seq {
            entries[place] = entry
        } else {
            entries.insert(entry, at: place.map { $0 + 1 } ?? 0)
        }
    }

    /// The mode that rules now.
    package var current: HistoryVisibility { entries.last?.mode ?? .shared }

    /// The stretches of one mode as closed intervals that end at `head` at the latest, both ends included.
    func intervals(of wanted: HistoryVisibility, head: Int64) -> [(low: Int64, high: Int64)] {
        var found: [(low: Int64, high: Int64)] = []
        if wanted == .shared { found.append((1, entries.first?.from ?? head)) }
        for (index, entry) in entries.enumerated() where entry.mode == wanted {
            found.append((entry.from, index + 1 < entries.count ? entries[index + 1].from : head))
        }
        return found
    }
}
