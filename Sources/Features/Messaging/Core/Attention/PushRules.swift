package import Basics

/// The kinds of push rules in the order in which they are checked.
package enum PushRuleKind: String, Sendable, Hashable, CaseIterable {
    case override
    case content
    case room
    case sender
    case underride

    /// Whether rules of this kind carry conditions of their own.
    var hasConditions: Bool { self == .override || self == .underride }
}

/// One push rule: when an event matches, its actions say whether and how to notify.
package struct PushRule: Sendable, Hashable {
    package let id: String
    package let kind: PushRuleKind
    /// Made by the server; its actions and its switch can be changed, nothing else.
    package let isDefault: Bool
    package internal(set) var isEnabled: Bool
    package internal(set) var actions: [JSON] {
        didSet { verdict = PushVerdict(actions: actions) }
    }
    /// As the client wrote them; only override and underride rules have any.
    package let conditions: [JSON]
    /// Only content rules have one.
    package let pattern: String?
    /// A rule from before mentions were explicit: not for events that say whom they mention.
    let isLegacyMention: Bool
    private(set) var verdict: PushVerdict
    let compiled: [PushCondition]

    init(
        _ kind: PushRuleKind, _ id: String, isDefault: Bool = false, isEnabled: Bool = true, conditions: [JSON] = [],
        pattern: String? = nil, isLegacyMention: Bool = false, actions: [JSON]
    ) {
        self.kind = kind
        self.id = id
        self.isDefault = isDefault
        self.isEnabled = isEnabled
        self.conditions = conditions
        self.pattern = pattern
        self.isLegacyMention = isLegacyMention
        self.actions = actions
        verdict = PushVerdict(actions: actions)
        compiled = Self.compile(kind, id, conditions, pattern)
    }

    private static func compile(
        _ kind: PushRuleKind, _ id: String, _ conditions: [JSON], _ pattern: String?
    ) -> [PushCondition] {
        switch kind {
        case .override, .underride: conditions.map(PushCondition.init)
        case .content: [PushCondition.eventMatch("content.body", pattern)]
        case .room: [.propertyIs(PropertyPath("room_id"), .string(id))]
        case .sender: [.propertyIs(PropertyPath("sender"), .string(id))]
        }
    }

    /// Whether the rule decides about this event.
    func matches(_ event: PushEventView, in context: PushContext) -> Bool {
        guard isEnabled, !(isLegacyMention && event.saysWhomItMentions) else { return false }
        return compiled.allSatisfy { $0.holds(for: event, in: context) }
    }

    /// The rule as the push rule API shows it.
    package var json: JSON {
        var object: JSONObject = [
            "rule_id": .string(id), "default": .bool(isDefault), "enabled": .bool(isEnabled),
            "actions": .array(actions),
        ]
        if kind.hasConditions { object["conditions"] = .array(conditions) }
        if let pattern { object["pattern"] = .string(pattern) }
        return .object(object)
    }
}

