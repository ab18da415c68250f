import Basics

/// Single values of a registration file.
enum RegistrationScalar {
    static func withoutComment(_ raw: Substring) -> Substring {
        var end = raw.endIndex
        if let comment = raw.firstRange(of: " #") { end = comment.lowerBound }
        var text = raw[..<end]
        while text.last == " " { text = text.dropLast() }
        return text
    }

    static func plain(_ text: Substring) -> JSON {
        switch text {
        case "true", "True", "TRUE": return true
        case "false", "False", "FALSE": return false
        case "null", "~", "Null", "": return .null
        default:
            if let number = Int64(text), text.first != "+", String(number) == text { return .int(number) }
            return .string(String(text))
        }
    }

    /// A text in single quotes, where two of them stand for one, or in double ones with the escapes of JSON.
    static func quoted(_ raw: Substring, _ line: Int) throws -> String {
        let isSingle = raw.first == "'"
        var text = ""
        var rest = raw.dropFirst()
        while let character = rest.popFirst() {
            if isSingle, character == "'" {
                guard rest.first == "'" else { return try finished(text, rest, line) }
                rest.removeFirst()
                text.append("'")
            } else if !isSingle, character == "\"" {
                return try finished(text, rest, line)
            } else if !isSingle, character == "\\" {
                text.append(try escaped(rest.popFirst(), line))
            } else {
                text.append(character)
            }
        }
        throw RegistrationText.Fault(line: line, reason: "a quoted text does not end")
    }

    private static func escaped(_ character: Character?, _ line: Int) throws -> Character {
        switch character {
        case "n": "\n"
        case "t": "\t"
        case "\\", "\"", "/": character ?? "\\"
        default: throw RegistrationText.Fault(line: line, reason: "this escape is not read")
        }
    }

    private static func finished(_ text: String, _ rest: Substring, _ line: Int) throws -> String {
        guard withoutComment(" " + rest).isEmpty else {
            throw RegistrationText.Fault(line: line, reason: "something follows a quoted text")
        }
        return text
    }

    /// The parts of `[a, b]`; quoted parts hold no comma.
    static func list(_ raw: Substring, _ line: Int) throws -> [Substring] {
        let text = withoutComment(raw)
        guard text.last == "]", !text.dropFirst().contains("[") else {
            throw RegistrationText.Fault(line: line, reason: "a list on one line is [a, b], and not nested")
        }
        let inner = text.dropFirst().dropLast()
        guard inner.contains(where: { $0 != " " }) else { return [] }
        return inner.split(separator: ",", omittingEmptySubsequences: false).map { part in
            withoutComment(part.drop { $0 == " " })
        }
    }
}
