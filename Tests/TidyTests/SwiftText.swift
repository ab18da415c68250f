/// Swift source taken apart: the same bytes three times, with everything that is not of the kind replaced by spaces.
///
/// Line numbers and columns stay as they were, so a find in one part points at the source. Code inside a string's
/// interpolation counts as code. Regex literals are not known: write `Regex` with a string, or keep quotes out of them.
struct SwiftText: Sendable {
    let code: String
    let comments: String
    let strings: String

    init(_ text: String) {
        var reader = SwiftReader(text)
        reader.run()
        code = String(decoding: reader.code, as: UTF8.self)
        comments = String(decoding: reader.comments, as: UTF8.self)
        strings = String(decoding: reader.strings, as: UTF8.self)
    }
}

/// The pass over the bytes that fills the three parts.
private struct SwiftReader {
    var code: [UInt8]
    var comments: [UInt8]
    var strings: [UInt8]

    private enum Frame {
        case string(pounds: Int, isMultiline: Bool)
        case interpolation(depth: Int)
    }

    private let source: [UInt8]
    private var position = 0
    private var frames: [Frame] = []

    init(_ text: String) {
        source = Array(text.utf8)
        let blank = source.map { $0 == 10 ? $0 : 32 }
        (code, comments, strings) = (blank, blank, blank)
    }

    mutating func run() {
        while position < source.count {
            if case .string(let pounds, let isMultiline) = frames.last {
                readString(pounds: pounds, isMultiline: isMultiline)
            } else {
                readCode()
            }
        }
    }

    private func matches(_ text: StaticString, at offset: Int = 0) -> Bool {
        let start = position + offset
        guard start + text.utf8CodeUnitCount <= source.count else { return false }
        return text.withUTF8Buffer { wanted in wanted.indices.allSatisfy { source[start + $0] == wanted[$0] } }
    }

    private mutating func take(_ count: Int, into part: WritableKeyPath<SwiftReader, [UInt8]>) {
        let range = position..<min(position + count, source.count)
        self[keyPath: part].replaceSubrange(range, with: source[range])
        position = range.upperBound
    }

    /// Takes bytes that mean nothing special, up to the first that might.
    private mutating func takeRun(into part: WritableKeyPath<SwiftReader, [UInt8]>, until special: Set<UInt8>) {
        var end = position + 1
        while end < source.count, !special.contains(source[end]) { end += 1 }
        take(end - position, into: part)
    }

    private static let codeSpecials = Set("/\"#()".utf8)
    private static let stringSpecials = Set("\\\"\n".utf8)

    // MARK: Code

    private mutating func readCode() {
        if matches("//") {
            readLineComment()
        } else if matches("/*") {
            readBlockComment()
        } else if let pounds = poundsBeforeQuote() {
            openString(pounds: pounds)
        } else {
            let before = frames.count
            countParentheses()
            if frames.count < before {
                take(1, into: \.code)
            } else {
                takeRun(into: \.code, until: Self.codeSpecials)
            }
        }
    }

    /// How many `#` stand before a quote here; nil where no string begins.
    private func poundsBeforeQuote() -> Int? {
        var index = position
        while index < source.count, source[index] == UInt8(ascii: "#") { index += 1 }
        guard index < source.count, source[index] == UInt8(ascii: "\"") else { return nil }
        return index - position
    }

    private mutating func openString(pounds: Int) {
        let isMultiline = matches("\"\"\"", at: pounds)
        frames.append(.string(pounds: pounds, isMultiline: isMultiline))
        take(pounds + (isMultiline ? 3 : 1), into: \.code)
    }

    private mutating func countParentheses() {
        guard case .interpolation(let depth) = frames.last else { return }
        switch source[position] {
        case UInt8(ascii: "("): frames[frames.count - 1] = .interpolation(depth: depth + 1)
        case UInt8(ascii: ")") where depth == 1: frames.removeLast()
        case UInt8(ascii: ")"): frames[frames.count - 1] = .interpolation(depth: depth - 1)
        default: break
        }
    }

    // MARK: Comments

    private mutating func readLineComment() {
        let end = source[position...].firstIndex(of: UInt8(ascii: "\n")) ?? source.count
        take(end - position, into: \.comments)
    }

    private mutating func readBlockComment() {
        var depth = 0
        repeat {
            if matches("/*") {
                depth += 1
                take(2, into: \.comments)
            } else if matches("*/") {
                depth -= 1
                take(2, into: \.comments)
            } else {
                take(1, into: \.comments)
            }
        } while depth > 0 && position < source.count
    }

    // MARK: Strings

    private mutating func readString(pounds: Int, isMultiline: Bool) {
        if source[position] == UInt8(ascii: "\\"), hasPounds(pounds, from: position + 1) {
            readEscape(pounds: pounds)
        } else if closes(pounds: pounds, isMultiline: isMultiline) {
            take((isMultiline ? 3 : 1) + pounds, into: \.code)
            frames.removeLast()
        } else if !isMultiline, source[position] == UInt8(ascii: "\n") {
            frames.removeLast()
        } else {
            takeRun(into: \.strings, until: Self.stringSpecials)
        }
    }

    private mutating func readEscape(pounds: Int) {
        let escaped = position + 1 + pounds
        if escaped < source.count, source[escaped] == UInt8(ascii: "(") {
            take(2 + pounds, into: \.code)
            frames.append(.interpolation(depth: 1))
        } else {
            take(2 + pounds, into: \.strings)
        }
    }

    private func closes(pounds: Int, isMultiline: Bool) -> Bool {
        isMultiline
            ? matches("\"\"\"") && hasPounds(pounds, from: position + 3)
            : matches("\"") && hasPounds(pounds, from: position + 1)
    }

    private func hasPounds(_ count: Int, from start: Int) -> Bool {
        start + count <= source.count && source[start..<start + count].allSatisfy { $0 == UInt8(ascii: "#") }
    }
}
