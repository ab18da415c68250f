/// A connection to the database inside a `read` or a `write`.
///
/// Valid only in the closure that received it. Statements are prepared once per connection and found again by their
/// text, so keep the text constant and pass values as arguments (`?1`, `?2` ...).
public final class Connection {
    let handle: SQLiteHandle
    private var cache: [String: SQLiteStatement] = [:]
    /// More texts than any program has; only a text put together from values can come near.
    private static let cacheLimit = 1_024

    init(_ handle: SQLiteHandle) { self.handle = handle }

    /// Runs a statement to its end and returns how many rows it inserted, changed or deleted.
    @discardableResult
    public func run(_ sql: String, _ arguments: SQLValue...) throws -> Int {
        try run(sql, arguments: arguments)
    }

    /// Runs a statement to its end and returns how many rows it inserted, changed or deleted.
    @discardableResult
    public func run(_ sql: String, arguments: [SQLValue]) throws -> Int {
        let before = handle.totalChanges
        let statement = try begin(sql, arguments)
        defer { end(statement) }
        while try statement.step() {}
        return handle.totalChanges == before ? 0 : handle.changes
    }

    /// Every row, mapped.
    @inlinable
    public func rows<T>(_ sql: String, _ arguments: SQLValue..., map: (Row) throws -> T) throws -> [T] {
        try rows(sql, arguments: arguments, map: map)
    }

    /// Every row, mapped.
    @inlinable
    public func rows<T>(_ sql: String, arguments: [SQLValue], map: (Row) throws -> T) throws -> [T] {
        let statement = try begin(sql, arguments)
        defer { end(statement) }
        let row = Row(statement)
        var result: [T] = []
        while try statement.step() { result.append(try map(row)) }
        return result
    }

    /// The first row, mapped; nil when there is none.
    @inlinable
    public func first<T>(_ sql: String, _ arguments: SQLValue..., map: (Row) throws -> T) throws -> T? {
        try first(sql, arguments: arguments, map: map)
    }

    /// The first row, mapped; nil when there is none.
    @inlinable
    public func first<T>(_ sql: String, arguments: [SQLValue], map: (Row) throws -> T) throws -> T? {
        let statement = try begin(sql, arguments)
        defer { end(statement) }
        return try statement.step() ? try map(Row(statement)) : nil
    }

    /// Hands out row after row until the closure returns false.
    public func forEach(_ sql: String, _ arguments: SQLValue..., body: (Row) throws -> Bool) throws {
        try forEach(sql, arguments: arguments, body: body)
    }

    /// Hands out row after row until the closure returns false.
    public func forEach(_ sql: String, arguments: [SQLValue], body: (Row) throws -> Bool) throws {
        let statement = try begin(sql, arguments)
        defer { end(statement) }
        let row = Row(statement)
        while try statement.step(), try body(row) {}
    }

    /// Runs several statements without arguments. For migrations.
    public func script(_ sql: String) throws {
        try handle.script(sql)
    }
}

// MARK: Statements

extension Connection {
    /// A statement with its arguments bound, before its first row.
    @usableFromInline
    func begin(_ sql: String, _ arguments: [SQLValue]) throws -> SQLiteStatement {
        if handle.isLate { throw StorageError(.tookTooLong, "The read took too long.") }
        let statement = try statement(sql)
        do {
            try statement.bind(arguments)
        } catch {
            statement.reset()
            throw error
        }
        statement.isInUse = true
        return statement
    }

    @usableFromInline
    func end(_ statement: SQLiteStatement) {
        statement.reset()
        statement.isInUse = false
    }

    /// The cached statement of a text, or a passing one while the cached one is in use further up the stack.
    private func statement(_ sql: String) throws -> SQLiteStatement {
        if let cached = cache[sql] {
            return cached.isInUse ? try handle.prepare(sql, persistent: false) : cached
        }
        if cache.count >= Self.cacheLimit { cache.removeAll() }
        let fresh = try handle.prepare(sql, persistent: true)
        cache[sql] = fresh
        return fresh
    }

    /// Closes the connection. Statements still held by an escaped `Row` close with that row.
    func close() {
        cache.removeAll()
        handle.close()
    }
}
