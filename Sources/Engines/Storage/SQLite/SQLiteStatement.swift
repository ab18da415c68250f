import GRDBSQLite

/// One prepared statement.
///
/// A `Row` that outlives its closure keeps this object, and so the C statement, alive: it then reads nulls or a later
/// row, never freed memory.
@usableFromInline
final class SQLiteStatement {
    private let pointer: OpaquePointer
    private let handle: SQLiteHandle
    private let parameterCount: Int
    /// Between `begin` and `end` of the connection.
    var isInUse = false

    init(_ pointer: OpaquePointer, of handle: SQLiteHandle) {
        self.pointer = pointer
        self.handle = handle
        parameterCount = Int(sqlite3_bind_parameter_count(pointer))
    }

    deinit { sqlite3_finalize(pointer) }

    private var sql: String { sqlite3_sql(pointer).map { String(cString: $0) } ?? "" }

    func bind(_ arguments: [SQLValue]) throws {
        guard arguments.count == parameterCount else {
            throw StorageError(
                .misuse, "\(arguments.count) arguments for \(parameterCount) parameters (\(sql.prefix(200)))")
        }
        var index: Int32 = 0
        for argument in arguments {
            index += 1
            let code = bind(argument, at: index)
            guard code == SQLITE_OK else { throw handle.error(code, sql) }
        }
    }

    private func bind(_ value: SQLValue, at index: Int32) -> Int32 {
        switch value {
        case .null: return sqlite3_bind_null(pointer, index)
        case .integer(let value): return sqlite3_bind_int64(pointer, index, value)
        case .real(let value): return sqlite3_bind_double(pointer, index, value)
        case .text(var text):
            return text.withUTF8 { utf8 in
                utf8.withMemoryRebound(to: CChar.self) { bytes in
                    guard let base = bytes.baseAddress else { return sqlite3_bind_text(pointer, index, "", 0, nil) }
                    return sqlite3_bind_text64(
                        pointer, index, base, UInt64(bytes.count), Self.copied, UInt8(SQLITE_UTF8))
                }
            }
        case .blob(let bytes):
            return bytes.withUnsafeBytes { bytes in
                guard let base = bytes.baseAddress, !bytes.isEmpty else {
                    return sqlite3_bind_zeroblob(pointer, index, 0)
                }
                return sqlite3_bind_blob64(pointer, index, base, UInt64(bytes.count), Self.copied)
            }
        }
    }

    /// SQLITE_TRANSIENT, a cast macro: SQLite makes a copy before the call returns.
    private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    /// Goes to the next row; false at the end.
    @usableFromInline
    func step() throws -> Bool {
        switch sqlite3_step(pointer) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw handle.error(code, sql)
        }
    }

    /// Runs a statement without arguments that is kept by its owner (BEGIN, COMMIT, SAVEPOINT ...).
    func runOnce() throws {
        defer { sqlite3_reset(pointer) }
        while try step() {}
    }

    func reset() {
        sqlite3_reset(pointer)
        if parameterCount > 0 { sqlite3_clear_bindings(pointer) }
    }
}

// MARK: Columns of the current row. An impossible index reads as null (sqlite3_column_*).

extension SQLiteStatement {
    func isNull(_ column: Int) -> Bool { sqlite3_column_type(pointer, Self.index(column)) == SQLITE_NULL }
    func integer(_ column: Int) -> Int64 { sqlite3_column_int64(pointer, Self.index(column)) }
    func real(_ column: Int) -> Double { sqlite3_column_double(pointer, Self.index(column)) }

    func text(_ column: Int) -> String {
        let index = Self.index(column)
        guard let start = sqlite3_column_text(pointer, index) else { return "" }
        let bytes = UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(pointer, index)))
        return String(decoding: bytes, as: UTF8.self)
    }

    func bytesOfText(_ column: Int) -> [UInt8] {
        let index = Self.index(column)
        guard let start = sqlite3_column_text(pointer, index) else { return [] }
        return Array(UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(pointer, index))))
    }

    func blob(_ column: Int) -> [UInt8] {
        let index = Self.index(column)
        guard let start = sqlite3_column_blob(pointer, index) else { return [] }
        return Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(pointer, index))))
    }

    func value(_ column: Int) -> SQLValue {
        switch sqlite3_column_type(pointer, Self.index(column)) {
        case SQLITE_INTEGER: .integer(integer(column))
        case SQLITE_FLOAT: .real(real(column))
        case SQLITE_TEXT: .text(text(column))
        case SQLITE_BLOB: .blob(blob(column))
        default: .null
        }
    }

    private static func index(_ column: Int) -> Int32 { Int32(exactly: column) ?? -1 }
}
