package import Basics

extension EventLimits {
    /// Checks a name that comes in a path: not empty, at most 255 bytes.
    package static func checkName(_ text: String, _ what: String) throws(RequestError) {
        guard !text.isEmpty, text.utf8.count <= maximumIdentifierBytes else {
            throw .invalidParam("The \(what) has 1 to \(maximumIdentifierBytes) bytes.")
        }
    }

    package static func checkStateKey(_ text: String) throws(RequestError) {
        guard text.utf8.count <= maximumIdentifierBytes else {
            throw .tooLarge("The state key has at most \(maximumIdentifierBytes) bytes.")
        }
    }
}

extension DraftEvent {
    /// Whether unread counters count the event: messages do, edits of messages do not.
    package var isCounted: Bool {
        stateKey == nil && EventType.isMessage(type) && Relations(content: content).edits == nil
    }
}
