internal import Basics
internal import Storage

/// What was said before and after an event, as `/context` and searches show it.
struct EventSurroundings {
    let event: StoredEvent
    let before: HistoryPage
    let after: HistoryPage

    /// Reads up to so many events on each side.
    init(
        of event: StoredEvent, _ reader: RoomReader, before: Int, after: Int, filter: RoomEventFilter? = nil
    ) throws {
        var request = HistoryRequest()
        if let filter { request.filter = filter }
        request.limit = before
        request.from = .page(PageToken(before: event.seq))
        self.before = try HistoryPage.read(reader, request)
        request.isForwards = true
        request.limit = after
        request.from = .page(PageToken(after: event.seq))
        self.after = try HistoryPage.read(reader, request)
        self.event = event
    }

    /// The events of both sides and the one between them.
    var all: [StoredEvent] { before.events + [event] + after.events }

    /// Writes the events of both sides and where to read on, into an open object.
    func write(_ renderer: EventRenderer, to writer: inout JSONWriter) throws {
        writer.key("events_before")
        try writer.array { writer in for event in before.events { try renderer.write(event, to: &writer) } }
        writer.key("events_after")
        try writer.array { writer in for event in after.events { try renderer.write(event, to: &writer) } }
        writer.key("start")
        writer.string((before.end ?? before.start).text)
        writer.key("end")
        writer.string((after.end ?? after.start).text)
    }
}
