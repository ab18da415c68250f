/// What is wrong with the configuration, in a sentence that says where.
package struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The sentence.
    package let description: String

    /// An error.
    package init(_ description: String) { self.description = description }
}

/// Finds the word that somebody may have meant.
enum NearestName {
    /// The candidate with the fewest edits, if they are few enough to be a slip.
    static func of(_ word: String, among candidates: [String]) -> String? {
        let ranked = candidates.map { ($0, distance(Array(word.utf8), Array($0.utf8))) }
        guard let best = ranked.min(by: { $0.1 < $1.1 }), best.1 <= max(2, word.utf8.count / 3) else { return nil }
        return best.0
    }

    /// Insertions, deletions and replacements between two words (Wagner and Fischer, 1974).
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var row = Array(0...right.count)
        for (i, a) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, b) in right.enumerated() {
                let above = row[j + 1]
                row[j + 1] = min(above + 1, row[j] + 1, diagonal + (a == b ? 0 : 1))
                diagonal = above
            }
        }
        return row[right.count]
    }

    /// `; did you mean 'x'?` or nothing.
    static func hint(_ word: String, among candidates: [String]) -> String {
        of(word, among: candidates).map { " Did you mean '\($0)'?" } ?? ""
    }
}
