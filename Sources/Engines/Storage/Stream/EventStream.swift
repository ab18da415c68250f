/// An entry of a stream, at its place in the order.
public protocol StreamEntry: Sendable {
    /// The place; grows along the stream, not always by one.
    var position: Int64 { get }
}

/// What one look at a stream gave.
public struct StreamPage<Entry: StreamEntry>: Sendable {
    /// The entries, in order.
    public let entries: [Entry]
    /// Everything up to here was looked at; the next page begins after it. May lie beyond the newest entry.
    public let through: Int64

    /// A page.
    public init(entries: [Entry], through: Int64) {
        self.entries = entries
        self.through = through
    }
}

/// A log that can be read again from any position, by any number of consumers.
public protocol EventStream<Entry>: Sendable {
    /// What the stream carries.
    associatedtype Entry: StreamEntry

    /// Up to `limit` entries after a position.
    func read(after position: Int64, limit: Int) async throws -> StreamPage<Entry>

    /// Tells the stream that everything up to `position` was dealt with by the consumer `name`, so that it may be
    /// trimmed. Never moves backwards.
    func commit(name: String, position: Int64) async throws
}
