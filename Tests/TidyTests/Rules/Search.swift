import Foundation

/// A regular expression that was written in this folder, ready to search whole files; `^` and `$` stand for lines.
///
/// Foundation's engine, since the tests run unoptimised and the whole repository goes through it. Each search costs a
/// conversion of its text, so search a file once rather than its lines one by one.
struct Pattern: Sendable {
    struct Match: Sendable {
        /// The whole match and its groups; empty where a group took no part.
        let groups: [String]
        /// The line on which the match begins, counted from 1.
        let line: Int

        subscript(group: Int) -> String { groups[group] }
    }

    private let expression: NSRegularExpression

    init(_ text: String, ignoresCase: Bool = false) {
        do {
            let options: NSRegularExpression.Options = ignoresCase ? [.caseInsensitive] : []
            expression = try NSRegularExpression(pattern: text, options: options.union(.anchorsMatchLines))
        } catch {
            preconditionFailure("the pattern \(text) does not compile: \(error)")
        }
    }

    func isFound(in text: some StringProtocol) -> Bool { firstMatch(in: text) != nil }

    func firstMatch(in text: some StringProtocol) -> Match? { matches(in: text).first }

    func matches(in text: some StringProtocol) -> [Match] {
        let text = String(text)
        let results = expression.matches(in: text, range: NSRange(text.startIndex..., in: text))
        guard !results.isEmpty else { return [] }
        var (line, place) = (1, text.startIndex)
        return results.compactMap { result in
            let ranges = (0..<result.numberOfRanges).map { Range(result.range(at: $0), in: text) }
            guard let whole = ranges.first ?? nil else { return nil }
            line += text[place..<whole.lowerBound].utf8.count { $0 == 10 }
            place = whole.lowerBound
            return Match(groups: ranges.map { range in range.map { String(text[$0]) } ?? "" }, line: line)
        }
    }
}

extension Sequence where Element: StringProtocol {
    /// The lines with their numbers, counted from 1.
    var numbered: some Sequence<(line: Int, text: Element)> {
        enumerated().lazy.map { (line: $0.offset + 1, text: $0.element) }
    }
}
