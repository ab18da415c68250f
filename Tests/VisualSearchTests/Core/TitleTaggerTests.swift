import Testing

@testable import VisualSearch

@Suite("Entities of titles")
struct TitleTaggerTests {
    @Test("SCAN-106 entities of unseen titles are found, taught by the catalogue's columns alone")
    func planted() throws {
        var demo = DemoTitles(seed: 5)
        let examples = demo.titles(220).compactMap { TitleTagger.Example(title: $0.text, columns: $0.columns) }
        let tagger = TitleTagger(learningFrom: examples, epochs: 4, buckets: 1 << 13)
        var figures = TaggingFigures()
        for title in demo.titles(80) { figures.add(found: tagger.entities(in: title.text), truth: title.entities) }
        for kind in EntityKind.allCases {
            let f1 = try #require(figures.f1(kind))
            #expect(f1 > (kind == .material || kind == .size ? 0.8 : 0.9), "\(kind): \(f1)")
        }
    }

    @Test("SCAN-106 a brand that was never seen is found by where it stands")
    func unseen() {
        var demo = DemoTitles(seed: 6)
        let examples = demo.titles(200).map { TitleTagger.Example(title: $0.text, entities: $0.entities) }
        let tagger = TitleTagger(learningFrom: examples, epochs: 4, buckets: 1 << 13)
        let fresh = demo.titles(200).filter { $0.columns[.brand] == ["Kestrel"] }
        let found = fresh.count { title in
            let text = title.text.replacing("Kestrel", with: "Zorblax")
            return tagger.entities(in: text).contains { $0.kind == .brand && $0.text == "Zorblax" }
        }
        #expect(fresh.count > 8 && Double(found) >= 0.6 * Double(fresh.count), "\(found) of \(fresh.count)")
        #expect(tagger.entities(in: "").isEmpty)
    }

    @Test("SCAN-106 columns teach: longer values first, no word twice, whatever the capitals")
    func supervision() throws {
        let example = try #require(
            TitleTagger.Example(
                title: "NORDWIND Bag, dark blue BLUE", columns: [.brand: ["Nordwind"], .colour: ["Blue", "Dark Blue"]]))
        #expect(
            example.entities == [
                TitleEntity(kind: .brand, text: "NORDWIND", range: 0..<1),
                TitleEntity(kind: .colour, text: "dark blue", range: 2..<4),
                TitleEntity(kind: .colour, text: "BLUE", range: 4..<5),
            ])
        let chinese = try #require(TitleTagger.Example(title: "北风女士连衣裙", columns: [.brand: ["北风"], .type: ["连衣裙"]]))
        #expect(chinese.entities.map(\.text) == ["北风", "连衣裙"] && chinese.entities[1].range == 4..<7)
        #expect(TitleTagger.Example(title: "a", columns: [.brand: ["b c d", ""]]) == nil)
    }

    @Test("SCAN-106 rows of tags and entities are each other's inverse", arguments: 1...20 as ClosedRange<UInt64>)
    func tags(seed: UInt64) {
        var demo = DemoTitles(seed: seed)
        let title = demo.title()
        let tokens = TitleText.tokens(title.text)
        let tags = EntityTag.tags(title.entities, count: tokens.count)
        #expect(EntityTag.entities(tags, tokens: tokens) == title.entities)
        for (place, tag) in tags.enumerated() { #expect(EntityTag.may(tag, follow: place > 0 ? tags[place - 1] : nil)) }
    }

    @Test("SCAN-107 an article on the model, or on the brand's line, is about the thing; one on its colour is not")
    func articles() {
        let match = ArticleMatch([
            TitleEntity(kind: .brand, text: "Nordwind", range: 0..<1),
            TitleEntity(kind: .model, text: "GT2", range: 1..<2),
            TitleEntity(kind: .type, text: "跑步鞋", range: 2..<5), TitleEntity(kind: .colour, text: "red", range: 5..<6),
            TitleEntity(kind: .brand, text: "nordwind", range: 6..<7),
        ])
        #expect(match.terms.map(\.text) == ["gt2", "nordwind", "步鞋", "跑步"])
        #expect(match.query == "\"gt2\" OR \"nordwind\" OR \"步鞋\" OR \"跑步\"")
        #expect(match.isAbout(title: "The GT2 in a test", body: ""))
        #expect(match.isAbout(title: "Nordwind", body: "新的跑步鞋"))
        #expect(
            !match.isAbout(title: "Nordwind opens a shop", body: "in red") && !match.isAbout(title: "红跑", body: "步鞋"))
        #expect(match.score(title: "Nordwind GT2 跑步鞋", body: "red") == 6)
        #expect(ArticleMatch([]).query == nil && ArticleMatch([]).score(title: "a", body: "b") == 0)
        let hostile = ArticleMatch([TitleEntity(kind: .model, text: "x\" OR NEAR(\"", range: 0..<1)])
        #expect(hostile.query == "\"near\" OR \"or\" OR \"x\"")
    }
}
