package import Basics

/// The names of the relations this server aggregates.
package enum RelationType {
    package static let annotation = "m.annotation"
    package static let replace = "m.replace"
    package static let reference = "m.reference"
    package static let thread = "m.thread"
}

/// How an event relates to earlier ones, as its `m.relates_to` says.
///
/// Parts of the wrong shape count as absent: relations come from clients and must not make an event unreadable.
package struct Relations: Sendable, Hashable {
    /// A child of another event: `rel_type` and `event_id`.
    package struct Parent: Sendable, Hashable {
        package let type: String
        package let eventID: String
        /// What an annotation says, e.g. the emoji of a reaction; required there.
        package let key: String?
    }

    /// The event this one is a child of.
    package let parent: Parent?
    /// The event this one answers.
    package let inReplyTo: String?
    /// In a thread: the answer is only there for clients without threads.
    package let isFallingBack: Bool

    package init(content: JSONObject) {
        let relates = content["m.relates_to"]?.objectValue ?? [:]
        parent = Self.parent(relates)
        inReplyTo = relates["m.in_reply_to"]?["event_id"]?.stringValue
        isFallingBack = relates["is_falling_back"]?.boolValue ?? false
    }

    private static func parent(_ relates: JSONObject) -> Parent? {
        guard let type = relates["rel_type"]?.stringValue, let eventID = relates["event_id"]?.stringValue else {
            return nil
        }
        let key = relates["key"]?.stringValue
        if type == RelationType.annotation, key == nil { return nil }
        return Parent(type: type, eventID: eventID, key: type == RelationType.annotation ? key : nil)
    }

    /// The target of an edit, nil for anything else.
    package var edits: String? { parent?.type == RelationType.replace ? parent?.eventID : nil }

    /// The root of the thread this event is in, nil outside of threads.
    package var threadRoot: String? { parent?.type == RelationType.thread ? parent?.eventID : nil }

    /// The event that a reader should be shown as answered: none when it is only there for old clients.
    package var shownReply: String? { threadRoot != nil && isFallingBack ? nil : inReplyTo }
}

/// What the rules about edits and threads need to know of an event.
package struct RelatedEvent: Sendable, Hashable {
    package let sender: Int64
    package let type: String
    package let isState: Bool
    package let relations: Relations
    package let hasNewContent: Bool

    package init(sender: Int64, type: String, stateKey: String?, content: JSONObject) {
        self.sender = sender
        self.type = type
        isState = stateKey != nil
        relations = Relations(content: content)
        hasNewContent = content["m.new_content"]?.objectValue != nil
    }

    /// Whether this event is a valid edit of `original` (spec, "Validity of replacement events").
    ///
    /// Of the same sender and type, neither a state event, the original no edit itself, and with new content; the new
    /// content of an encrypted event cannot be seen and is not asked for. That both are in one room, the caller checks.
    package func isValidEdit(of original: RelatedEvent) -> Bool {
        relations.edits != nil && sender == original.sender && type == original.type && !isState && !original.isState
            && original.relations.edits == nil && (hasNewContent || type == "m.room.encrypted")
    }

    /// Whether a thread may hang on this event: not on one that is itself the child of another.
    package var canStartThread: Bool { relations.parent == nil }
}

extension Relations {
    /// The content of an event with the newest edit applied: all new but `m.relates_to`, which stays as it was.
    package static func applying(edit: JSONObject, to original: JSONObject) -> JSONObject {
        guard var content = edit["m.new_content"]?.objectValue else { return original }
        content["m.relates_to"] = original["m.relates_to"]
        return content
    }
}
