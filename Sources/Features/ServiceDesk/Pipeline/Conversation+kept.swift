import Basics

/// How a conversation stood, as a merge keeps it until it is taken back.
extension Conversation {
    var kept: JSON {
        [
            "number": .int(number), "status": .int(status.rawValue), "owner": owner.map { .int($0.number) } ?? .null,
            "owner_kind": owner.map { .int($0.kind) } ?? .null, "enqueued": .int(enqueued),
            "deadline": deadline.map { .int($0.at) } ?? .null,
            "deadline_kind": deadline.map { .int($0.kind.rawValue) } ?? .null,
            "prefer": prefer.map(JSON.int) ?? .null, "answered": .bool(isAnswered),
        ]
    }

    /// A conversation as it was kept; nil for what cannot be read.
    ///
    /// - Parameter stored: the same as it is now.
    init?(kept: JSON, of stored: Conversation) {
        guard let status = kept["status"]?.intValue.flatMap(ConversationStatus.init(rawValue:)),
            let enqueued = kept["enqueued"]?.intValue
        else { return nil }
        self = stored
        self.status = status
        self.enqueued = enqueued
        owner = kept["owner"]?.intValue.map { Owner(kind: kept["owner_kind"]?.intValue ?? 0, number: $0) }
        deadline = nil
        if let at = kept["deadline"]?.intValue,
            let kind = kept["deadline_kind"]?.intValue.flatMap(DeadlineKind.init(rawValue:))
        {
            deadline = Deadline(at: at, kind: kind)
        }
        prefer = kept["prefer"]?.intValue
        isAnswered = kept["answered"]?.boolValue ?? false
    }
}
