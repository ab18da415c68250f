/// Writes JSON text piece by piece, putting the commas; ready-made JSON can be spliced in unread.
///
/// The writer does not check that members and ends match: that is the caller's craft, kept short by closures in
/// ``object(_:)`` and ``array(_:)``.
public struct JSONWriter: Sendable {
    /// The text so far.
    public private(set) var bytes: [UInt8] = []
    private var needsComma = false

    /// An empty text.
    public init(reserving capacity: Int = 256) { bytes.reserveCapacity(capacity) }

    @inline(__always)
    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    /// Opens an object.
    public mutating func beginObject() {
        separate()
        bytes.append(UInt8(ascii: "{"))
        needsComma = false
    }
    /// Closes an object.
    public mutating func endObject() {
        bytes.append(UInt8(ascii: "}"))
        needsComma = true
    }
    /// Opens an array.
    public mutating func beginArray() {
        separate()
        bytes.append(UInt8(ascii: "["))
        needsComma = false
    }
    /// Closes an array.
    public mutating func endArray() {
        bytes.append(UInt8(ascii: "]"))
        needsComma = true
    }
    /// Writes an object whose members the closure writes.
    public mutating func object(_ body: (inout JSONWriter) throws -> Void) rethrows {
        beginObject()
        try body(&self)
        endObject()
    }
    /// Writes an array whose elements the closure writes.
    public mutating func array(_ body: (inout JSONWriter) throws -> Void) rethrows {
        beginArray()
        try body(&self)
        endArray()
    }
    /// Writes a member's key; its value must follow.
    public mutating func key(_ name: String) {
        separate()
        quote(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }
    /// Writes a string.
    public mutating func string(_ text: String) {
        separate()
        quote(text)
    }
    /// Writes an integer.
    public mutating func int(_ number: Int64) {
        separate()
        append(number)
    }
    /// Writes an integer.
    public mutating func int(_ number: Int) { int(Int64(number)) }
    /// Writes a truth value.
    public mutating func bool(_ value: Bool) {
        separate()
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
    }
    /// Writes `null`.
    public mutating func null() {
        separate()
        bytes.append(contentsOf: "null".utf8)
    }
    /// Splices in bytes that are a JSON value already.
    public mutating func raw(_ json: some Sequence<UInt8>) {
        separate()
        bytes.append(contentsOf: json)
    }
    /// Splices in text that is a JSON value already.
    public mutating func raw(_ json: String) {
        separate()
        bytes.append(contentsOf: json.utf8)
    }
    /// Writes a value as it stands.
    public mutating func value(_ json: JSON) { write(json, sorted: false) }

    mutating func write(_ json: JSON, sorted: Bool) {
        switch json {
        case .null: null()
        case .bool(let value): bool(value)
        case .int(let value): int(value)
        case .double(let value): raw(value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value)).0" : "\(value)")
        case .string(let value): string(value)
        case .array(let elements): array { writer in for element in elements { writer.write(element, sorted: sorted) } }
        case .object(let members): writeObject(members, sorted: sorted)
        }
    }

    private mutating func writeObject(_ members: JSONObject, sorted: Bool) {
        beginObject()
        // Canonical order is by Unicode code point, which for UTF-8 is the order of the bytes.
        let ordered = sorted ? members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) } : Array(members)
        for member in ordered {
            key(member.key)
            write(member.value, sorted: sorted)
        }
        endObject()
    }

    private mutating func append(_ number: Int64) {
        if number >= 0, number < 10 {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number))
        } else {
            bytes.append(contentsOf: String(number).utf8)
        }
    }

    /// Most texts need no escape, so they are copied whole and looked through afterwards, without a branch a byte.
    private mutating func quote(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        let start = bytes.count
        bytes.append(contentsOf: text.utf8)
        if Self.needsEscape(bytes[start...]) {
            bytes.removeSubrange(start...)
            for byte in text.utf8 { escape(byte) }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    @inline(__always)
    private static func needsEscape(_ text: ArraySlice<UInt8>) -> Bool {
        text.withUnsafeBufferPointer { text in
            var found: UInt8 = 0
            for byte in text {
                found |= byte < 0x20 ? 1 : 0
                found |= byte == 0x22 || byte == 0x5C ? 1 : 0
            }
            return found != 0
        }
    }

    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case 0x22, 0x5C: bytes.append(contentsOf: [0x5C, byte])
        case 0x08: bytes.append(contentsOf: [0x5C, UInt8(ascii: "b")])
        case 0x09: bytes.append(contentsOf: [0x5C, UInt8(ascii: "t")])
        case 0x0A: bytes.append(contentsOf: [0x5C, UInt8(ascii: "n")])
        case 0x0C: bytes.append(contentsOf: [0x5C, UInt8(ascii: "f")])
        case 0x0D: bytes.append(contentsOf: [0x5C, UInt8(ascii: "r")])
        case 0..<0x20: bytes.append(contentsOf: "\\u00\(Hex.encode([byte]))".utf8)
        default: bytes.append(byte)
        }
    }
}

extension JSON {
    /// The shortest JSON text of the value, members in their order.
    public func encoded() -> [UInt8] { written(sorted: false) }

    /// The canonical JSON of the Matrix specification: members sorted by code point, no space, shortest escapes.
    public func canonical() -> [UInt8] { written(sorted: true) }

    /// The shortest JSON text of the value as a string.
    public var text: String { String(decoding: encoded(), as: UTF8.self) }

    private func written(sorted: Bool) -> [UInt8] {
        var writer = JSONWriter()
        writer.write(self, sorted: sorted)
        return writer.bytes
    }
}
