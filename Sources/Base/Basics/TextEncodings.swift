/// Hexadecimal text, lower case.
public enum Hex {
    private static let digits = Array("0123456789abcdef".utf8)

    /// Two digits a byte.
    public static func encode(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// The bytes of a text of an even number of digits, in either case; `nil` for anything else.
    public static func decode(_ text: String) -> [UInt8]? {
        let source = Array(text.utf8)
        guard source.count % 2 == 0 else { return nil }
        var result: [UInt8] = []
        result.reserveCapacity(source.count / 2)
        for at in stride(from: 0, to: source.count, by: 2) {
            guard let high = digit(source[at]), let low = digit(source[at + 1]) else { return nil }
            result.append(high << 4 | low)
        }
        return result
    }

    static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

/// Base64 with the URL-safe alphabet and without padding (RFC 4648, section 5).
public enum Base64URL {
    private static let code = BitCode(
        alphabet: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", bits: 6)

    /// Four characters for three bytes.
    public static func encode(_ bytes: [UInt8]) -> String { code.encode(bytes) }

    /// The bytes of a text; `nil` if a character or the length is impossible or spare bits are not zero.
    public static func decode(_ text: some StringProtocol) -> [UInt8]? { code.decode(text) }
}

/// Base32 in lower case without padding (RFC 4648, section 6).
public enum Base32 {
    private static let code = BitCode(alphabet: "abcdefghijklmnopqrstuvwxyz234567", bits: 5)

    /// Eight characters for five bytes.
    public static func encode(_ bytes: [UInt8]) -> String { code.encode(bytes) }

    /// The bytes of a text; `nil` if a character or the length is impossible or spare bits are not zero.
    public static func decode(_ text: some StringProtocol) -> [UInt8]? { code.decode(text) }
}

/// A code of a fixed number of bits a character. Each text has exactly one byte string and the other way round.
private struct BitCode: Sendable {
    private let alphabet: [UInt8]
    private let values: [UInt8]
    private let bits: Int

    init(alphabet: String, bits: Int) {
        self.alphabet = Array(alphabet.utf8)
        self.bits = bits
        var values = [UInt8](repeating: 255, count: 256)
        for (value, byte) in alphabet.utf8.enumerated() { values[Int(byte)] = UInt8(value) }
        self.values = values
    }

    func encode(_ bytes: [UInt8]) -> String {
        var result: [UInt8] = []
        result.reserveCapacity((bytes.count * 8 + bits - 1) / bits)
        var pending: UInt32 = 0
        var count = 0
        for byte in bytes {
            pending = pending << 8 | UInt32(byte)
            count += 8
            while count >= bits {
                count -= bits
                result.append(alphabet[Int(pending >> UInt32(count)) & (1 << bits - 1)])
            }
            pending &= 1 << UInt32(count) - 1
        }
        if count > 0 { result.append(alphabet[Int(pending << UInt32(bits - count)) & (1 << bits - 1)]) }
        return String(decoding: result, as: UTF8.self)
    }

    func decode(_ text: some StringProtocol) -> [UInt8]? {
        var result: [UInt8] = []
        result.reserveCapacity(text.utf8.count * bits / 8)
        var pending: UInt32 = 0
        var count = 0
        for byte in text.utf8 {
            let value = values[Int(byte)]
            guard value != 255 else { return nil }
            pending = pending << UInt32(bits) | UInt32(value)
            count += bits
            if count >= 8 {
                count -= 8
                result.append(UInt8(truncatingIfNeeded: pending >> UInt32(count)))
                pending &= 1 << UInt32(count) - 1
            }
        }
        guard count < bits, pending == 0 else { return nil }
        return result
    }
}
