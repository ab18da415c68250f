import Testing
import VisualSearch

@Suite("Merging of SKUs")
struct ConfusionMergeTests {
    /// Styles that were each listed as some SKUs; pictures scatter around their style.
    private func catalogue(
        seed: UInt64, styles: Int, skus: Int, pictures: Int, noise: Double = 0.7
    ) throws -> (subjects: [MergeSubject], style: [Int], owners: [Int], vectors: UnitVectors) {
        var planted = Planted(seed: seed)
        let centres = (0..<styles).map { _ in planted.direction(24) }
        let style = (0..<styles * skus).map { $0 / skus }
        let owners = style.indices.flatMap { [Int](repeating: $0, count: pictures) }
        let vectors = try #require(UnitVectors(owners.map { planted.near(centres[style[$0]], noise: noise) }))
        return (style.indices.map { MergeSubject(sku: "s\($0)") }, style, owners, vectors)
    }

    private func merge(
        _ vectors: [[Float]], owners: [Int], subjects: [MergeSubject], _ rules: MergeRules = MergeRules()
    )
        throws -> ConfusionMerge
    {
        ConfusionMerge(
            subjects: subjects, owners: owners, vectors: try #require(UnitVectors(vectors)), rules: rules)
    }

    @Test("SCAN-076 split styles are found again by neighbours alone, and no wrong pair is proposed")
    func planted() throws {
        let data = try catalogue(seed: 3, styles: 20, skus: 2, pictures: 8)
        var merge = ConfusionMerge(subjects: data.subjects, owners: data.owners, vectors: data.vectors)
        var wrong = 0
        let rounds = merge.run { proposal in
            let styles = Set((proposal.left + proposal.right).map { data.style[$0] })
            wrong += styles.count > 1 ? 1 : 0
            return styles.count == 1
        }
        let found = merge.groups.groups.count { $0.count == 2 }
        #expect(found >= 19 && wrong == 0, "\(found) found, \(wrong) wrong")
        #expect(rounds.map(\.threshold) == rounds.map(\.threshold).sorted(by: >) && rounds.last?.threshold == 0.2)
        #expect(rounds.last?.accepted == 0)
    }

    @Test("SCAN-071 a style in four SKUs comes together over the rounds, and its pictures are taken for their own")
    func rounds() throws {
        let data = try catalogue(seed: 4, styles: 6, skus: 4, pictures: 10, noise: 0.6)
        var merge = ConfusionMerge(subjects: data.subjects, owners: data.owners, vectors: data.vectors)
        let before = merge.accuracy
        let rounds = merge.run { Set(($0.left + $0.right).map { data.style[$0] }).count == 1 }
        #expect(Set(merge.groups.groups) == Set((0..<6).map { style in (0..<4).map { style * 4 + $0 } }))
        #expect(rounds.first?.accuracy == before && before < 0.6 && merge.accuracy > 0.95)
        // With all joined nothing is left, whoever decides.
        #expect(merge.proposals(threshold: 0.2).isEmpty)
    }

    @Test("SCAN-070 the matrix counts what pictures are taken for, as by hand", arguments: 1...6 as ClosedRange<UInt64>)
    func matrix(seed: UInt64) throws {
        var planted = Planted(seed: seed)
        let vectors = try #require(UnitVectors((0..<50).map { _ in planted.direction(4) }))
        let owners = (0..<50).map { _ in planted.number(below: 6) }
        let confusion = Confusion(owners: owners, classes: 6, neighbours: vectors.nearest(5))
        var counts = [[Int]](repeating: [Int](repeating: 0, count: 6), count: 6)
        for picture in 0..<50 {
            let others = (0..<50).filter { $0 != picture }
                .sorted { (vectors.distance(picture, $0), $0) < (vectors.distance(picture, $1), $1) }.prefix(5)
            var votes = [Double](repeating: 0, count: 6)
            for other in others {
                let s = Double(max(0, vectors.similarity(picture, other)))
                votes[owners[other]] += s * s * s * s
            }
            guard let most = votes.max(), most > 0, let taken = votes.firstIndex(of: most) else { continue }
            counts[owners[picture]][taken] += 1
        }
        for i in 0..<6 {
            let size = owners.count { $0 == i }
            #expect(confusion.sizes[i] == size)
            for j in 0..<6 {
                #expect(confusion.count(i, as: j) == counts[i][j])
                let both = size + owners.count { $0 == j }
                if i != j { #expect(confusion.score(i, j) == Double(counts[i][j] + counts[j][i]) / Double(both)) }
            }
            for cell in confusion.row(i) { #expect(cell.share == Double(counts[i][cell.other]) / Double(size)) }
        }
        #expect(confusion.accuracy == Double((0..<6).reduce(0) { $0 + counts[$1][$1] }) / 50)
    }

    @Test(
        "SCAN-074 splitting restores exactly the former state, whatever was joined",
        arguments: 1...10 as ClosedRange<UInt64>)
    func split(seed: UInt64) {
        var planted = Planted(seed: seed)
        var groups = StyleGroups(count: 12)
        var past: [(state: StyleGroups, sku: Int)] = []
        for _ in 0..<30 {
            let (a, b) = (planted.number(below: 12), planted.number(below: 12))
            let before = groups
            if groups.join(a, b) != nil {
                past.append((before, a))
            } else {
                #expect(groups == before && groups.group(of: a) == groups.group(of: b))
            }
        }
        #expect(groups.groups.flatMap { $0 }.sorted() == Array(0..<12))
        while let last = past.popLast() {
            let isSplit = groups.split(last.sku)
            #expect(isSplit && groups == last.state && groups.groups == last.state.groups)
        }
        let hasMore = groups.split(0)
        #expect(!hasMore && groups == StyleGroups(count: 12))
    }

    @Test("SCAN-075 A~B and B~C do not bring A and C together when A and C are not alike")
    func chain() throws {
        // B lies between A and C and is taken for both of them; A and C are never taken for each other.
        let a = [0, 1, 20, 21].map { Angle.vector(Double($0)) }
        let b = [20.4, 20.6, 40.4, 40.6].map(Angle.vector)
        let c = [40, 41, 60, 61].map { Angle.vector(Double($0)) }
        let owners = [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]
        var rules = MergeRules()
        (rules.voters, rules.thresholds) = (1, [0.2])
        let subjects = ["a", "b", "c"].map { MergeSubject(sku: $0) }
        var merge = try merge(a + b + c, owners: owners, subjects: subjects, rules)
        #expect(merge.confusion.score(0, 2) == 0)
        #expect(merge.confusion.score(0, 1) >= 0.2 && merge.confusion.score(1, 2) >= 0.2)
        _ = merge.run { _ in true }
        #expect(merge.groups.groups.map(\.count).sorted() == [1, 2])
    }

    @Test("SCAN-075 a group of more than eight SKUs needs a person, and trust comes only from two hundred decisions")
    func person() throws {
        let data = try catalogue(seed: 8, styles: 1, skus: 12, pictures: 6, noise: 0.5)
        let subjects = data.subjects.map { MergeSubject(sku: $0.sku, barcode: "4006381333931") }
        var merge = ConfusionMerge(subjects: subjects, owners: data.owners, vectors: data.vectors)
        var trust = MergeTrust()
        let first = try #require(merge.proposals(threshold: 0.5).first)
        for _ in 0..<199 { trust.add(score: 1, isAccepted: true) }
        #expect(!trust.allows(first))
        trust.add(score: 0.45, isAccepted: true)
        #expect(!trust.allows(first))
        trust.add(score: 0.9, isAccepted: true)
        #expect(trust.allows(first) && first.evidence == .barcode)
        for _ in 0..<5 { trust.add(score: 0.9, isAccepted: false) }
        #expect(!trust.allows(first))
        for _ in 0..<200 { trust.add(score: 0.9, isAccepted: true) }
        var large = 0
        _ = merge.run { proposal in
            large += proposal.needsPerson ? 1 : 0
            return trust.allows(proposal)
        }
        #expect(large > 0 && merge.groups.groups.allSatisfy { $0.count <= 8 })
    }

    @Test(
        "SCAN-070 the same code is proposed at once; other codes, brands or sizes forbid it unless a person overrides")
    func vetoes() throws {
        let data = try catalogue(seed: 5, styles: 1, skus: 2, pictures: 6, noise: 0.5)
        func proposals(_ a: MergeSubject, _ b: MergeSubject, override: Bool = false) -> [MergeProposal] {
            var merge = ConfusionMerge(subjects: [a, b], owners: data.owners, vectors: data.vectors)
            if override { merge.override(1, 0) }
            return merge.proposals(threshold: 0.2)
        }
        let plain = MergeSubject(sku: "a")
        #expect(proposals(plain, MergeSubject(sku: "b", brand: "Nord")).count == 1)
        let north = MergeSubject(sku: "a", barcode: "1", brand: "Nord", size: "M")
        for other in [
            MergeSubject(sku: "b", barcode: "2"), MergeSubject(sku: "b", brand: "Süd"),
            MergeSubject(sku: "b", size: "L"),
        ] {
            #expect(proposals(north, other).isEmpty)
            #expect(proposals(north, other, override: true).count == 1)
        }
        #expect(proposals(north, MergeSubject(sku: "b", brand: "NORD", size: "m")).count == 1)
        var far = try merge(
            [[1, 0], [0, 1]], owners: [0, 1], subjects: [.init(sku: "a", barcode: "7"), .init(sku: "b", barcode: "7")])
        let coded = try #require(far.proposals(threshold: 0.5).first)
        #expect(coded.evidence == .barcode)
        far.refuse(coded)
        #expect(far.proposals(threshold: 0.2).isEmpty)
    }

    @Test("SCAN-070 SKUs of one or two pictures are proposed by their mean cosine only")
    func few() throws {
        let vectors = [0.0, 2, 1, 3].map(Angle.vector)
        let subjects = [MergeSubject(sku: "a"), MergeSubject(sku: "b")]
        #expect(try merge(vectors, owners: [0, 0, 1, 1], subjects: subjects).proposals(threshold: 0.2).isEmpty)
        var rules = MergeRules()
        rules.meanCosine = 0.99
        let found = try merge(vectors, owners: [0, 0, 1, 1], subjects: subjects, rules).proposals(threshold: 0.9)
        let expected = [(0, 1), (0, 3), (2, 1), (2, 3)].reduce(0.0) { $0 + Angle.cosine(Double($1.0 - $1.1)) } / 4
        guard case .meanCosine(let mean) = try #require(found.first).evidence else {
            Issue.record("no mean cosine")
            return
        }
        #expect(abs(mean - expected) < 1e-6)
    }

    @Test("SCAN-071 a proposal that is out of date is not carried out")
    func stale() throws {
        let data = try catalogue(seed: 9, styles: 1, skus: 3, pictures: 6, noise: 0.5)
        var merge = ConfusionMerge(subjects: data.subjects, owners: data.owners, vectors: data.vectors)
        let open = merge.proposals(threshold: 0.2)
        #expect(open.count > 1)
        let isFirst = merge.accept(open[0])
        let isSecond = merge.accept(open[1])
        #expect(isFirst && !isSecond)
        let isBack = merge.split(open[0].left[0])
        #expect(isBack && merge.proposals(threshold: 0.2) == open)
    }
}
