/// One value of a database row, or one argument of a statement.
public enum SQLValue: Sendable, Hashable {
    /// No value.
    case null
    /// A signed 64-bit integer.
    case integer(Int64)
    /// A double. Never an identifier: a double holds 53 bits of one.
    case real(Double)
    /// A text, stored as UTF-8.
    case text(String)
    /// A run of bytes.
    case blob([UInt8])
}

extension SQLValue {
    /// An integer of the platform's width.
    public static func int(_ value: Int) -> SQLValue { .integer(Int64(value)) }
    /// 1 or 0.
    public static func bool(_ value: Bool) -> SQLValue { .integer(value ? 1 : 0) }
    /// An integer, or null.
    public static func optional(_ value: Int64?) -> SQLValue { value.map(SQLValue.integer) ?? .null }
    /// A text, or null.
    public static func optional(_ value: String?) -> SQLValue { value.map(SQLValue.text) ?? .null }
    /// A run of bytes, or null.
    public static func optional(_ value: [UInt8]?) -> SQLValue { value.map(SQLValue.blob) ?? .null }
}

extension SQLValue: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral, ExpressibleByNilLiteral {
    /// An integer written in the source.
    public init(integerLiteral value: Int64) { self = .integer(value) }
    /// A text written in the source.
    public init(stringLiteral value: String) { self = .text(value) }
    /// Null written in the source.
    public init(nilLiteral: ()) { self = .null }
}
