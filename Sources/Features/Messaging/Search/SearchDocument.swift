import Basics
import Storage

/// The part of an event that can be searched, as the client-server API names it (`content.body` and so on).
package enum SearchField: Int64, Sendable, CaseIterable {
    case body, name, topic

    /// The field that an event of a type carries.
    init(of event: StoredEvent) {
        switch event.stateKey == nil ? "" : event.type {
        case EventType.name: self = .name
        case EventType.topic: self = .topic
        default: self = .body
        }
    }

    /// The key of the content.
    var key: String {
        switch self {
        case .body: "body"
        case .name: "name"
        case .topic: "topic"
        }
    }

    /// The word for it in a request.
    package init?(path: String) {
        guard let field = Self.allCases.first(where: { "content.\($0.key)" == path }) else { return nil }
        self = field
    }
}

/// A message as search sees it: where it stands, and what it says after its newest edit.
struct SearchDocument: Sendable, Hashable {
    var pos: Int64
    var address: EventAddress
    /// The seq of the event that the text is from: the message itself or an edit of it.
    var source: Int64
    var field: SearchField
    var sent: Int64
    var text: String

    /// How many edits are looked at for one that counts.
    private static let editLimit = 1_000

    /// The document of an event, with edits that `sees` lets through; `nil` for what has none: what was recalled or
    /// removed, edits themselves, and events without text.
    static func read(
        _ address: EventAddress, _ events: EventQueries, in connection: Connection,
        sees: (Int64) -> Bool = { _ in true }
    ) throws -> (document: SearchDocument, event: StoredEvent, shown: StoredEvent)? {
        guard let event = try events.event(address, in: connection), !event.flags.contains(.redacted) else {
            return nil
        }
        let content = event.contentObject
        guard Relations(content: content).edits == nil else { return nil }
        let field = SearchField(of: event)
        guard event.stateKey == nil || field != .body else { return nil }
        var shown = event
        var source = event.seq
        if event.flags.contains(.hasRelations),
            let edit = try newestEdit(of: event, content, events, in: connection, sees: sees)
        {
            source = edit.seq
            shown.content = JSON.object(Relations.applying(edit: edit.contentObject, to: content)).canonical()
        }
        guard let text = (source == event.seq ? content : shown.contentObject)[field.key]?.stringValue, !text.isEmpty
        else { return nil }
        let document = SearchDocument(
            pos: event.pos, address: address, source: source, field: field, sent: event.timestamp, text: text)
        return (document, event, shown)
    }

    private static func newestEdit(
        of event: StoredEvent, _ content: JSONObject, _ events: EventQueries, in connection: Connection,
        sees: (Int64) -> Bool
    ) throws -> StoredEvent? {
        let original = RelatedEvent(
            sender: event.sender, type: event.type, stateKey: event.stateKey, content: content)
        let seqs = try RelationQueries.seqs(
            room: event.room, target: event.seq, relation: RelationType.replace, type: nil,
            within: event.seq...Int64.max, forwards: false, limit: editLimit, in: connection)
        for seq in seqs where sees(seq) {
            let address = EventAddress(room: event.room, seq: seq)
            guard let edit = try events.event(address, in: connection), !edit.flags.contains(.redacted) else {
                continue
            }
            let related = RelatedEvent(
                sender: edit.sender, type: edit.type, stateKey: edit.stateKey, content: edit.contentObject)
            if related.isValidEdit(of: original) { return edit }
        }
        return nil
    }
}
