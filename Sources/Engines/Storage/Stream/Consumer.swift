/// Derives something from a stream, each entry exactly once.
///
/// The effect and the offset are written in one transaction of the database that holds the effect, so a crash at any
/// moment repeats nothing and skips nothing. Two processes that run the same consumer share its work without harm.
public struct Consumer<Source: EventStream>: Sendable {
    /// The name under which the offset is kept.
    public let name: String
    private let source: Source
    private let database: Database
    private let pageLimit: Int
    private let effect: @Sendable ([Source.Entry], WriteContext) throws -> Void

    /// A consumer.
    ///
    /// - Parameters:
    ///   - database: where the effect is written; may be another one than that of the stream.
    ///   - effect: writes what follows from some entries. Only through the context: what it does elsewhere may be
    ///     done twice.
    public init(
        name: String, source: Source, database: Database, pageLimit: Int = 200,
        effect: @escaping @Sendable ([Source.Entry], WriteContext) throws -> Void
    ) {
        self.name = name
        self.source = source
        self.database = database
        self.pageLimit = max(1, pageLimit)
        self.effect = effect
    }

    /// How far the consumer has come; 0 before its first step.
    public var position: Int64 {
        get async throws {
            try await database.read { [name] in try ConsumerOffset.position(of: name, $0) ?? 0 }
        }
    }

    /// Takes one page. Returns false when there was nothing new.
    public func step() async throws -> Bool {
        let start = try await position
        let page = try await source.read(after: start, limit: pageLimit)
        guard page.through > start else { return false }
        try await database.write { [name, effect] context in
            let now = try ConsumerOffset.position(of: name, context.connection) ?? 0
            // Somebody else took this page, or began again from 0: the next step sees what is left.
            guard now == start else { return }
            if !page.entries.isEmpty { try effect(page.entries, context) }
            try ConsumerOffset.set(name, page.through, in: context)
        }
        try await source.commit(name: name, position: page.through)
        return true
    }

    /// Takes pages until there is nothing new.
    public func catchUp() async throws {
        while try await step() { try Task.checkCancellation() }
    }

    /// Begins again: empties the effect and goes back to 0, in one transaction.
    public func restart(_ empty: @escaping @Sendable (WriteContext) throws -> Void) async throws {
        try await database.write { [name] context in
            try empty(context)
            try ConsumerOffset.set(name, 0, in: context)
        }
    }
}
