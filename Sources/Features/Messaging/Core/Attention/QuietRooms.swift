import Basics

/// The rooms in which a user's push rules let less count: those muted, and those where only mentions do.
///
/// Nearly all users have none; then nothing is looked up.
package struct QuietRooms: Sendable, Hashable {
    private let mutesEverything: Bool
    private let muted: Set<String>
    private let onlyMentions: Set<String>

    /// No quiet rooms.
    package init() {
        mutesEverything = false
        muted = []
        onlyMentions = []
    }

    /// The quiet rooms of a user's rules.
    package init(_ rules: PushRuleSet) {
        mutesEverything = rules.mutesEverything
        let named = rules.rules(.override).filter { !$0.isDefault }.compactMap(\.onlyRoom)
        muted = Set(named.filter { rules.mutes(room: $0) })
        onlyMentions = Set(rules.rules(.room).map(\.id).filter { rules.onlyMentions(room: $0) })
    }

    package var isEmpty: Bool { !mutesEverything && muted.isEmpty && onlyMentions.isEmpty }

    /// Whether less than everything counts in a room.
    package func isQuiet(_ room: String) -> Bool {
        mutesEverything || muted.contains(room) || onlyMentions.contains(room)
    }

    /// What counts of the messages of a room.
    package func counted(_ attention: Attention, in room: String) -> Attention {
        if mutesEverything || muted.contains(room) { return Attention(unread: 0, highlights: 0) }
        if onlyMentions.contains(room) {
            return Attention(unread: attention.highlights, highlights: attention.highlights)
        }
        return attention
    }
}

extension PushRule {
    /// The room that the rule's one condition names.
    fileprivate var onlyRoom: String? {
        guard conditions.count == 1, let condition = conditions.first, condition["key"] == "room_id" else { return nil }
        return condition["pattern"]?.stringValue
    }
}
