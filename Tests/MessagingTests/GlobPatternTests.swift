import Basics
import Testing

@testable import Messaging

@Suite("Glob patterns")
struct GlobPatternTests {
    /// The obvious recursive definition.
    private func slow(_ pattern: ArraySlice<Character>, _ text: ArraySlice<Character>) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        if first == "*" {
            return slow(pattern.dropFirst(), text) || !text.isEmpty && slow(pattern, text.dropFirst())
        }
        guard let head = text.first, first == "?" || first == head else { return false }
        return slow(pattern.dropFirst(), text.dropFirst())
    }

    private func isWord(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber) || character == "_"
    }

    private func slowWords(_ pattern: [Character], _ text: [Character]) -> Bool {
        let boundaries = (0...text.count).filter { place in
            place == 0 || place == text.count || !isWord(text[place - 1]) || !isWord(text[place])
        }
        return boundaries.contains { start in
            boundaries.contains { end in end > start && slow(pattern[...], text[start..<end]) }
        }
    }

    private func random(_ alphabet: String, upTo length: Int, _ random: inout SeededRandom) -> String {
        let letters = Array(alphabet)
        return String(
            (0..<Int.random(in: 0...length, using: &random)).compactMap { _ in letters.randomElement(using: &random) })
    }

    @Test("Whole values match as the recursive definition says", arguments: UInt64(1)...10)
    func whole(seed: UInt64) {
        var generator = SeededRandom(seed: seed)
        for _ in 0..<1_000 {
            let pattern = random("aab*?é", upTo: 7, &generator)
            let text = random("abé", upTo: 8, &generator)
            let expected = slow(Array(pattern)[...], Array(text)[...])
            #expect(GlobPattern(pattern).matches(text) == expected, "seed \(seed): '\(pattern)' on '\(text)'")
        }
    }

    @Test("Patterns longer than a machine word match as the recursive definition says", arguments: UInt64(1)...6)
    func long(seed: UInt64) {
        var generator = SeededRandom(seed: seed)
        for _ in 0..<60 {
            let text = String(repeating: "ab", count: 60) + random("ab", upTo: 40, &generator)
            var pattern = Array(text)
            for _ in 0..<Int.random(in: 0...2, using: &generator) {
                pattern[Int.random(in: 0..<pattern.count, using: &generator)] =
                    Bool.random(using: &generator) ? "?" : "*"
            }
            if Bool.random(using: &generator) { pattern[100] = "b" }
            let expected = slow(pattern[...], Array(text)[...])
            #expect(GlobPattern(String(pattern)).matches(text) == expected, "seed \(seed): \(String(pattern))")
        }
    }

    @Test("Parts of a body match between word boundaries only", arguments: UInt64(1)...10)
    func words(seed: UInt64) {
        var generator = SeededRandom(seed: seed)
        for _ in 0..<500 {
            let pattern = random("ab*?退", upTo: 5, &generator)
            let text = random("ab 退_.", upTo: 8, &generator)
            guard !pattern.isEmpty, !pattern.allSatisfy({ $0 == "*" }) else { continue }
            let expected = slowWords(Array(pattern), Array(text))
            #expect(GlobPattern(pattern).matchesWords(in: text) == expected, "seed \(seed): '\(pattern)' in '\(text)'")
        }
    }

    @Test(
        "The examples of the specification",
        arguments: [
            ("ex*ple", "An example event.", true), ("ex*ple", "exple", true),
            ("ex*ple", "An exciting triple-whammy", true), ("ex*ple", "examples", false),
            ("cake", "I like CAKE!", true), ("cake", "pancake", false), ("@room", "hey @room, all", true),
            ("退款", "我要退款了", true), ("alice", "alice_2", false),
        ])
    func examples(pattern: String, body: String, expected: Bool) {
        #expect(GlobPattern(pattern).matchesWords(in: body) == expected)
    }

    @Test("Case is folded unless it is told not to")
    func letterCase() {
        #expect(GlobPattern("LUNC?*").matches("lunch"))
        #expect(GlobPattern("ÉCOLE").matches("école"))
        #expect(!GlobPattern("A*", foldsCase: false).matches("abc"))
        #expect(GlobPattern("a?", wildcards: .star).matches("a?"))
        #expect(!GlobPattern("a?", wildcards: .star).matches("ab"))
    }

    @Test("Without wildcards the characters stand for themselves")
    func literal() {
        #expect(GlobPattern("a*b?", wildcards: .none).matchesWords(in: "so a*b? indeed"))
        #expect(!GlobPattern("a*b?", wildcards: .none).matchesWords(in: "so axxbc indeed"))
    }

    @Test("A pattern made to backtrack costs no more than its length times the text")
    func hostile() {
        let pattern = GlobPattern(String(repeating: "a*", count: 500) + "b")
        #expect(!pattern.matches(String(repeating: "a", count: 20_000)))
        #expect(pattern.matches(String(repeating: "a", count: 5_000) + "b"))
    }

    @Test("A pattern beyond the longest matches nothing")
    func tooLong() {
        let text = String(repeating: "a", count: GlobPattern.maximumLength)
        #expect(GlobPattern(text).matches(text))
        #expect(!GlobPattern(text + "*").matches(text))
        #expect(!GlobPattern("*" + text).matchesWords(in: text))
    }
}
