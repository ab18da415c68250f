/// The part of XML that descriptions of boxes use: elements inside each other, with texts.
///
/// Attributes, comments and processing instructions are passed over; documents with a type declaration or with entities of
/// their own are refused, so that nothing can grow beyond the bytes that came.
struct XMLElement: Hashable, Sendable {
    struct Fault: Error {
        let reason: String
    }

    let name: String
    private(set) var children: [XMLElement] = []
    private(set) var text = ""

    static let deepest = 16

    private init(name: String) { self.name = name }

    /// The root of a document.
    init(parsing bytes: [UInt8]) throws(Fault) {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw Fault(reason: "the text is not UTF-8") }
        var scanner = XMLScanner(Array(text.utf8))
        var open: [XMLElement] = []
        while let piece = try scanner.next() {
            switch piece {
            case .start(let name):
                guard open.count < Self.deepest else { throw Fault(reason: "elements are nested too deeply") }
                open.append(XMLElement(name: name))
            case .end(let name):
                guard let last = open.popLast(), last.name == name else {
                    throw Fault(reason: "the element \(name.prefix(40)) ends where it does not stand")
                }
                guard let at = open.indices.last else {
                    self = last
                    return
                }
                open[at].children.append(last)
            case .text(let text):
                if let at = open.indices.last { open[at].text += text }
            }
        }
        throw Fault(reason: "the document ends too early")
    }

    /// The first child of a name.
    func child(_ name: String) -> XMLElement? { children.first { $0.name == name } }

    /// The text of the first child of a name, without spaces around it.
    func text(of name: String) -> String? {
        child(name).map { element in
            let trimmed = element.text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed()
            return String(trimmed)
        }
    }
}

private struct XMLScanner {
    enum Piece {
        case start(String)
        case end(String)
        case text(String)
    }

    private let bytes: [UInt8]
    private var at = 0
    /// The end of an element that was opened and closed at once.
    private var pending: String?

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func next() throws(XMLElement.Fault) -> Piece? {
        if let name = pending {
            pending = nil
            return .end(name)
        }
        while at < bytes.count {
            guard bytes[at] == UInt8(ascii: "<") else { return .text(try characters()) }
            if starts(with: "<?") {
                try skip(past: "?>")
            } else if starts(with: "<!--") {
                try skip(past: "-->")
            } else if starts(with: "<!") {
                throw XMLElement.Fault(reason: "declarations are not taken")
            } else {
                return try tag()
            }
        }
        return nil
    }

    private mutating func tag() throws(XMLElement.Fault) -> Piece {
        at += 1
        let isEnd = at < bytes.count && bytes[at] == UInt8(ascii: "/")
        if isEnd { at += 1 }
        let start = at
        while at < bytes.count, bytes[at] > 32, bytes[at] != UInt8(ascii: ">"), bytes[at] != UInt8(ascii: "/") {
            at += 1
        }
        let name = String(decoding: bytes[start..<at], as: UTF8.self)
        var quote: UInt8?
        while at < bytes.count, quote != nil || bytes[at] != UInt8(ascii: ">") {
            if quote == bytes[at] {
                quote = nil
            } else if quote == nil, bytes[at] == UInt8(ascii: "\"") || bytes[at] == UInt8(ascii: "'") {
                quote = bytes[at]
            }
            at += 1
        }
        guard at < bytes.count, !name.isEmpty else { throw XMLElement.Fault(reason: "a tag is never closed") }
        at += 1
        if isEnd { return .end(name) }
        if bytes[at - 2] == UInt8(ascii: "/") { pending = name }
        return .start(name)
    }

    private mutating func characters() throws(XMLElement.Fault) -> String {
        let start = at
        while at < bytes.count, bytes[at] != UInt8(ascii: "<") { at += 1 }
        let raw = bytes[start..<at]
        guard raw.contains(UInt8(ascii: "&")) else { return String(decoding: raw, as: UTF8.self) }
        var text = ""
        for (number, part) in raw.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: false).enumerated() {
            guard number > 0 else {
                text += String(decoding: part, as: UTF8.self)
                continue
            }
            guard let end = part.firstIndex(of: UInt8(ascii: ";")),
                let character = Self.entities[String(decoding: part[..<end], as: UTF8.self)]
            else { throw XMLElement.Fault(reason: "an entity is not known") }
            text += character + String(decoding: part[(end + 1)...], as: UTF8.self)
        }
        return text
    }

    private static let entities = ["amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'"]

    private func starts(with text: String) -> Bool { bytes[at...].starts(with: text.utf8) }

    private mutating func skip(past end: String) throws(XMLElement.Fault) {
        let mark = Array(end.utf8)
        while at + mark.count <= bytes.count {
            if bytes[at..<at + mark.count].elementsEqual(mark) {
                at += mark.count
                return
            }
            at += 1
        }
        throw XMLElement.Fault(reason: "a comment is never closed")
    }
}
