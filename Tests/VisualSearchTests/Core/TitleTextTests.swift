import Testing
import VisualSearch

@Suite("Words of titles")
struct TitleTextTests {
    @Test("SCAN-106 words are runs of letters and digits, Chinese characters stand by themselves")
    func tokens() {
        #expect(TitleText.tokens("WH-1000XM4, 1.7 l (new)") == ["WH-1000XM4", "1.7", "l", "new"])
        #expect(TitleText.tokens("北风Air跑鞋 42码") == ["北", "风", "Air", "跑", "鞋", "42", "码"])
        #expect(TitleText.tokens("-a--b- ...") == ["a", "b"] && TitleText.tokens("") == [])
        #expect(TitleText.tokens(String(repeating: "x ", count: 100_000)).count == 1000)
    }

    @Test("SCAN-107 search terms are words, and pairs of characters where nothing parts them")
    func terms() {
        #expect(TitleText.searchTerms("Red 豹纹女鞋 Größe") == ["red", "豹纹", "纹女", "女鞋", "größe"])
        #expect(TitleText.searchTerms("鞋") == ["鞋"] && TitleText.searchTerms("鞋 a 包") == ["鞋", "a", "包"])
    }

    @Test("SCAN-107 a part of a Chinese word has its terms among those of the word", arguments: ["豹纹女鞋", "不锈钢电水壶"])
    func contained(text: String) {
        let all = Set(TitleText.searchTerms(text))
        for start in 0..<text.count - 1 {
            for length in 2...text.count - start {
                #expect(Set(TitleText.searchTerms(String(text.dropFirst(start).prefix(length)))).isSubset(of: all))
            }
        }
    }
}
