/// What a JSON text from outside may cost at most.
public struct JSONLimits: Sendable {
    /// The largest text in bytes.
    public var maximumBytes: Int
    /// How many arrays and objects may stand inside each other.
    public var maximumDepth: Int
    /// Whether numbers with a fraction or an exponent are taken.
    public var allowsFloats: Bool

    /// Limits for an ordinary request body.
    public init(maximumBytes: Int = 262_144, maximumDepth: Int = 64, allowsFloats: Bool = true) {
        self.maximumBytes = maximumBytes
        self.maximumDepth = maximumDepth
        self.allowsFloats = allowsFloats
    }
}

/// Why a text is not acceptable JSON, with the byte at which that showed.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kinds of fault.
    public enum Reason: String, Sendable {
        /// The text is longer than the limit.
        case tooLarge = "the text is too large"
        /// Arrays and objects are nested too deeply.
        case tooDeep = "arrays and objects are nested too deeply"
        /// The text is not JSON.
        case syntax = "this is not JSON"
        /// A string is not valid UTF-8 or holds half a surrogate pair.
        case encoding = "a string is not valid UTF-8"
        /// An object holds the same key twice.
        case duplicateKey = "an object holds the same key twice"
        /// A number is outside the range that every reader keeps exactly.
        case numberRange = "a number is outside ±(2^53 - 1)"
        /// A number has a fraction or an exponent where only integers may stand.
        case float = "only integers are allowed here"
    }

    /// What is wrong.
    public var reason: Reason
    /// The offset of the byte at which it showed.
    public var offset: Int

    /// A sentence for a log or an error reply.
    public var description: String { "\(reason.rawValue) (at byte \(offset))" }
}

extension JSON {
    /// Reads a JSON text (RFC 8259) within limits.
    ///
    /// Refused beside malformed text: duplicate keys, integers beyond ±(2^53 − 1), invalid UTF-8, lone surrogates.
    public init(parsing bytes: some Collection<UInt8>, limits: JSONLimits = JSONLimits()) throws(JSONError) {
        guard bytes.count <= limits.maximumBytes else {
            throw JSONError(reason: .tooLarge, offset: limits.maximumBytes)
        }
        var parser = JSONParser(bytes: Array(bytes), limits: limits)
        self = try parser.document()
    }

    /// Reads a JSON text held in a string.
    public init(parsing text: String, limits: JSONLimits = JSONLimits()) throws(JSONError) {
        try self.init(parsing: Array(text.utf8), limits: limits)
    }
}

/// A recursive-descent reader; recursion is bounded by ``JSONLimits/maximumDepth``.
private struct JSONParser {
    let bytes: [UInt8]
    let limits: JSONLimits
    var at = 0

