/// The header that says whether content is shown in place or saved, and under which name (RFC 6266).
package enum ContentDisposition {
    /// The header's value; the name in plain ASCII for old programs and in UTF-8 for all others (RFC 8187).
    package static func value(isInline: Bool, name: String?) -> String {
        let kind = isInline ? "inline" : "attachment"
        guard let name, !name.isEmpty else { return kind }
        let plain = String(decoding: name.unicodeScalars.map(asciiByte), as: UTF8.self)
        guard plain != name else { return "\(kind); filename=\"\(plain)\"" }
        return "\(kind); filename=\"\(plain)\"; filename*=UTF-8''\(percentEncoded(name))"
    }

    /// The character itself, or `_` for one that may not stand between quotes.
    private static func asciiByte(_ scalar: Unicode.Scalar) -> UInt8 {
        guard scalar.isASCII, scalar.value >= 0x20, scalar != "\u{7F}", !"\"\\%/".unicodeScalars.contains(scalar) else {
            return UInt8(ascii: "_")
        }
        return UInt8(truncatingIfNeeded: scalar.value)
    }

    private static func percentEncoded(_ name: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var result: [UInt8] = []
        for byte in name.utf8 {
            if isAttributeCharacter(byte) {
                result.append(byte)
            } else {
                result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func isAttributeCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$&+-.^_`|~".utf8.contains(byte)
        }
    }
}
