/// The part of XML that label files and feeds need: elements, text, attributes that are passed over, the five entities
/// and numbered characters. Document types are refused, so no entity can grow.
package enum SmallXML {
    /// An element with the text directly in it, without spaces around it.
    package struct Element: Sendable, Hashable {
        package fileprivate(set) var name: String
        package fileprivate(set) var text = ""
        package fileprivate(set) var children: [Element] = []

        /// The first child of a name.
        package func child(_ name: String) -> Element? { children.first { $0.name == name } }
    }

    /// Why bytes are no document, with the place.
    package struct Fault: Error, Hashable, CustomStringConvertible {
        package let description: String
    }

    static let maximumBytes = 4 << 20
    static let maximumDepth = 32
    static let maximumElements = 100_000

    /// A text as it may stand between tags.
    package static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }

    /// The root of a document of at most 4 MiB.
    package static func parse(_ text: String) throws(Fault) -> Element { try parse(Array(text.utf8)) }

    /// The root of a document of at most 4 MiB of UTF-8.
    package static func parse(_ bytes: [UInt8]) throws(Fault) -> Element {
        guard bytes.count <= maximumBytes else { throw Fault(description: "the XML is over 4 MiB") }
        guard String(validating: bytes, as: UTF8.self) != nil else { throw Fault(description: "the XML is not UTF-8") }
        var reader = Reader(bytes: bytes)
        return try reader.document()
    }

    private struct Reader {
        let bytes: [UInt8]
        var at = 0
        var elements = 0

        private func fault(_ what: String) -> Fault { Fault(description: "\(what) (at byte \(at))") }

        private func begins(_ word: StaticString) -> Bool {
            let count = word.utf8CodeUnitCount
            guard bytes.count - at >= count else { return false }
            return word.withUTF8Buffer { bytes[at..<at + count].elementsEqual($0) }
        }

        private mutating func skip(past word: StaticString) throws(Fault) {
            while at < bytes.count {
                if begins(word) {
                    at += word.utf8CodeUnitCount
                    return
                }
                at += 1
            }
            throw fault("the XML ends too early")
        }

        /// Passes over comments, processing instructions and white space.
        private mutating func skipMisc() throws(Fault) {
            while at < bytes.count {
                if begins("<!--") {
                    try skip(past: "-->")
                } else if begins("<?") {
                    try skip(past: "?>")
                } else if [0x20, 0x09, 0x0A, 0x0D].contains(bytes[at]) || begins("\u{FEFF}") {
                    at += begins("\u{FEFF}") ? 3 : 1
                } else {
                    return
                }
            }
        }

        mutating func document() throws(Fault) -> Element {
            try skipMisc()
            guard !begins("<!") else { throw fault("document types are not supported") }
            let root = try element(depth: 1)
            try skipMisc()
            guard at == bytes.count else { throw fault("something follows the root element") }
            return root
        }

        private mutating func element(depth: Int) throws(Fault) -> Element {
            elements += 1
            guard depth <= SmallXML.maximumDepth, elements <= SmallXML.maximumElements else {
                throw fault("there are too many elements")
            }
            guard at < bytes.count, bytes[at] == UInt8(ascii: "<") else { throw fault("an element is expected") }
            at += 1
            var element = Element(name: try name())
            if try attributesEndElement() { return element }
            var text: [UInt8] = []
            while true {
                guard at < bytes.count else { throw fault("the XML ends too early") }
                if begins("</") {
                    at += 2
                    guard try name() == element.name else { throw fault("an element is closed that is not open") }
                    guard try !attributesEndElement() else { throw fault("a closing element is closed at once") }
                    element.text = Self.trimmed(text)
                    return element
                } else if begins("<!--") {
                    try skip(past: "-->")
                } else if begins("<![CDATA[") {
                    at += 9
                    let start = at
                    try skip(past: "]]>")
                    text += bytes[start..<at - 3]
                } else if begins("<?") {
                    try skip(past: "?>")
                } else if bytes[at] == UInt8(ascii: "<") {
                    element.children.append(try self.element(depth: depth + 1))
                } else if bytes[at] == UInt8(ascii: "&") {
                    text += try entity()
                } else {
                    text.append(bytes[at])
                    at += 1
                }
            }
        }

        private mutating func name() throws(Fault) -> String {
            let start = at
            while at < bytes.count, ![0x20, 0x09, 0x0A, 0x0D, 0x2F, 0x3E, 0x3C].contains(bytes[at]) { at += 1 }
            guard at > start else { throw fault("a name is expected") }
            return String(decoding: bytes[start..<at], as: UTF8.self)
        }

        /// Passes over attributes; true when the element ends with them.
        private mutating func attributesEndElement() throws(Fault) -> Bool {
            while at < bytes.count {
                switch bytes[at] {
                case UInt8(ascii: ">"):
                    at += 1
                    return false
                case UInt8(ascii: "/") where begins("/>"):
                    at += 2
                    return true
                case UInt8(ascii: "\""):
                    at += 1
                    try skip(past: "\"")
                case UInt8(ascii: "'"):
                    at += 1
                    try skip(past: "'")
                default: at += 1
                }
            }
            throw fault("the XML ends too early")
        }

        private mutating func entity() throws(Fault) -> [UInt8] {
            let start = at + 1
            guard let end = bytes[start...].prefix(12).firstIndex(of: UInt8(ascii: ";")) else {
                throw fault("an entity has no end")
            }
            let name = String(decoding: bytes[start..<end], as: UTF8.self)
            at = end + 1
            switch name {
            case "amp": return [UInt8(ascii: "&")]
            case "lt": return [UInt8(ascii: "<")]
            case "gt": return [UInt8(ascii: ">")]
            case "quot": return [UInt8(ascii: "\"")]
            case "apos": return [UInt8(ascii: "'")]
            default: break
            }
            let isHexadecimal = name.hasPrefix("#x")
            let digits = name.dropFirst(isHexadecimal ? 2 : 1)
            guard name.hasPrefix("#"), let code = UInt32(digits, radix: isHexadecimal ? 16 : 10),
                let scalar = Unicode.Scalar(code), code >= 0x20 || [9, 10, 13].contains(code)
            else { throw fault("the entity \(name) is not known") }
            return Array(String(Character(scalar)).utf8)
        }

        private static func trimmed(_ bytes: [UInt8]) -> String {
            let isSpace: (UInt8) -> Bool = { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
            let rest = bytes.drop(while: isSpace)
            let end = rest.lastIndex { !isSpace($0) }.map { $0 + 1 } ?? rest.startIndex
            return String(decoding: rest[rest.startIndex..<end], as: UTF8.self)
        }
    }
}