    init(bytes: [UInt8], limits: JSONLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    private var current: UInt8? { at < bytes.count ? bytes[at] : nil }

    private func fault(_ reason: JSONError.Reason) -> JSONError { JSONError(reason: reason, offset: at) }

    private mutating func skipSpace() {
        while at < bytes.count {
            switch bytes[at] {
            case 0x20, 0x09, 0x0A, 0x0D: at += 1
            default: return
            }
        }
    }

    mutating func document() throws(JSONError) -> JSON {
        skipSpace()
        let result = try value(depth: 0)
        skipSpace()
        guard at == bytes.count else { throw fault(.syntax) }
        return result
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSON {
        guard let byte = current else { throw fault(.syntax) }
        switch byte {
        case UInt8(ascii: "{"): return try object(depth: depth + 1)
        case UInt8(ascii: "["): return try array(depth: depth + 1)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        default: return try number()
        }
    }

    private mutating func literal(_ word: StaticString, _ value: JSON) throws(JSONError) -> JSON {
        let count = word.utf8CodeUnitCount
        guard bytes.count - at >= count else { throw fault(.syntax) }
        let matches = word.withUTF8Buffer { expected in bytes[at..<at + count].elementsEqual(expected) }
        guard matches else { throw fault(.syntax) }
        at += count
        return value
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSON {
        guard depth <= limits.maximumDepth else { throw fault(.tooDeep) }
        at += 1
        var result = JSONObject()
        skipSpace()
        if current == UInt8(ascii: "}") {
            at += 1
            return .object(result)
        }
        while true {
            skipSpace()
            guard current == UInt8(ascii: "\"") else { throw fault(.syntax) }
            let key = try string()
            skipSpace()
            guard current == UInt8(ascii: ":") else { throw fault(.syntax) }
            at += 1
            skipSpace()
            let member = try value(depth: depth)
            guard result.append(key, member) else { throw fault(.duplicateKey) }
            if try ends(with: UInt8(ascii: "}")) { return .object(result) }
        }
    }

    private mutating func array(depth: Int) throws(JSONError) -> JSON {
        guard depth <= limits.maximumDepth else { throw fault(.tooDeep) }
        at += 1
        var result: [JSON] = []
        skipSpace()
        if current == UInt8(ascii: "]") {
            at += 1
            return .array(result)
        }
        while true {
            skipSpace()
            result.append(try value(depth: depth))
            if try ends(with: UInt8(ascii: "]")) { return .array(result) }
        }
    }

    /// Reads a comma (more follows) or the closing byte (the end).
    private mutating func ends(with closing: UInt8) throws(JSONError) -> Bool {
        skipSpace()
        guard let byte = current, byte == closing || byte == UInt8(ascii: ",") else { throw fault(.syntax) }
        at += 1
        return byte == closing
    }

    private mutating func number() throws(JSONError) -> JSON {
        let start = at
        if current == UInt8(ascii: "-") { at += 1 }
        let digitsStart = at
        skipDigits()
        let digits = at - digitsStart
        guard digits > 0, digits == 1 || bytes[digitsStart] != UInt8(ascii: "0") else { throw fault(.syntax) }
        if let byte = current, byte == UInt8(ascii: ".") || byte | 0x20 == UInt8(ascii: "e") {
            return try float(from: start)
        }
        guard digits <= 16, let value = Int64(ascii(start)), abs(value) <= JSON.maximumInteger else {
            throw fault(.numberRange)
        }
        return .int(value)
    }

    private mutating func float(from start: Int) throws(JSONError) -> JSON {
        guard limits.allowsFloats else { throw fault(.float) }
        if current == UInt8(ascii: ".") {
            at += 1
            let fraction = at
            skipDigits()
            guard at > fraction else { throw fault(.syntax) }
        }
        if let byte = current, byte | 0x20 == UInt8(ascii: "e") {
            at += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { at += 1 }
            let exponent = at
            skipDigits()
            guard at > exponent else { throw fault(.syntax) }
        }
        guard at - start <= 64, let value = Double(ascii(start)), value.isFinite else { throw fault(.numberRange) }
        return .double(value)
    }

    private mutating func skipDigits() {
        while at < bytes.count, bytes[at] &- UInt8(ascii: "0") < 10 { at += 1 }
    }

    private func ascii(_ start: Int) -> String { String(decoding: bytes[start..<at], as: UTF8.self) }

    private mutating func string() throws(JSONError) -> String {
        at += 1
        let start = at
        while at < bytes.count {
            let byte = bytes[at]
            if byte == UInt8(ascii: "\"") {
                guard let text = String(validating: bytes[start..<at], as: UTF8.self) else { throw fault(.encoding) }
                at += 1
                return text
            }
            if byte == UInt8(ascii: "\\") { return try escapedString(from: start) }
            guard byte >= 0x20 else { throw fault(.syntax) }
            at += 1
        }
        throw fault(.syntax)
    }

    private mutating func escapedString(from start: Int) throws(JSONError) -> String {
        var text = Array(bytes[start..<at])
        while at < bytes.count {
            let byte = bytes[at]
            at += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let result = String(validating: text, as: UTF8.self) else { throw fault(.encoding) }
                return result
            case UInt8(ascii: "\\"):
                try escape(into: &text)
            case 0..<0x20:
                throw fault(.syntax)
            default:
                text.append(byte)
            }
        }
        throw fault(.syntax)
    }

    private mutating func escape(into text: inout [UInt8]) throws(JSONError) {
        guard let byte = current else { throw fault(.syntax) }
        at += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"): text.append(contentsOf: Array(String(try unicodeEscape()).utf8))
        default: throw fault(.syntax)
        }
    }

    private mutating func unicodeEscape() throws(JSONError) -> Character {
        var code = UInt32(try hexQuad())
        if code & 0xFC00 == 0xD800 {
            guard bytes.count - at >= 6, bytes[at] == UInt8(ascii: "\\"), bytes[at + 1] == UInt8(ascii: "u") else {
                throw fault(.encoding)
            }
            at += 2
            let low = UInt32(try hexQuad())
            guard low & 0xFC00 == 0xDC00 else { throw fault(.encoding) }
            code = 0x10000 + (code & 0x3FF) << 10 + (low & 0x3FF)
        }
        guard let scalar = Unicode.Scalar(code) else { throw fault(.encoding) }
        return Character(scalar)
    }

    private mutating func hexQuad() throws(JSONError) -> UInt16 {
        guard bytes.count - at >= 4 else { throw fault(.syntax) }
        var value: UInt16 = 0
        for byte in bytes[at..<at + 4] {
            guard let digit = Hex.digit(byte) else { throw fault(.syntax) }
            value = value << 4 | UInt16(digit)
        }
        at += 4
        return value
    }
}
