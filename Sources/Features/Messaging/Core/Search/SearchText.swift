/// Text as the full-text index of SQLite (FTS5, tokenizer `unicode61`) needs it.
///
/// That tokenizer takes a run of Chinese characters for one word, so a search for two of them would find nothing. Here
/// such runs are written as pairs of neighbours in order, then as single characters; other words are folded. A longer
/// Chinese phrase is found as a phrase of pairs, which is the same as finding it in the text.
package enum SearchText {
    /// The words of a text for the index, separated by spaces; always the same for the same text.
    package static func words(of text: String) -> String {
        var words: [String] = []
        for run in TextRun.runs(of: text) where !run.folded.isEmpty {
            guard run.isDense else {
                words.append(run.folded)
                continue
            }
            if run.units.count > 1 { words += run.pairs }
            words += run.units.map { TextRun(isDense: true, units: [$0]).folded }
        }
        return words.joined(separator: " ")
    }
}

/// What a person typed into a search field: all of its words must be there, the last one may be unfinished.
package struct SearchQuery: Sendable, Hashable {
    private struct Term: Sendable, Hashable {
        let text: String
        let isDense: Bool
        let isPrefix: Bool
        /// The term as an FTS5 string; holds letters, digits and spaces only, so it cannot break out of its quotes.
        let phrase: String
    }

    /// Words that are looked for; more are ignored.
    package static let maximumTerms = 32
    /// Characters that are looked at; more are ignored.
    package static let maximumLength = 512

    private let terms: [Term]

    /// Reads what was typed; nil when there is nothing in it to look for.
    package init?(_ typed: String) {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: typed.unicodeScalars.prefix(Self.maximumLength))
        let runs = TextRun.runs(of: String(text)).filter { !$0.folded.isEmpty }.prefix(Self.maximumTerms)
        guard !runs.isEmpty else { return nil }
        terms = runs.enumerated().map { index, run in
            Term(
                text: run.folded, isDense: run.isDense,
                isPrefix: !run.isDense && index == runs.count - 1 && run.folded.unicodeScalars.count > 1,
                phrase: run.isDense ? run.pairs.joined(separator: " ") : run.folded)
        }
    }

    /// The query for `MATCH`.
    package var match: String {
        terms.map { "\"\($0.phrase)\"\($0.isPrefix ? " *" : "")" }.joined(separator: " AND ")
    }

    /// Whether a text holds all words; what the index answers, by looking at the text.
    package func matches(_ text: String) -> Bool {
        let runs = TextRun.runs(of: text)
        return terms.allSatisfy { term in runs.contains { !Self.places(of: term, in: $0).isEmpty } }
    }

    /// The places of the words in a text, in UTF-16 code units, ascending and merged.
    package func highlights(in text: String) -> [Range<Int>] {
        let runs = TextRun.runs(of: text)
        let found = terms.flatMap { term in runs.flatMap { Self.places(of: term, in: $0) } }
        var merged: [Range<Int>] = []
        for place in found.sorted(by: { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }) {
            if let last = merged.last, place.lowerBound <= last.upperBound {
                merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, place.upperBound)
            } else {
                merged.append(place)
            }
        }
        return merged
    }

    private static func places(of term: Term, in run: TextRun) -> [Range<Int>] {
        guard run.isDense == term.isDense else { return [] }
        guard term.isDense else {
            let isHit = term.isPrefix ? run.folded.hasScalarPrefix(term.text) : run.folded == term.text
            return isHit ? [run.place] : []
        }
        let wanted = Array(term.text.unicodeScalars)
        guard run.units.count >= wanted.count else { return [] }
        return (0...run.units.count - wanted.count).compactMap { start in
            let units = run.units[start..<start + wanted.count]
            guard zip(units, wanted).allSatisfy({ $0.folded == [$1] }) else { return nil }
            return TextRun(isDense: true, units: Array(units)).place
        }
    }
}

extension String {
    /// Whether the text begins with these scalars; unlike `hasPrefix`, also in the middle of a composed character.
    fileprivate func hasScalarPrefix(_ prefix: String) -> Bool {
        unicodeScalars.starts(with: prefix.unicodeScalars)
    }
}
