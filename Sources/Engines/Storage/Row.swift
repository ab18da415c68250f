/// The current row of a running statement, read by column number (from 0).
///
/// Valid inside the closure that received it. A column of another type is converted as SQLite does it, null reads as
/// zero, empty or false, and so does a column that the statement does not have: use the `OrNil` forms where null means
/// something.
public struct Row {
    private let statement: SQLiteStatement

    @usableFromInline
    init(_ statement: SQLiteStatement) { self.statement = statement }

    /// An integer.
    public func int(_ column: Int) -> Int64 { statement.integer(column) }
    /// An integer, or nil for null.
    public func intOrNil(_ column: Int) -> Int64? { statement.isNull(column) ? nil : statement.integer(column) }
    /// A text.
    public func text(_ column: Int) -> String { statement.text(column) }
    /// A text, or nil for null.
    public func textOrNil(_ column: Int) -> String? { statement.isNull(column) ? nil : statement.text(column) }
    /// The UTF-8 of a text, without making a `String` of it.
    public func bytesOfText(_ column: Int) -> [UInt8] { statement.bytesOfText(column) }
    /// A run of bytes.
    public func blob(_ column: Int) -> [UInt8] { statement.blob(column) }
    /// A run of bytes, or nil for null.
    public func blobOrNil(_ column: Int) -> [UInt8]? { statement.isNull(column) ? nil : statement.blob(column) }
    /// A double.
    public func real(_ column: Int) -> Double { statement.real(column) }
    /// A double, or nil for null.
    public func realOrNil(_ column: Int) -> Double? { statement.isNull(column) ? nil : statement.real(column) }
    /// Whether an integer is not 0.
    public func bool(_ column: Int) -> Bool { statement.integer(column) != 0 }
    /// Whether the column is null.
    public func isNull(_ column: Int) -> Bool { statement.isNull(column) }
    /// The value as it is stored.
    public func value(_ column: Int) -> SQLValue { statement.value(column) }
}
