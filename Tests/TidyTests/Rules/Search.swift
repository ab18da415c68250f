import Foundation

/// A regular expression that was written in this folder, ready to search lines.
///
/// Foundation's engine, since the tests run unoptimised and a whole repository goes through it.
struct Pattern: Sendable {
    private let expression: NSRegularExpression

    init(_ text: String, ignoresCase: Bool = false) {
        do {
            expression = try NSRegularExpression(pattern: text, options: ignoresCase ? [.caseInsensitive] : [])
        } catch {
            preconditionFailure("the pattern \(text) does not compile: \(error)")
        }
    }

    func isFound(in text: some StringProtocol) -> Bool { !matches(in: text).isEmpty }

    /// For every match the whole and its groups; a group that took no part is nil.
    func matches(in text: some StringProtocol) -> [[String?]] {
        let text = String(text)
        let whole = NSRange(text.startIndex..., in: text)
        return expression.matches(in: text, range: whole).map { match in
            (0..<match.numberOfRanges).map { Range(match.range(at: $0), in: text).map { String(text[$0]) } }
        }
    }

    /// The first match's first group.
    func firstGroup(in text: some StringProtocol) -> String? {
        matches(in: text).first.flatMap { $0.count > 1 ? $0[1] : $0[0] }
    }
}

extension Sequence where Element: StringProtocol {
    /// The lines with their numbers, counted from 1.
    var numbered: some Sequence<(line: Int, text: Element)> {
        enumerated().lazy.map { (line: $0.offset + 1, text: $0.element) }
    }
}
