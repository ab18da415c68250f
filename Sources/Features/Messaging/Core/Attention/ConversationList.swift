/// What the list of conversations shows of one room to one user.
package struct ConversationSummary: Sendable, Hashable {
    package var room: Int64
    /// Time and seq of the last message.
    package var lastMilliseconds: Int64
    package var lastSeq: Int64
    package var unread: Int64
    package var highlight: Int64
    package var isMarkedUnread: Bool
    package var tags: [String]
    /// Newest position at which anything the list shows of the room has changed.
    package var changedPosition: Int64

    package init(
        room: Int64, lastMilliseconds: Int64, lastSeq: Int64, unread: Int64, highlight: Int64,
        isMarkedUnread: Bool = false, tags: [String] = [], changedPosition: Int64
    ) {
        self.room = room
        self.lastMilliseconds = lastMilliseconds
        self.lastSeq = lastSeq
        self.unread = unread
        self.highlight = highlight
        self.isMarkedUnread = isMarkedUnread
        self.tags = tags
        self.changedPosition = changedPosition
    }
}

/// How the list is ordered.
package enum ConversationOrder: String, Sendable, Hashable, CaseIterable {
    /// The last message first.
    case recent
    /// Those with something unread first, mentions before the rest; within each the last message first.
    case unread

    /// The place of a conversation in this order.
    package func place(of summary: ConversationSummary) -> ConversationPlace {
        var rank: UInt8 = 0
        if self == .unread {
            rank = summary.highlight > 0 ? 2 : summary.unread > 0 || summary.isMarkedUnread ? 1 : 0
        }
        return ConversationPlace(rank: rank, lastMilliseconds: summary.lastMilliseconds, room: summary.room)
    }
}

/// Where a conversation stands; smaller is nearer to the top. The room number breaks ties, so no two are equal.
package struct ConversationPlace: Sendable, Hashable, Comparable {
    package let rank: UInt8
    package let lastMilliseconds: Int64
    package let room: Int64

    package init(rank: UInt8, lastMilliseconds: Int64, room: Int64) {
        self.rank = rank
        self.lastMilliseconds = lastMilliseconds
        self.room = room
    }

    package static func < (left: ConversationPlace, right: ConversationPlace) -> Bool {
        (left.rank, left.lastMilliseconds, left.room) > (right.rank, right.lastMilliseconds, right.room)
    }
}

/// The list of a user's conversations, computed from one summary a room when it is asked for.
///
/// No order is stored: sending to a thousand members moves a thousand lists without touching a row of any.
package enum ConversationList {
    /// A piece of the whole list.
    package struct Page: Sendable, Hashable {
        package let conversations: [ConversationSummary]
        /// Where the next piece begins; nil at the end.
        package let more: ConversationPlace?
    }

    /// What has changed since a position.
    package struct Delta: Sendable, Hashable {
        /// Conversations to put in place of those of the same room, the last message first.
        package let changed: [ConversationSummary]
        /// Rooms to take out.
        package let removed: [Int64]
        /// The position up to which this brings a client.
        package let position: Int64
        /// Whether there is more after that position already.
        package let hasMore: Bool
    }

    /// At most `limit` conversations that stand below a place, from the top when there is none.
    ///
    /// A conversation that moves up between two pages is in neither, but in the delta since the first of them.
    package static func page(
        of all: some Sequence<ConversationSummary>, order: ConversationOrder, below place: ConversationPlace?,
        limit: Int
    ) -> Page {
        var candidates: [(place: ConversationPlace, summary: ConversationSummary)] = []
        for summary in all {
            let own = order.place(of: summary)
            if place.map({ $0 < own }) ?? true { candidates.append((own, summary)) }
        }
        candidates.sort { $0.place < $1.place }
        let chosen = candidates.prefix(max(1, limit))
        let more = chosen.count < candidates.count ? chosen.last?.place : nil
        return Page(conversations: chosen.map(\.summary), more: more)
    }

    /// What has changed after `since`, oldest change first when it does not fit into `limit`.
    ///
    /// Changes of one position are never torn apart, so a delta may hold a few more than the limit.
    ///
    /// - Parameters:
    ///   - removed: rooms that left the list, with the position at which they did.
    ///   - head: newest position that `all` and `removed` know of.
    package static func delta(
        of all: some Sequence<ConversationSummary>, removed: [(room: Int64, position: Int64)], since: Int64,
        head: Int64,
        limit: Int
    ) -> Delta {
        let changed = all.filter { $0.changedPosition > since }
        let gone = removed.filter { $0.position > since }
        let positions = (changed.map(\.changedPosition) + gone.map(\.position)).sorted()
        let limit = max(1, limit)
        let hasMore = positions.count > limit && (positions.last ?? 0) > positions[limit - 1]
        let end = hasMore ? positions[limit - 1] : max(head, since)
        let shown = changed.filter { $0.changedPosition <= end || !hasMore }
        return Delta(
            changed: shown.sorted { ConversationOrder.recent.place(of: $0) < ConversationOrder.recent.place(of: $1) },
            removed: gone.filter { $0.position <= end || !hasMore }.map(\.room).sorted(), position: end,
            hasMore: hasMore)
    }
}
