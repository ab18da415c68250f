package import Basics

/// What somebody looks for.
package struct SearchRequest: Sendable {
    /// The words as they were typed.
    package var words = ""
    /// Ids of the rooms to look in; all of the asker's rooms for `nil`.
    package var rooms: [String]?
    /// The times of sending, in milliseconds.
    package var sent: ClosedRange<Int64> = 0...Int64.max
    /// Where the page before has ended.
    package var before: SearchPlace?
    package var limit = 20
    package var fields: Set<SearchField> = [.body]
    package var filter = RoomEventFilter()

    package init() {}
}

/// Where a page of hits ends; text form `h1_` and the position in the log.
package struct SearchPlace: Sendable, Hashable {
    let position: Int64

    init(position: Int64) { self.position = position }

    /// Reads what a reply has given.
    package init(parsing text: String) throws(RequestError) {
        guard text.hasPrefix("h1_"), text.utf8.count <= 32, let position = Int64(text.dropFirst(3)), position > 0 else {
            throw .invalidParam("This is not a place in a list of hits of this server. Search from the beginning.")
        }
        self.position = position
    }

    package var text: String { "h1_\(position)" }
}

/// A message that was found.
struct SearchHit: Sendable {
    var room: RoomState
    /// As it was sent.
    var event: StoredEvent
    /// With its newest edit in place of its content.
    var shown: StoredEvent
    /// Where the words stand in the text shown, in UTF-16 code units.
    var ranges: [Range<Int>]
    /// The words as they stand there.
    var marked: [String]
}

/// A page of hits.
struct SearchHits: Sendable {
    var hits: [SearchHit] = []
    var next: SearchPlace?
}
