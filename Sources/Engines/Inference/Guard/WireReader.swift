/// Reads the wire format of protocol buffers from bytes that nobody vouches for.
///
/// Never traps and never allocates by a length that it has not checked: fields are slices of the bytes given.
struct WireReader {
    /// One field: its number and what it holds.
    struct Field {
        let number: Int
        let value: Value
    }

    enum Value {
        case varint(UInt64)
        case fixed64(UInt64)
        case bytes(ArraySlice<UInt8>)
        case fixed32(UInt32)
    }

    /// Where and why reading stopped.
    struct Malformed: Error {
        let reason: String
    }

    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    /// The next field; nil at the end.
    mutating func next() throws(Malformed) -> Field? {
        guard !rest.isEmpty else { return nil }
        let key = try varint()
        guard let number = Int(exactly: key >> 3), number > 0 else { throw Malformed(reason: "a field has number 0") }
        switch key & 7 {
        case 0: return Field(number: number, value: .varint(try varint()))
        case 1: return Field(number: number, value: .fixed64(Self.little(try take(8))))
        case 2:
            let length = try varint()
            guard let count = Int(exactly: length) else { throw Self.short }
            return Field(number: number, value: .bytes(try take(count)))
        case 5: return Field(number: number, value: .fixed32(UInt32(Self.little(try take(4)))))
        default: throw Malformed(reason: "a field has an unknown type")
        }
    }

    /// The numbers of a packed field.
    static func packed(_ bytes: ArraySlice<UInt8>) throws(Malformed) -> [UInt64] {
        var reader = WireReader(bytes)
        var numbers: [UInt64] = []
        while !reader.rest.isEmpty { numbers.append(try reader.varint()) }
        return numbers
    }

    private mutating func varint() throws(Malformed) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard let byte = rest.popFirst() else { throw Self.short }
            if shift == 63, byte > 1 { break }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        throw Malformed(reason: "a number is longer than 64 bits")
    }

    private mutating func take(_ count: Int) throws(Malformed) -> ArraySlice<UInt8> {
        guard count <= rest.count else { throw Self.short }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    private static func little(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    private static let short = Malformed(reason: "the file ends in the middle of a field")
}
