/// What the readers of whole and of arriving `multipart/form-data` bodies (RFC 7578) have in common.
package enum MultipartSyntax {
    /// More bytes of headers than this are refused.
    package static let largestHeader = 8_192

    /// The mark between parts, without its line break; nil when a content type names no boundary of 1 to 70 bytes.
    package static func mark(_ contentType: String) -> [UInt8]? {
        guard let boundary = parameter("boundary", of: contentType[...]), (1...70).contains(boundary.utf8.count) else {
            return nil
        }
        return Array("--\(boundary)".utf8)
    }

    /// Where the line ends that holds nothing but blanks; nil when there is something else.
    package static func afterLine(_ bytes: ArraySlice<UInt8>) -> Int? {
        var at = bytes.startIndex
        while at < bytes.endIndex, bytes[at] == 32 || bytes[at] == 9 { at += 1 }
        return bytes[at...].starts(with: [13, 10]) ? at + 2 : nil
    }

    /// What stands above the content of a part.
    package struct Header: Sendable {
        /// The name of the field.
        package let name: String
        /// The name of the file, as the sender calls it; nil for a plain field.
        package let fileName: String?
        /// What the sender says it is, in lower case and without parameters.
        package let contentType: String?
        /// Where the content begins.
        package let end: Int

        /// Reads the lines up to the empty one.
        ///
        /// Throws ``RequestError`` 400 that says what is wrong with them.
        package init(_ bytes: ArraySlice<UInt8>) throws(RequestError) {
            var at = bytes.startIndex
            var name: String?
            var fileName: String?
            var type: String?
            while true {
                guard at - bytes.startIndex <= largestHeader, let end = lineEnd(bytes[at...]) else {
                    throw .invalidParam("A part of the form has no end of its headers.")
                }
                let line = bytes[at..<end]
                at = end + 2
                if line.isEmpty { break }
                guard let colon = line.firstIndex(of: 58),
                    let header = String(validating: line[..<colon], as: UTF8.self),
                    let value = String(validating: line[(colon + 1)...], as: UTF8.self)
                else { throw .invalidParam("A header of a part of the form cannot be read.") }
                switch header.lowercased() {
                case "content-disposition":
                    name = parameter("name", of: value[...])
                    fileName = parameter("filename", of: value[...])
                case "content-type":
                    type = value.split(separator: ";").first.map { $0.trimming.lowercased() }
                default: break
                }
            }
            guard let name, !name.isEmpty else { throw .invalidParam("A part of the form has no name.") }
            (self.name, self.fileName, contentType, end) = (name, fileName, type, at)
        }
    }

    /// Where a text begins in the bytes, from a place on (Horspool 1980: skips by the last byte).
    package static func find(_ needle: [UInt8], in body: [UInt8], from start: Int) -> Int? {
        let count = needle.count
        guard count > 0, start >= 0, body.count - start >= count else { return nil }
        var skips = [Int](repeating: count, count: 256)
        for (place, byte) in needle.dropLast().enumerated() { skips[Int(byte)] = count - 1 - place }
        let bytes = body.span
        var at = start
        while at <= bytes.count - count {
            var place = count - 1
            while bytes[at + place] == needle[place] {
                if place == 0 { return at }
                place -= 1
            }
            at += skips[Int(bytes[at + count - 1])]
        }
        return nil
    }

    private static func lineEnd(_ bytes: ArraySlice<UInt8>) -> Int? {
        var at = bytes.startIndex
        while let found = bytes[at...].firstIndex(of: 13) {
            if found + 1 < bytes.endIndex, bytes[found + 1] == 10 { return found }
            at = found + 1
        }
        return nil
    }

    /// A parameter of a header, such as `name` in `form-data; name="picture"`.
    private static func parameter(_ wanted: String, of header: Substring) -> String? {
        var rest = header.utf8[...]
        while let semicolon = rest.firstIndex(of: 59) {
            rest = rest[rest.index(after: semicolon)...].drop { $0 == 32 || $0 == 9 }
            guard let equals = rest.firstIndex(where: { $0 == 61 || $0 == 59 }), rest[equals] == 61 else { continue }
            let name = Substring(rest[..<equals]).trimming.lowercased()
            rest = rest[rest.index(after: equals)...]
            let value = rest.first == 34 ? quoted(&rest) : plain(&rest)
            if name == wanted { return value }
        }
        return nil
    }

    /// Browsers write `%22` for a quotation mark; older ones `\"`.
    private static func quoted(_ rest: inout Substring.UTF8View.SubSequence) -> String {
        var bytes: [UInt8] = []
        rest = rest.dropFirst()
        while let byte = rest.first, byte != 34 {
            rest = rest.dropFirst()
            if byte == 92, let next = rest.first, next == 34 {
                bytes.append(next)
                rest = rest.dropFirst()
            } else {
                bytes.append(byte)
            }
        }
        rest = rest.dropFirst()
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func plain(_ rest: inout Substring.UTF8View.SubSequence) -> String {
        let value = rest.prefix { $0 != 59 }
        rest = rest[value.endIndex...]
        return Substring(value).trimming
    }
}

extension Substring {
    /// Without blanks at its ends.
    fileprivate var trimming: String {
        var text = self
        while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return String(text)
    }
}
