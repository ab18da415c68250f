package import Basics

/// What a scene says of how likely a deal is: points for what is known of the visitor, which add up.
package struct IntentRule: Sendable, Hashable {
    package var condition: SceneCondition
    /// Added to the intent, -1,000...1,000.
    package var points: Int64
    /// What the visitor seems to want, in a word.
    package var label: String?

    /// Reads a rule, `{"if": {...}, "points": 300, "label": "viewing"}`.
    package init(_ body: JSON, place: Int) throws(RequestError) {
        func refusal(_ what: String) -> RequestError {
            RequestError(status: 422, code: "M_INVALID_PARAM", message: "Rule \(place): \(what)")
        }
        let parts = body["if"]?.objectValue ?? [:]
        guard parts["intent"] == nil, parts["topic"] == nil else {
            throw refusal("intent is found before there is a topic or an intent.")
        }
        condition = try SceneCondition(parts, refusal: refusal)
        guard let points = body["points"]?.intValue, (-1_000...1_000).contains(points) else {
            throw refusal("'points' is a number from -1000 to 1000.")
        }
        self.points = points
        label = body["label"]?.stringValue
        guard (label?.utf8.count ?? 0) <= 64 else { throw refusal("a label has at most 64 bytes.") }
    }
}

/// How likely a deal is, and what the visitor seems to want.
package struct Intent: Sendable, Hashable {
    /// 0...1,000.
    package var score: Int64
    package var label: String?

    package init(score: Int64, label: String? = nil) {
        self.score = min(1_000, max(0, score))
        self.label = label.map { String($0.prefix(64)) }
    }
}

extension [IntentRule] {
    /// What all rules that fit say together; the label is that of the rule with the most points, the first of equals.
    package func intent(_ facts: SceneFacts) -> Intent {
        let fitting = filter { $0.condition.fits(facts) }
        var best: IntentRule?
        for rule in fitting where rule.label != nil && rule.points > best?.points ?? .min { best = rule }
        return Intent(score: fitting.reduce(0) { $0 + $1.points }, label: best?.label)
    }
}
