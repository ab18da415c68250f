import Basics

/// Reads the registration file of an application service: JSON, or the part of YAML in which such files are written.
///
/// That part is block mappings and sequences, plain and quoted texts, whole numbers, truth values, `[a, b]` and `{}` on
/// one line, and comments. Anchors, tags, multi-line texts and nested flow collections are refused with their line.
enum RegistrationText {
    /// What cannot be read, and where.
    struct Fault: Error, CustomStringConvertible {
        let line: Int
        let reason: String
        var description: String { "line \(line): \(reason)" }
    }

    private struct Line {
        let number: Int
        let indent: Int
        let text: Substring
    }

    static func parse(_ text: String) throws -> JSON {
        if text.first(where: { !$0.isWhitespace }) == "{" { return try JSON(parsing: Array(text.utf8)) }
        let lines = try significantLines(of: text)
        guard let first = lines.first else { throw Fault(line: 1, reason: "the file is empty") }
        var rest = lines[...]
        let value = try block(&rest, indent: first.indent)
        if let extra = rest.first { throw Fault(line: extra.number, reason: "the indentation fits nothing above") }
        return value
    }

    private static func significantLines(of text: String) throws -> [Line] {
        var lines: [Line] = []
        for (index, raw) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let trimmed = raw.last == "\r" ? raw.dropLast() : raw
            let content = trimmed.drop { $0 == " " }
            if content.isEmpty || content.first == "#" || content == "---" { continue }
            guard content.first != "\t" else { throw Fault(line: index + 1, reason: "tabs do not indent in YAML") }
            lines.append(Line(number: index + 1, indent: trimmed.count - content.count, text: content))
        }
        return lines
    }

    private static func block(_ lines: inout ArraySlice<Line>, indent: Int) throws -> JSON {
        guard let first = lines.first else { return .null }
        return isItem(first.text) ? try sequence(&lines, indent: indent) : try mapping(&lines, indent: indent)
    }

    private static func isItem(_ text: Substring) -> Bool { text == "-" || text.hasPrefix("- ") }

    private static func sequence(_ lines: inout ArraySlice<Line>, indent: Int) throws -> JSON {
        var items: [JSON] = []
        while let line = lines.first, line.indent == indent, isItem(line.text) {
            let content = line.text.dropFirst().drop { $0 == " " }
            lines.removeFirst()
            if content.isEmpty || content.first == "#" {
                guard let next = lines.first, next.indent > indent else {
                    throw Fault(line: line.number, reason: "an item is empty")
                }
                items.append(try block(&lines, indent: next.indent))
            } else if try keyed(content, line.number) != nil {
                // "- key: value" opens a mapping whose further keys stand under the first one.
                let inner = indent + line.text.count - content.count
                lines.insert(Line(number: line.number, indent: inner, text: content), at: lines.startIndex)
                items.append(try mapping(&lines, indent: inner))
            } else {
                items.append(try scalar(content, line.number))
            }
        }
        return .array(items)
    }

    private static func mapping(_ lines: inout ArraySlice<Line>, indent: Int) throws -> JSON {
        var object = JSONObject()
        while let line = lines.first, line.indent == indent, !isItem(line.text) {
            guard let (key, value) = try keyed(line.text, line.number) else {
                throw Fault(line: line.number, reason: "`key: value` is expected")
            }
            guard object[key] == nil else { throw Fault(line: line.number, reason: "`\(key)` is there already") }
            lines.removeFirst()
            if !value.isEmpty, value.first != "#" {
                object[key] = try scalar(value, line.number)
            } else if let next = lines.first, next.indent > indent || (next.indent == indent && isItem(next.text)) {
                object[key] = try block(&lines, indent: next.indent)
            } else {
                object[key] = .null
            }
        }
        return .object(object)
    }

    /// The key and the rest of a line, if it is of that form.
    private static func keyed(_ text: Substring, _ line: Int) throws -> (key: String, value: Substring)? {
        if let quote = text.first, quote == "\"" || quote == "'" {
            guard let end = text.dropFirst().firstIndex(of: quote) else { return nil }
            let after = text[text.index(after: end)...]
            guard after.first == ":" else { return nil }
            return (String(text[text.index(after: text.startIndex)..<end]), after.dropFirst().drop { $0 == " " })
        }
        var at = text.startIndex
        while let colon = text[at...].firstIndex(of: ":") {
            let next = text.index(after: colon)
            if next == text.endIndex || text[next] == " " {
                return (String(text[..<colon]), text[next...].drop { $0 == " " })
            }
            at = next
        }
        return nil
    }

    private static func scalar(_ raw: Substring, _ line: Int) throws -> JSON {
        switch raw.first {
        case "'", "\"": return .string(try RegistrationScalar.quoted(raw, line))
        case "[": return .array(try RegistrationScalar.list(raw, line).map { try scalar($0, line) })
        case "{":
            guard RegistrationScalar.withoutComment(raw) == "{}" else {
                throw Fault(line: line, reason: "only {} may stand on one line")
            }
            return .object([:])
        case "&", "*", "!", "|", ">", "%", "@", "`":
            throw Fault(line: line, reason: "this part of YAML is not read; quote the text")
        default: return RegistrationScalar.plain(RegistrationScalar.withoutComment(raw))
        }
    }
}
