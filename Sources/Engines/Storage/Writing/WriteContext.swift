/// What a write command works with. Valid only inside the closure that received it.
public final class WriteContext {
    /// The writer's connection.
    public let connection: Connection
    /// Milliseconds since 1970 at the start of the batch; never less than in an earlier batch, also across restarts.
    public let now: Int64

    private(set) var newestPosition: Int64
    private(set) var commitHooks: [@Sendable () -> Void] = []
    private(set) var rollbackHooks: [@Sendable () -> Void] = []

    init(connection: Connection, now: Int64, position: Int64) {
        self.connection = connection
        self.now = now
        newestPosition = position
    }

    /// The next number of the database's one log: 1, 2, 3 ... without gaps, in the order of commits.
    public func nextPosition() -> Int64 {
        newestPosition += 1
        return newestPosition
    }

    /// Runs on the writer's thread right after the commit, in the order of the commands, before any caller goes on.
    public func afterCommit(_ body: @escaping @Sendable () -> Void) { commitHooks.append(body) }

    /// Runs if this command, or the batch around it, is rolled back; the newest registration first.
    public func onRollback(_ body: @escaping @Sendable () -> Void) { rollbackHooks.append(body) }
}

extension WriteContext {
    /// See `Connection.run`.
    @discardableResult
    public func run(_ sql: String, _ arguments: SQLValue...) throws -> Int {
        try connection.run(sql, arguments: arguments)
    }
    /// See `Connection.rows`.
    public func rows<T>(_ sql: String, _ arguments: SQLValue..., map: (Row) throws -> T) throws -> [T] {
        try connection.rows(sql, arguments: arguments, map: map)
    }
    /// See `Connection.first`.
    public func first<T>(_ sql: String, _ arguments: SQLValue..., map: (Row) throws -> T) throws -> T? {
        try connection.first(sql, arguments: arguments, map: map)
    }
    /// See `Connection.forEach`.
    public func forEach(_ sql: String, _ arguments: SQLValue..., body: (Row) throws -> Bool) throws {
        try connection.forEach(sql, arguments: arguments, body: body)
    }
}
