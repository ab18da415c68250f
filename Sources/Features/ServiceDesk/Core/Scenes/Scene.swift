package import Basics

/// From where in the shop a visitor talks, and about what: registered before the chat opens and carried into it.
package struct Scene: Sendable, Hashable {
    /// The entrance, e.g. `item.book`.
    package var entry: String
    /// The thing the talk is about: `ref`, `title`, `price`, `image`, `category`.
    package var item: JSONObject?
    package var parameters: JSONObject
    package var language: String?

    /// Reads a scene that a page sent.
    package init(_ body: JSONObject) throws(RequestError) {
        guard let entry = body["entry"]?.stringValue, !entry.isEmpty, entry.utf8.count <= 64 else {
            throw .invalidParam("'entry' names the entrance in at most 64 bytes, e.g. 'item.book'.")
        }
        self.entry = entry
        item = body["item"]?.objectValue
        parameters = body["params"]?.objectValue ?? [:]
        language = body["language"]?.stringValue
        let size = JSON.object(parameters).canonical().count + (item.map { JSON.object($0).canonical().count } ?? 0)
        guard size <= 4_096 else { throw .tooLarge("A scene holds at most 4 KiB.") }
    }

    /// What is known of a visitor whose scene is unknown, run out or another's.
    package static let lost: Scene = Scene(entry: "lost")

    private init(entry: String) {
        self.entry = entry
        parameters = [:]
    }
}

/// What rules may ask about beside the scene.
package struct SceneFacts: Sendable, Hashable {
    package var scene: Scene
    package var topic: String
    /// Whether the person has talked to the shop before.
    package var isReturning: Bool
    /// How likely a deal is, 0...1,000, if somebody has said so.
    package var intent: Int64?
    /// Pages that the visitor has seen within a day, this one counted.
    package var visits: Int64
    /// How often of these it was this item.
    package var itemVisits: Int64

    package init(
        scene: Scene, topic: String, isReturning: Bool, intent: Int64? = nil, visits: Int64 = 1, itemVisits: Int64 = 1
    ) {
        self.scene = scene
        self.topic = topic
        self.isReturning = isReturning
        self.intent = intent
        self.visits = visits
        self.itemVisits = itemVisits
    }
}