/// The push rules of one user: the server's defaults as the user has changed them, and the user's own.
package struct PushRuleSet: Sendable, Hashable {
    /// Rules of one user's own making.
    package static let maximumRules = 500
    /// One rule as canonical JSON.
    package static let maximumRuleBytes = 16_384

    let userID: String
    /// The user's rules, the most important first.
    private(set) var own: [PushRuleKind: [PushRule]] = [:] {
        didSet { ordered = PushRuleKind.allCases.flatMap(rules) }
    }
    /// The server's rules in the order of the specification.
    private(set) var defaults: [PushRule] {
        didSet { ordered = PushRuleKind.allCases.flatMap(rules) }
    }
    /// All rules in the order in which they are checked.
    private(set) var ordered: [PushRule] = []

    /// The rules of a user who has changed nothing.
    package init(userID: String) {
        self.userID = userID
        defaults = PushRuleDefaults.rules(for: userID)
        ordered = PushRuleKind.allCases.flatMap(rules)
    }

    /// Whether the user has changed nothing, so that what holds for all such users holds here.
    package var isUnchanged: Bool { stored == [:] }

    /// The rules of a kind in the order in which they are checked.
    package func rules(_ kind: PushRuleKind) -> [PushRule] {
        let defaults = defaults.filter { $0.kind == kind }
        guard kind == .override else { return (own[kind] ?? []) + defaults }
        // The master switch stands above even the user's own rules.
        return defaults.prefix(1) + (own[kind] ?? []) + defaults.dropFirst()
    }

    /// One rule; 404 when there is none.
    package func rule(_ kind: PushRuleKind, _ id: String) throws(RequestError) -> PushRule {
        guard let rule = rules(kind).first(where: { $0.id == id }) else { throw Self.notFound }
        return rule
    }

    static var notFound: RequestError { .notFound("There is no such push rule.") }

    /// Adds or changes one of the user's rules.
    ///
    /// - Parameters:
    ///   - before: id of the rule that the new one shall stand directly before; wins over `after`.
    ///   - after: id of the rule that the new one shall stand directly after. With neither, a new rule becomes the
    ///     most important of its kind and a changed one stays where it is.
    package mutating func put(
        _ kind: PushRuleKind, _ id: String, _ body: JSONObject, before: String? = nil, after: String? = nil
    ) throws(RequestError) {
        var rule = try PushRule(kind, newID: id, body: body)
        var rules = own[kind] ?? []
        let old = rules.firstIndex { $0.id == id }
        if let old {
            rule.isEnabled = rules[old].isEnabled
            rules.remove(at: old)
        } else if own.values.reduce(0, { $0 + $1.count }) >= Self.maximumRules {
            throw .unknown("There are \(Self.maximumRules) push rules already; delete one first.", status: 400)
        }
        rules.insert(rule, at: try Self.place(in: rules, before: before, after: after) ?? old ?? 0)
        own[kind] = rules
    }

    private static func place(
        in rules: [PushRule], before: String?, after: String?
    ) throws(RequestError) -> Int? {
        guard let neighbour = before ?? after else { return nil }
        guard let index = rules.firstIndex(where: { $0.id == neighbour }) else {
            throw .unknown("The rule to stand before or after is none of your own rules of this kind.", status: 400)
        }
        return before == nil ? index + 1 : index
    }

    /// Deletes one of the user's rules; 404 when there is none.
    package mutating func delete(_ kind: PushRuleKind, _ id: String) throws(RequestError) {
        guard let index = own[kind]?.firstIndex(where: { $0.id == id }) else { throw Self.notFound }
        own[kind]?.remove(at: index)
        if own[kind]?.isEmpty == true { own[kind] = nil }
    }

    /// Switches a rule, the user's or the server's, on or off.
    package mutating func setEnabled(_ kind: PushRuleKind, _ id: String, _ isEnabled: Bool) throws(RequestError) {
        try change(kind, id) { $0.isEnabled = isEnabled }
    }

    /// Changes what a rule, the user's or the server's, does.
    package mutating func setActions(_ kind: PushRuleKind, _ id: String, _ actions: JSON?) throws(RequestError) {
        let actions = try PushRule.actions(actions)
        try change(kind, id) { $0.actions = actions }
    }

    private mutating func change(
        _ kind: PushRuleKind, _ id: String, _ edit: (inout PushRule) -> Void
    ) throws(RequestError) {
        if let index = own[kind]?.firstIndex(where: { $0.id == id }), var rule = own[kind]?[index] {
            edit(&rule)
            own[kind]?[index] = rule
        } else if let index = defaults.firstIndex(where: { $0.kind == kind && $0.id == id }) {
            edit(&defaults[index])
        } else {
            throw Self.notFound
        }
    }

    /// Puts stored rules in place, without the checks that requests go through.
    mutating func restore(_ kind: PushRuleKind, _ rules: [PushRule]) { own[kind] = rules.isEmpty ? nil : rules }
}
