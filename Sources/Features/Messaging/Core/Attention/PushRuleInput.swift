package import Basics

extension PushRule {
    /// A rule as a client asks for it; 400 for an id, actions or parts that no rule may have.
    init(_ kind: PushRuleKind, newID id: String, body: JSONObject) throws(RequestError) {
        try Self.check(id: id)
        let actions = try Self.actions(body["actions"])
        let conditions = kind.hasConditions ? try Self.conditions(body["conditions"]) : []
        let pattern = kind == .content ? try Self.pattern(body["pattern"]) : nil
        let size = JSON.array(actions + conditions).canonical().count + (pattern?.utf8.count ?? 0)
        guard size <= PushRuleSet.maximumRuleBytes else { throw Self.tooLarge }
        self.init(kind, id, conditions: conditions, pattern: pattern, actions: actions)
    }

    private static var tooLarge: RequestError {
        .tooLarge("A push rule has at most \(PushRuleSet.maximumRuleBytes) bytes.")
    }

    private static func check(id: String) throws(RequestError) {
        guard !id.isEmpty, id.utf8.count <= 255 else { throw .invalidParam("A rule id has 1 to 255 bytes.") }
        guard id.first != "." else { throw .invalidParam("Rule ids that begin with a dot are the server's own.") }
        guard !id.contains("/"), !id.contains("\\") else {
            throw .invalidParam("A rule id contains no slash and no backslash.")
        }
    }

    /// Reads a list of actions: `notify`, the historical words that do nothing, and tweaks.
    static func actions(_ json: JSON?) throws(RequestError) -> [JSON] {
        guard let json else { throw .missingParam("`actions` is missing.") }
        guard let actions = json.arrayValue else { throw .badJSON("`actions` must be a list.") }
        let words = ["notify", "dont_notify", "coalesce"]
        for action in actions where !words.contains(action.stringValue ?? "") && action["set_tweak"]?.stringValue == nil
        {
            throw .badJSON("`actions` holds something that is neither \"notify\" nor a `set_tweak`.")
        }
        guard JSON.array(actions).canonical().count <= PushRuleSet.maximumRuleBytes else { throw tooLarge }
        return actions
    }

    private static func conditions(_ json: JSON?) throws(RequestError) -> [JSON] {
        guard let json else { return [] }
        guard let conditions = json.arrayValue, conditions.allSatisfy({ $0["kind"]?.stringValue != nil }) else {
            throw .badJSON("`conditions` must be a list of objects with a `kind`.")
        }
        return conditions
    }

    private static func pattern(_ json: JSON?) throws(RequestError) -> String {
        guard let json else { throw .missingParam("`pattern` is missing.") }
        guard let pattern = json.stringValue, pattern.unicodeScalars.count <= GlobPattern.maximumLength else {
            throw .badJSON("`pattern` must be a text of at most \(GlobPattern.maximumLength) characters.")
        }
        return pattern
    }
}

extension PushRuleSet {
    /// All rules, as `GET /pushrules/` and the account data `m.push_rules` show them.
    package var json: JSON { ["global": global] }

    /// The rules by kind, as `GET /pushrules/global/` shows them.
    package var global: JSON {
        var object = JSONObject()
        for kind in PushRuleKind.allCases { object[kind.rawValue] = .array(rules(kind).map(\.json)) }
        return .object(object)
    }

    /// What the user has changed, for the store; an empty object when nothing.
    package var stored: JSON {
        var rules = JSONObject()
        for kind in PushRuleKind.allCases {
            guard let own = own[kind], !own.isEmpty else { continue }
            rules[kind.rawValue] = .array(own.map(\.json))
        }
        var changed = JSONObject()
        for (rule, original) in zip(defaults, PushRuleDefaults.rules(for: userID)) {
            var change = JSONObject()
            if rule.isEnabled != original.isEnabled { change["enabled"] = .bool(rule.isEnabled) }
            if rule.actions != original.actions { change["actions"] = .array(rule.actions) }
            if !change.isEmpty { changed[rule.id] = .object(change) }
        }
        var stored = JSONObject()
        if !rules.isEmpty { stored["rules"] = .object(rules) }
        if !changed.isEmpty { stored["defaults"] = .object(changed) }
        return .object(stored)
    }

    /// The rules of a user from the store; what cannot be read is left out.
    package init(userID: String, stored: JSON) {
        self.init(userID: userID)
        for kind in PushRuleKind.allCases {
            let rules = stored["rules"]?[kind.rawValue]?.arrayValue ?? []
            restore(kind, rules.compactMap { PushRule(kind, stored: $0) })
        }
        for rule in defaults {
            guard let change = stored["defaults"]?[rule.id] else { continue }
            if let isEnabled = change["enabled"]?.boolValue { try? setEnabled(rule.kind, rule.id, isEnabled) }
            if let actions = change["actions"] { try? setActions(rule.kind, rule.id, actions) }
        }
    }
}

extension PushRule {
    fileprivate init?(_ kind: PushRuleKind, stored: JSON) {
        guard let id = stored["rule_id"]?.stringValue, let body = stored.objectValue,
            var rule = try? PushRule(kind, newID: id, body: body)
        else { return nil }
        rule.isEnabled = stored["enabled"]?.boolValue ?? true
        self = rule
    }
}
