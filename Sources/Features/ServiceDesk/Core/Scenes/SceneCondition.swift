package import Basics

/// What must be so of a scene and its visitor, for a rule to fit: every part that is named.
package struct SceneCondition: Sendable, Hashable {
    package var entry: String?
    package var category: String?
    package var topic: String?
    package var language: String?
    package var isReturning: Bool?
    package var leastIntent: Int64?
    /// How many pages of the shop the visitor has seen within a day, this one counted.
    package var leastVisits: Int64?
    /// How often the visitor has seen this item within a day, this time counted.
    package var leastItemVisits: Int64?

    private static let known: Set<String> = [
        "entry", "item.category", "topic", "language", "returning", "intent", "visits", "item.visits",
    ]

    /// Reads the `if` of a rule; what it does not know is refused.
    package init(_ parts: JSONObject, refusal: (String) -> RequestError) throws(RequestError) {
        if let odd = parts.first(where: { !Self.known.contains($0.key) }) {
            throw refusal("'\(odd.key)' is no condition.")
        }
        entry = parts["entry"]?.stringValue
        category = parts["item.category"]?.stringValue
        topic = parts["topic"]?.stringValue
        language = parts["language"]?.stringValue
        isReturning = parts["returning"]?.boolValue
        leastIntent = parts["intent"]?.intValue
        leastVisits = parts["visits"]?.intValue
        leastItemVisits = parts["item.visits"]?.intValue
    }

    package func fits(_ facts: SceneFacts) -> Bool {
        func same(_ wanted: String?, _ found: String?) -> Bool { wanted == nil || wanted == found }
        return same(entry, facts.scene.entry) && same(topic, facts.topic) && same(language, facts.scene.language)
            && same(category, facts.scene.item?["category"]?.stringValue)
            && (isReturning ?? facts.isReturning) == facts.isReturning
            && (leastIntent ?? .min) <= (facts.intent ?? .min) && (leastVisits ?? .min) <= facts.visits
            && (leastItemVisits ?? .min) <= facts.itemVisits
    }
}
