internal import Foundation

/// Reads the text out of the bytes of a QR code (ISO/IEC 18004, 7.4).
struct QRText {
    private let bytes: [UInt8]
    private var at = 0

    /// The text; nil when the bytes are not one.
    static func read(_ bytes: [UInt8], version: Int) -> String? {
        var reader = QRText(bytes: bytes)
        return reader.text(version: version)
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private var left: Int { bytes.count * 8 - at }

    /// The next bits as a number; nil when there are not so many.
    private mutating func take(_ count: Int) -> Int? {
        guard count <= left else { return nil }
        var value = 0
        for place in at..<at + count { value = value << 1 | Int(bytes[place / 8] >> UInt8(7 - place % 8) & 1) }
        at += count
        return value
    }

    private mutating func text(version: Int) -> String? {
        let isSmall = version < 10
        var text = ""
        while left >= 4 {
            switch take(4) {
            case 0: return text
            case 1:
                guard let part = digits(isSmall ? 10 : 12) else { return nil }
                text += part
            case 2:
                guard let part = letters(isSmall ? 9 : 11) else { return nil }
                text += part
            case 4:
                guard let part = octets(isSmall ? 8 : 16) else { return nil }
                text += part
            case 7:
                // Which character set follows: what is read as UTF-8 or Latin letters below anyway.
                guard let first = take(8) else { return nil }
                guard first < 128 || take(first < 192 ? 8 : 16) != nil else { return nil }
            case 8:
                guard let part = kanji(isSmall ? 8 : 10) else { return nil }
                text += part
            case 5: continue
            case 9: guard take(8) != nil else { return nil }
            default: return nil
            }
        }
        return text
    }

    private mutating func digits(_ width: Int) -> String? {
        guard var count = take(width) else { return nil }
        var text = ""
        while count > 0 {
            let size = min(3, count)
            guard let value = take([0, 4, 7, 10][size]), value < [1, 10, 100, 1_000][size] else { return nil }
            let digits = String(value)
            text += String(repeating: "0", count: size - digits.count) + digits
            count -= size
        }
        return text
    }

    private static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")

    private mutating func letters(_ width: Int) -> String? {
        guard var count = take(width) else { return nil }
        var text = ""
        while count > 0 {
            let isPair = count > 1
            guard let value = take(isPair ? 11 : 6), value < (isPair ? 45 * 45 : 45) else { return nil }
            if isPair { text.append(Self.alphabet[value / 45]) }
            text.append(Self.alphabet[value % 45])
            count -= isPair ? 2 : 1
        }
        return text
    }

    private mutating func octets(_ width: Int) -> String? {
        guard let count = take(width), count * 8 <= left else { return nil }
        var octets: [UInt8] = []
        for _ in 0..<count {
            guard let octet = take(8) else { return nil }
            octets.append(UInt8(octet))
        }
        return String(validating: octets, as: UTF8.self)
            ?? String(String.UnicodeScalarView(octets.map { Unicode.Scalar($0) }))
    }

    private mutating func kanji(_ width: Int) -> String? {
        guard let count = take(width), count * 13 <= left else { return nil }
        var octets: [UInt8] = []
        for _ in 0..<count {
            guard let value = take(13) else { return nil }
            let packed = value / 0xC0 << 8 | value % 0xC0
            let code = packed + (packed < 0x1F00 ? 0x8140 : 0xC140)
            guard code <= 0xFFFF else { return nil }
            octets += [UInt8(code >> 8), UInt8(code & 255)]
        }
        return String(data: Data(octets), encoding: .shiftJIS)
    }
}
