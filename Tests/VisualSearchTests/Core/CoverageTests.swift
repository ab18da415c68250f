import Testing
import VisualSearch

@Suite("Coverage and gaps of the catalogue")
struct CoverageTests {
    @Test(
        "SCAN-017 weeks are those of the calendar",
        arguments: [
            (0, "1970-W01"), (-4, "1969-W52"), (3, "1970-W01"), (4, "1970-W02"), (20_454, "2026-W01"),
            (20_453, "2026-W01"), (20_451, "2026-W01"), (20_450, "2025-W52"), (18_628, "2020-W53"),
            (18_631, "2021-W01"),
        ])
    func weeks(day: Int, name: String) { #expect(CalendarWeek(day: day).description == name) }

    @Test("SCAN-017 each week follows the one before it, over four hundred years and more")
    func followOn() {
        var last = CalendarWeek(day: -80_003)
        for day in stride(from: -79_996, to: 80_000, by: 7) {
            let week = CalendarWeek(day: day)
            #expect(last < week && (week.number == last.number + 1 || week.number == 1 && last.number >= 52))
            #expect(CalendarWeek(day: day + 3) == week || CalendarWeek(day: day - 3) == week)
            last = week
        }
        #expect(CalendarWeek(day: .max) > last && CalendarWeek(day: .min).year < 0)
    }

    @Test(
        "SCAN-017 coverage is the share of scans that found the very item, by category and week, with what people said")
    func coverage() {
        func scan(_ day: Int, _ category: String, _ isFound: Bool, _ feedback: Bool? = nil) -> ScanRecord {
            ScanRecord(id: "s", day: day, category: category, isFound: isFound, feedback: feedback)
        }
        let coverage = Coverage([
            scan(4, "bags", true, true), scan(5, "bags", true, false), scan(6, "bags", true),
            scan(10, "bags", false, false),
            scan(10, "shoes", true), scan(11, "bags", false),
        ])
        #expect(
            coverage.cells.map { "\($0.week) \($0.category)" } == ["1970-W03 bags", "1970-W02 bags", "1970-W02 shoes"])
        #expect(coverage.cells[1].share == 0.75 && coverage.cells[1].confirmed == 0.5 && coverage.cells[0].share == 0)
        #expect(coverage.cells[2].confirmed == nil && coverage.share(in: CalendarWeek(day: 4)) == 0.8)
        #expect(coverage.share(in: CalendarWeek(day: 400)) == nil && Coverage([]).cells.isEmpty)
    }

    @Test("SCAN-033 scans of things that the catalogue lacks gather to gaps with samples and category")
    func gaps() throws {
        var planted = Planted(seed: 8)
        let things = (0..<3).map { _ in planted.direction(24) }
        var scans: [(record: ScanRecord, vector: [Float])] = []
        func add(_ id: String, _ vector: [Float], _ category: String, visitor: String, isFound: Bool = false) {
            scans.append((ScanRecord(id: id, day: 0, category: category, isFound: isFound, visitor: visitor), vector))
        }
        for at in 0..<31 {
            add("a\(at)", planted.near(things[0], noise: 0.3), at % 5 == 0 ? "toys" : "bags", visitor: "v\(at % 9)")
        }
        for at in 0..<12 { add("b\(at)", planted.near(things[1], noise: 0.3), "shoes", visitor: "v\(at)") }
        // One person who scans a thing again and again, things that were found, and single scans.
        for at in 0..<40 { add("c\(at)", planted.near(things[2], noise: 0.3), "food", visitor: "one") }
        for at in 0..<20 {
            add("d\(at)", planted.near(things[1], noise: 0.3), "shoes", visitor: "w\(at)", isFound: true)
        }
        for at in 0..<10 { add("e\(at)", planted.direction(24), "books", visitor: "x\(at)") }
        add("sick", [Float](repeating: 0, count: 24), "bags", visitor: "y")
        let gaps = CatalogueGap.gaps(among: planted.shuffled(scans))
        #expect(gaps.map(\.count) == [12, 31] && gaps.map(\.visitors) == [12, 9])
        #expect(gaps.map(\.category) == ["shoes", "bags"])
        for gap in gaps {
            #expect(gap.samples.count == 6 && Set(gap.samples).isSubset(of: Set(gap.scans)))
        }
        let centres = try #require(UnitVectors([gaps[0].centre, things[1]]))
        #expect(centres.similarity(0, 1) > 0.97)
        #expect(CatalogueGap.gaps(among: []).isEmpty)
    }
}
