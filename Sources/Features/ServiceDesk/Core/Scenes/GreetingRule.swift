package import Basics

/// When the shop speaks first: to a visitor who has looked at a page for a while and has not asked.
package struct GreetingRule: Sendable, Hashable {
    package var condition: SceneCondition
    /// How long the page is looked at before, in milliseconds.
    package var after: Int64
    package var text: String

    /// Reads a rule, `{"if": {...}, "after_s": 40, "text": "..."}`.
    package init(_ body: JSON, place: Int) throws(RequestError) {
        func refusal(_ what: String) -> RequestError {
            RequestError(status: 422, code: "M_INVALID_PARAM", message: "Rule \(place): \(what)")
        }
        let parts = body["if"]?.objectValue ?? [:]
        guard parts["topic"] == nil else { throw refusal("there is no topic before somebody has spoken.") }
        condition = try SceneCondition(parts, refusal: refusal)
        let seconds = body["after_s"]?.intValue ?? 40
        guard (1...3_600).contains(seconds) else { throw refusal("'after_s' is a number from 1 to 3600.") }
        after = seconds * 1_000
        guard let text = body["text"]?.stringValue, !text.isEmpty, text.utf8.count <= 1_000 else {
            throw refusal("'text' has 1 to 1,000 bytes.")
        }
        self.text = text
    }
}
