import Testing
import VisualSearch

@Suite("Ranking of the same item")
struct SameItemRankingTests {
    @Test("SCAN-005 offers of one style stand together: what can be had first, then the cheaper")
    func sellers() {
        let offers = [
            ScanOffer(item: "1", sku: "a", seller: "Ann", title: "Watch", price: 900, currency: "EUR", stock: 0),
            ScanOffer(item: "2", sku: "a", seller: "Ben", title: "Watch", price: 1200, currency: "EUR", stock: 3),
            ScanOffer(item: "3", sku: "b", seller: "Cem", title: "Watch", price: 1100, currency: "EUR"),
            ScanOffer(item: "4", sku: "b", seller: "Dee", title: "Watch", price: 10, currency: "USD", stock: 1),
            ScanOffer(item: "5", sku: "b", seller: "Eve", title: "Watch", currency: "EUR", stock: 1),
        ]
        #expect(SameItemRanking.sorted(offers, currency: "EUR").map(\.item) == ["3", "2", "5", "4", "1"])
        #expect(SameItemRanking.sorted(offers.reversed(), currency: "EUR").map(\.item) == ["3", "2", "5", "4", "1"])
        #expect(SameItemRanking.sorted(offers).map(\.currency) == ["EUR", "EUR", "EUR", "USD", "EUR"])
    }

    @Test("SCAN-016 a style is as near as its best picture, and each style and picture comes once")
    func groups() {
        let ranking = SameItemRanking([
            ScanCandidate(picture: 1, sku: "a", style: "g", score: 0.7),
            ScanCandidate(picture: 2, sku: "b", style: "g", score: 0.9),
            ScanCandidate(picture: 3, sku: "c", score: 0.8),
            ScanCandidate(picture: 2, sku: "b", style: "g", score: 0.6),
            ScanCandidate(picture: 9, sku: "z", score: .nan),
        ])
        #expect(ranking.groups.map(\.style) == ["g", "c"])
        #expect(ranking.groups.first == .init(style: "g", score: 0.9, pictures: [2, 1], skus: ["b", "a"]))
        #expect(abs(ranking.margin - 0.1) < 1e-12 && abs(ranking.agreement - 2.0 / 3) < 1e-12)
        #expect(ranking.without(style: "g").map(\.style) == ["c"])
    }

    @Test("SCAN-016 a ranking equals the sorting of all pairs by hand", arguments: 1...10 as ClosedRange<UInt64>)
    func oracle(seed: UInt64) {
        var planted = Planted(seed: seed)
        let candidates = (0..<100).map { picture in
            ScanCandidate(
                picture: Int64(picture), sku: "s\(planted.number(below: 30))", style: "t\(planted.number(below: 10))",
                score: Double(planted.number(below: 40)) / 40)
        }
        let ranking = SameItemRanking(planted.shuffled(candidates))
        for group in ranking.groups {
            let own = candidates.filter { $0.style == group.style }
            #expect(group.score == own.map(\.score).max() && group.pictures.count == own.count)
        }
        #expect(ranking.groups.map(\.score) == ranking.groups.map(\.score).sorted(by: >))
        #expect(Set(ranking.groups.map(\.style)) == Set(candidates.map(\.style)))
    }

    @Test("SCAN-021 an empty ranking has no margin")
    func empty() {
        let ranking = SameItemRanking([])
        #expect(ranking.groups.isEmpty && ranking.margin == 0 && ranking.agreement == 0)
        #expect(SameItemRanking([ScanCandidate(picture: 1, sku: "a", score: 0.5)]).margin == 0.5)
    }

    @Test("SCAN-015 the model's word on categories moves items in the ranking, and a category it does not know little")
    func prior() {
        let candidates = [
            ScanCandidate(picture: 1, sku: "pear", score: 0.6, category: "Pear"),
            ScanCandidate(picture: 2, sku: "apple", score: 0.55, category: "Apple"),
            ScanCandidate(picture: 3, sku: "coat", score: 0.2, category: "Coat"),
        ]
        let prior = CategoryPrior(["Apple": 0.9, "Pear": 0.05])
        let ranking = SameItemRanking(candidates, prior: prior)
        #expect(ranking.groups.map(\.style) == ["apple", "pear", "coat"])
        #expect(ranking.groups[0].score == 0.55 && ranking.margin > 0.3 && ranking.groups[0].category == "Apple")
        #expect(SameItemRanking(candidates).groups.first?.style == "pear")
        #expect(CategoryPrior().bonus("Apple") == 0 && prior.bonus("Coat") == prior.bonus(nil))
        #expect(prior.bonus("Apple") > prior.bonus("Coat") && prior.probability("Coat") == nil)
        #expect(CategoryPrior(["a": .nan]).bonus("a").isFinite)
    }
}
