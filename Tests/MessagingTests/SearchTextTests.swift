import Basics
import Testing

@testable import Messaging

@Suite("Search text")
struct SearchTextTests {
    @Test(
        "MSG-47 Chinese becomes pairs and single characters, other words are folded",
        arguments: [
            ("我要退款", "我要 要退 退款 我 要 退 款"), ("好", "好"), ("买iPhone15手机", "买 iphone15 手机 手 机"),
            ("Crème BRÛLÉE, naïve", "creme brulee naive"), ("Ｈｅｌｌｏ １２", "hello 12"), ("Straße Œuvre", "strasse oeuvre"),
            ("Cre\u{301}me", "creme"), ("don't stop", "don t stop"), ("a-b_c.d", "a b c d"), ("  ,!? 😀 ", ""),
            ("", ""), ("订单 2024", "订单 订 单 2024"), ("日本語テスト", "日本 本語 語テ テス スト 日 本 語 テ ス ト"),
            ("𠀀𠀁", "𠀀𠀁 𠀀 𠀁"), ("Привет МИР", "привет мир"), ("İstanbul", "istanbul"),
        ])
    func words(text: String, words: String) {
        #expect(SearchText.words(of: text) == words)
    }

    @Test(
        "The query is a conjunction of quoted words, the last Latin one as a prefix",
        arguments: [
            ("退款", "\"退款\""), ("要退款", "\"要退 退款\""), ("款", "\"款\""), ("iPh", "\"iph\" *"),
            ("red shoe", "\"red\" AND \"shoe\" *"), ("shoe 红色", "\"shoe\" AND \"红色\""), ("x", "\"x\""),
            ("红色shoe", "\"红色\" AND \"shoe\" *"),
        ])
    func query(typed: String, match: String) throws {
        #expect(try #require(SearchQuery(typed)).match == match)
    }

    @Test("Nothing typed can break out of the quotes", arguments: UInt64(1)...10)
    func injection(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let alphabet = Array("ab退款 \"'*()^:{}+-,.;\\\u{0}\nANDORNOTNEAR/#é")
        for _ in 0..<300 {
            let typed = String((0..<20).compactMap { _ in alphabet.randomElement(using: &random) })
            guard let query = SearchQuery(typed) else { continue }
            let parts = query.match.split(separator: " AND ", omittingEmptySubsequences: false)
            for part in parts {
                let body = part.hasSuffix(" *") ? part.dropLast(2) : part
                #expect(body.count > 2 && body.first == "\"" && body.last == "\"", "seed \(seed): \(query.match)")
                let inner = body.dropFirst().dropLast().unicodeScalars
                #expect(
                    inner.allSatisfy { $0 == " " || $0.properties.isAlphabetic || $0.properties.numericType != nil })
            }
        }
    }

    @Test("What holds nothing to look for is no query", arguments: ["", "   ", "\"*\"", "?!", "😀", "\u{301}"])
    func nothing(typed: String) {
        #expect(SearchQuery(typed) == nil)
    }

    /// What FTS5 does with the index words: a phrase is tokens in a row, a prefix is the begin of a token.
    private func indexFinds(_ match: String, in words: String) -> Bool {
        let tokens = words.split(separator: " ")
        return match.split(separator: " AND ").allSatisfy { part in
            let isPrefix = part.hasSuffix(" *")
            let phrase = (isPrefix ? part.dropLast(2) : part).dropFirst().dropLast().split(separator: " ")
            guard tokens.count >= phrase.count else { return false }
            return (0...tokens.count - phrase.count).contains { start in
                zip(tokens[start...], phrase).enumerated().allSatisfy { index, pair in
                    isPrefix && index == phrase.count - 1 ? pair.0.hasPrefix(pair.1) : pair.0 == pair.1
                }
            }
        }
    }

    @Test("MSG-47 the index finds exactly the texts that hold what was typed", arguments: UInt64(1)...20)
    func equalsSubstring(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let alphabet = Array("我要退款退 aAbé,")
        func text(_ length: Int) -> String {
            String(
                (0..<Int.random(in: 1...length, using: &random)).compactMap { _ in
                    alphabet.randomElement(using: &random)
                })
        }
        for _ in 0..<400 {
            let body = text(12)
            guard let query = SearchQuery(text(4)) else { continue }
            let found = indexFinds(query.match, in: SearchText.words(of: body))
            #expect(found == query.matches(body), "seed \(seed): \(query.match) in '\(body)'")
            let marked = query.highlights(in: body)
            #expect(!found || !marked.isEmpty, "seed \(seed): what is found can be shown")
        }
    }

    @Test("A phrase of Chinese characters is found where it stands, not where its parts do")
    func phrase() throws {
        let query = try #require(SearchQuery("要退款"))
        #expect(query.matches("我要退款了"))
        #expect(!query.matches("退款要退"))
        #expect(indexFinds(query.match, in: SearchText.words(of: "我要退款了")))
        #expect(!indexFinds(query.match, in: SearchText.words(of: "退款要退")))
    }

    @Test(
        "MSG-47 highlights point into the original text in UTF-16 units",
        arguments: [
            ("退款", "我要退款，退款！", [2..<4, 5..<7]), ("creme", "La Crème!", [3..<8]), ("cre", "Cre\u{301}me", [0..<6]),
            ("红 色", "红色", [0..<2]), ("x", "😀 x", [3..<4]), ("𠀁", "𠀀𠀁", [2..<4]), ("hello", "Ｈｅｌｌｏ", [0..<5]),
            ("款退", "退款退款", [1..<3]), ("a b", "b c a", [0..<1, 4..<5]), ("abc", "ab", []), ("ss", "ß", [0..<1]),
        ])
    func highlights(typed: String, text: String, places: [Range<Int>]) throws {
        #expect(try #require(SearchQuery(typed)).highlights(in: text) == places)
    }

    @Test("A very long query is cut, not refused")
    func long() throws {
        let query = try #require(SearchQuery(String(repeating: "ab ", count: 5_000)))
        #expect(query.match.split(separator: " AND ").count == SearchQuery.maximumTerms)
        #expect(
            try #require(SearchQuery(String(repeating: "退", count: 5_000))).match.count < 3 * SearchQuery.maximumLength)
    }
}
