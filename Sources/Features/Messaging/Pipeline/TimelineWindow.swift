import Basics
import Storage

/// The newest events of a room that a viewer may see and a filter lets through.
struct TimelineWindow {
    /// Oldest first.
    var events: [StoredEvent]
    /// Whether there are more between the client's place and the first of them.
    var isLimited: Bool
    /// The seq of the first event; the room's next seq for an empty window.
    var start: Int64
    /// Where to read on backwards.
    var previous: PageToken

    /// How many events a selective filter may look at.
    private static let scanLimit = 5_000

    static func newest(
        _ reader: RoomReader, filter: RoomEventFilter, limit: Int, after since: Int64, upTo last: Int64? = nil
    ) throws -> TimelineWindow {
        let head = last ?? reader.room.headSeq
        var found: [StoredEvent] = []
        var cursor = reader.visible.last(atOrBefore: head)
        var scanned = 0
        var crossesGap = false
        while let high = cursor, high > since, found.count <= limit, scanned < scanLimit {
            let low = max(since + 1, reader.visible.start(ofRangeWith: high))
            let page = try reader.backwards(from: high, downTo: low, limit: min(limit + 1 - found.count, 500))
            guard let oldest = page.last else { break }
            found += page.filter { filter.allows($0, in: reader.room) }
            scanned += page.count
            cursor = reader.visible.previousVisible(before: oldest.seq)
            // State may have changed where the viewer cannot see it: the window ends there, and the state before the
            // window tells of it.
            if let next = cursor, next > since, next < oldest.seq - 1 {
                crossesGap = true
                break
            }
        }
        let isLimited = found.count > limit || scanned >= scanLimit || crossesGap
        let kept = Array(found.prefix(limit).reversed())
        let edge = kept.first?.seq ?? head + 1
        return TimelineWindow(
            events: kept, isLimited: isLimited, start: edge, previous: PageToken(before: edge))
    }
}

extension RoomEventFilter {
    /// Whether the filter lets an event through.
    func allows(_ event: StoredEvent, in room: RoomState) -> Bool {
        allows(
            type: event.type, sender: room.userIDs[event.sender] ?? "", hasURL: event.contentObject["url"] != nil)
    }
}
