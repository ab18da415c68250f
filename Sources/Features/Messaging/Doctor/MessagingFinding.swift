package import Basics

/// Something in the database that cannot be so.
package struct MessagingFinding: Sendable, Hashable {
    /// What rule is broken.
    package enum Rule: String, Sendable, CaseIterable {
        case sequence, counts, positions, spans, memberships, receipts, redaction, state, media, consumers, room
    }

    package var rule: Rule
    /// What was found, for a person.
    package var sentence: String
    /// Whether it is about data that can be computed again.
    package var isRepairable: Bool

    init(_ rule: Rule, _ sentence: String, isRepairable: Bool = false) {
        self.rule = rule
        self.sentence = sentence
        self.isRepairable = isRepairable
    }

    package var json: JSON {
        ["rule": .string(rule.rawValue), "message": .string(sentence), "repairable": .bool(isRepairable)]
    }
}
