/// One forward step of the schema. Its name is its identity for ever: never rename, reorder or edit one that shipped.
public struct Migration: Sendable {
    /// The name, e.g. `messaging-1`.
    public let name: String
    let body: @Sendable (Connection) throws -> Void

    /// A step; the body runs inside a transaction of its own.
    public init(_ name: String, _ body: @escaping @Sendable (Connection) throws -> Void) {
        self.name = name
        self.body = body
    }
}
