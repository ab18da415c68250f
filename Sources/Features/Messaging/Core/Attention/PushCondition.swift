import Basics

/// One condition of a push rule, ready to be checked; made from the JSON a client wrote.
enum PushCondition: Sendable, Hashable {
    /// A text property that matches a pattern as a whole.
    case matches(PropertyPath, TextMatcher)
    /// The body contains a pattern between word boundaries.
    case bodyContains(GlobPattern)
    case propertyIs(PropertyPath, JSON)
    case propertyContains(PropertyPath, JSON)
    case containsDisplayName
    case memberCount(Comparison, Int64)
    case senderMayNotify(String)
    /// Of an unknown kind or malformed: matches nothing, so its rule is as good as disabled.
    case never

    enum Comparison: String, Sendable, Hashable, CaseIterable {
        // Longer signs first, since "<" is also the beginning of "<=".
        case equal = "=="
        case atMost = "<="
        case atLeast = ">="
        case less = "<"
        case greater = ">"

        func holds(_ left: Int64, _ right: Int64) -> Bool {
            switch self {
            case .equal: left == right
            case .atMost: left <= right
            case .atLeast: left >= right
            case .less: left < right
            case .greater: left > right
            }
        }
    }

    init(_ json: JSON) {
        switch json["kind"]?.stringValue {
        case "event_match": self = Self.eventMatch(json["key"]?.stringValue, json["pattern"]?.stringValue)
        case "event_property_is":
            self = Self.property(json["key"]?.stringValue, json["value"]) { .propertyIs($0, $1) }
        case "event_property_contains":
            self = Self.property(json["key"]?.stringValue, json["value"]) { .propertyContains($0, $1) }
        case "contains_display_name": self = .containsDisplayName
        case "room_member_count": self = Self.memberCount(json["is"]?.stringValue)
        case "sender_notification_permission":
            self = json["key"]?.stringValue.map { .senderMayNotify($0) } ?? .never
        default: self = .never
        }
    }

    static func eventMatch(_ key: String?, _ pattern: String?) -> PushCondition {
        guard let key, let pattern else { return .never }
        if key == "content.body" { return .bodyContains(GlobPattern(pattern)) }
        return .matches(PropertyPath(key), TextMatcher(pattern))
    }

    private static func property(
        _ key: String?, _ value: JSON?, _ make: (PropertyPath, JSON) -> PushCondition
    ) -> PushCondition {
        guard let key, let value else { return .never }
        switch value {
        case .string, .int, .bool, .null: return make(PropertyPath(key), value)
        case .double, .array, .object: return .never
        }
    }

    private static func memberCount(_ text: String?) -> PushCondition {
        guard let text else { return .never }
        let sign = Comparison.allCases.first { text.hasPrefix($0.rawValue) }
        let digits = text.dropFirst(sign?.rawValue.count ?? 0)
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int64(digits) else {
            return .never
        }
        return .memberCount(sign ?? .equal, number)
    }

    func holds(for event: PushEventView, in context: PushContext) -> Bool {
        switch self {
        case .matches(let path, let matcher): event.value(at: path)?.stringValue.map(matcher.matches) ?? false
        case .bodyContains(let pattern): event.body.map(pattern.matchesWords) ?? false
        case .propertyIs(let path, let value): event.value(at: path) == value
        case .propertyContains(let path, let value): event.value(at: path)?.arrayValue?.contains(value) ?? false
        case .containsDisplayName: Self.bodyNames(context.displayName, event)
        case .memberCount(let comparison, let number): comparison.holds(Int64(context.memberCount), number)
        case .senderMayNotify(let key): context.senderLevel >= context.notificationLevels[key] ?? 50
        case .never: false
        }
    }

    private static func bodyNames(_ displayName: String?, _ event: PushEventView) -> Bool {
        guard let displayName, !displayName.isEmpty, let body = event.body else { return false }
        return GlobPattern(displayName, wildcards: .none).matchesWords(in: body)
    }
}

/// A pattern for a whole text; one without wildcards is compared directly.
struct TextMatcher: Sendable, Hashable {
    private let literal: String
    private let glob: GlobPattern?

    init(_ pattern: String) {
        literal = pattern.lowercased()
        let hasWildcards = pattern.utf8.contains(UInt8(ascii: "*")) || pattern.utf8.contains(UInt8(ascii: "?"))
        glob = hasWildcards ? GlobPattern(pattern) : nil
    }

    func matches(_ text: String) -> Bool {
        glob?.matches(text) ?? (text == literal || text.lowercased() == literal)
    }
}
