package import Basics

/// What any event must keep to before it is numbered and stored.
package enum EventLimits {
    /// Whole event as canonical JSON.
    package static let maximumEventBytes = 65_536
    /// Type, state key and identifiers, in bytes of UTF-8.
    package static let maximumIdentifierBytes = 255
    /// Arrays and objects inside each other, the content itself included.
    package static let maximumDepth = 64
    /// Room for what the server adds to an event: ids, time, numbers and the names of the members.
    static let envelopeBytes = 512

    /// The member of a state's content that the server, or any client, reads as a text.
    private static let stateTexts: [String: String] = [
        EventType.name: "name", EventType.topic: "topic", EventType.avatar: "url", EventType.joinRules: "join_rule",
        EventType.historyVisibility: "history_visibility", EventType.guestAccess: "guest_access",
        EventType.tombstone: "body",
    ]

    /// Checks an event and gives its content as canonical JSON, ready to be stored.
    ///
    /// 413 `M_TOO_LARGE` for sizes, 400 `M_BAD_JSON` for contents that no event may have.
    package static func check(
        type: String, stateKey: String?, sender: String, content: JSONObject
    ) throws(RequestError) -> [UInt8] {
        try checkIdentifier(type, "type")
        if let stateKey { try checkIdentifier(stateKey, "state_key") }
        try checkIdentifier(sender, "sender")
        guard !type.isEmpty else { throw .badJSON("The event type must not be empty.") }
        try checkValue(.object(content), path: "content", depth: 1)
        if type == EventType.message { try checkMessage(content) }
        if stateKey != nil, let member = stateTexts[type] { _ = try content.string(member) }
        let canonical = JSON.object(content).canonical()
        let size = canonical.count + type.utf8.count + (stateKey?.utf8.count ?? 0) + sender.utf8.count + envelopeBytes
        guard size <= maximumEventBytes else {
            throw .tooLarge("The event is too large; an event has at most \(maximumEventBytes) bytes.")
        }
        return canonical
    }

    private static func checkIdentifier(_ text: String, _ name: String) throws(RequestError) {
        guard text.utf8.count <= maximumIdentifierBytes else {
            throw .tooLarge("`\(name)` is too long; it has at most \(maximumIdentifierBytes) bytes.")
        }
    }

    /// Refuses floats, integers beyond ±(2^53 - 1) and nesting beyond the limit, naming the member.
    private static func checkValue(_ value: JSON, path: String, depth: Int) throws(RequestError) {
        switch value {
        case .null, .bool, .string: return
        case .double: throw .badJSON("`\(path)` must be an integer; events hold no fractions.")
        case .int(let number):
            guard number.magnitude <= UInt64(JSON.maximumInteger) else {
                throw .badJSON("`\(path)` must lie within plus or minus 2^53 - 1.")
            }
        case .array(let elements):
            guard depth <= maximumDepth else { throw tooDeep }
            for element in elements { try checkValue(element, path: path, depth: depth + 1) }
        case .object(let members):
            guard depth <= maximumDepth else { throw tooDeep }
            for (key, member) in members { try checkValue(member, path: key, depth: depth + 1) }
        }
    }

    private static var tooDeep: RequestError {
        .badJSON("The content is nested too deeply; \(maximumDepth) levels are allowed.")
    }

    private static func checkMessage(_ content: JSONObject) throws(RequestError) {
        for key in ["msgtype", "body"] where content[key]?.stringValue == nil {
            throw .badJSON("A message needs `\(key)` as text.")
        }
    }
}
