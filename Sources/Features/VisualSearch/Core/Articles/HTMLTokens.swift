/// The parts of a page: tags with their attributes and the text between them. Anything can be read; what is broken
/// ends up as text.
struct HTMLTokens {
    enum Token: Sendable, Hashable {
        /// Text with its entities replaced.
        case text(String)
        /// A tag that begins; names are in lower case.
        case open(String, [String: String])
        /// A tag that ends.
        case close(String)
        /// What stands inside `script` or `style`.
        case raw(String)
    }

    static let maximumBytes = 4 << 20
    static let maximumTokens = 200_000

    private let bytes: [UInt8]
    private var at = 0
    private var tokens: [Token] = []

    /// The tokens of a page; what is beyond the limits is left out.
    static func read(_ bytes: [UInt8]) -> [Token] {
        var reader = HTMLTokens(bytes: Array(bytes.prefix(maximumBytes)))
        reader.run()
        return reader.tokens
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private mutating func run() {
        while at < bytes.count, tokens.count < Self.maximumTokens {
            if bytes[at] == UInt8(ascii: "<"), tag() { continue }
            let start = at
            at += 1
            while at < bytes.count, bytes[at] != UInt8(ascii: "<") { at += 1 }
            tokens.append(.text(Self.resolved(bytes[start..<at])))
        }
    }

    /// Reads what begins with `<`; false when it is no tag.
    private mutating func tag() -> Bool {
        if begins("<!--") { return skip(past: "-->") }
        guard at + 1 < bytes.count else { return false }
        let next = bytes[at + 1]
        if next == UInt8(ascii: "!") || next == UInt8(ascii: "?") { return skip(past: ">") }
        let isEnd = next == UInt8(ascii: "/")
        let start = at + (isEnd ? 2 : 1)
        guard start < bytes.count, Self.isLetter(bytes[start]) else { return false }
        var end = start
        while end < bytes.count, Self.isName(bytes[end]) { end += 1 }
        let name = String(decoding: bytes[start..<end], as: UTF8.self).lowercased()
        at = end
        let attributes = attributes()
        if isEnd {
            tokens.append(.close(name))
            return true
        }
        tokens.append(.open(name, attributes))
        if name == "script" || name == "style" { raw(until: name) }
        return true
    }

    /// The attributes up to the end of the tag, the first one of a name.
    private mutating func attributes() -> [String: String] {
        var found: [String: String] = [:]
        while at < bytes.count {
            let byte = bytes[at]
            if byte == UInt8(ascii: ">") {
                at += 1
                return found
            }
            guard Self.isName(byte) else {
                at += 1
                continue
            }
            let start = at
            while at < bytes.count, Self.isName(bytes[at]) { at += 1 }
            let name = String(decoding: bytes[start..<at], as: UTF8.self).lowercased()
            let value = value()
            if found.count < 64, found[name] == nil { found[name] = value }
        }
        return found
    }

    private mutating func value() -> String {
        skipSpace()
        guard at < bytes.count, bytes[at] == UInt8(ascii: "=") else { return "" }
        at += 1
        skipSpace()
        guard at < bytes.count else { return "" }
        let quote = bytes[at]
        if quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
            let start = at + 1
            let end = bytes[start...].firstIndex(of: quote) ?? bytes.count
            at = min(end + 1, bytes.count)
            return Self.resolved(bytes[start..<end])
        }
        let start = at
        while at < bytes.count, bytes[at] > 32, bytes[at] != UInt8(ascii: ">") { at += 1 }
        return Self.resolved(bytes[start..<at])
    }

    private mutating func raw(until name: String) {
        let ending = Array("</\(name)".utf8)
        let start = at
        while at < bytes.count {
            if bytes.count - at >= ending.count, zip(ending, bytes[at...]).allSatisfy({ $0 == $1 | 0x20 || $0 == $1 }) {
                break
            }
            at += 1
        }
        tokens.append(.raw(String(decoding: bytes[start..<at], as: UTF8.self)))
    }

    // MARK: Bytes

    private func begins(_ word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard bytes.count - at >= count else { return false }
        return word.withUTF8Buffer { bytes[at..<at + count].elementsEqual($0) }
    }

    private mutating func skip(past word: StaticString) -> Bool {
        while at < bytes.count {
            if begins(word) {
                at += word.utf8CodeUnitCount
                return true
            }
            at += 1
        }
        return true
    }

    private mutating func skipSpace() {
        while at < bytes.count, bytes[at] <= 32 { at += 1 }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (97...122).contains(byte | 0x20) }

    private static func isName(_ byte: UInt8) -> Bool {
        byte > 32 && ![34, 39, 47, 60, 61, 62].contains(byte)
    }

    // MARK: Entities

    private static let named: [String: String] = [
        "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": " ", "ndash": "–", "mdash": "—",
        "hellip": "…", "lsquo": "‘", "rsquo": "’", "ldquo": "“", "rdquo": "”", "euro": "€", "pound": "£", "yen": "¥",
        "copy": "©", "reg": "®", "trade": "™", "deg": "°", "times": "×", "middot": "·", "bull": "•", "auml": "ä",
        "ouml": "ö", "uuml": "ü", "szlig": "ß", "eacute": "é", "egrave": "è", "agrave": "à", "ccedil": "ç",
    ]

    static func resolved(_ bytes: ArraySlice<UInt8>) -> String {
        let text = String(decoding: bytes, as: UTF8.self)
        guard bytes.contains(UInt8(ascii: "&")) else { return text }
        var resolved = ""
        var rest = text[...]
        while let start = rest.firstIndex(of: "&") {
            resolved += rest[..<start]
            rest = rest[rest.index(after: start)...]
            guard let end = rest.prefix(12).firstIndex(of: ";"), let known = entity(rest[..<end]) else {
                resolved += "&"
                continue
            }
            resolved += known
            rest = rest[rest.index(after: end)...]
        }
        return resolved + rest
    }

    private static func entity(_ name: Substring) -> String? {
        guard name.first == "#" else { return named[String(name)] }
        let isHexadecimal = name.dropFirst().first.map { $0 == "x" || $0 == "X" } ?? false
        let code = UInt32(name.dropFirst(isHexadecimal ? 2 : 1), radix: isHexadecimal ? 16 : 10)
        guard let code, code >= 32 || code == 9 || code == 10, let scalar = Unicode.Scalar(code) else { return nil }
        return String(Character(scalar))
    }
}
