import Kernels

/// How a segment finds neighbours.
enum SegmentStructure: Sendable {
    /// By looking at all rows.
    case flat
    /// By looking at the rows of the lists whose centres are nearest. Rows lie list after list.
    case lists(InvertedLists)
    /// By walking a graph.
    case graph(PackedGraph)

    var kind: VectorIndexKind {
        switch self {
        case .flat: .flat
        case .lists: .ivf
        case .graph: .hnsw
        }
    }
}

/// The kinds of structure that find neighbours.
public enum VectorIndexKind: String, Sendable, CaseIterable {
    /// Every vector is looked at: exact, and fastest for few.
    case flat
    /// Lists around centres: built in seconds, slower to search than a graph.
    case ivf
    /// A navigable graph: fastest to search.
    case hnsw
}

/// The lists of an IVF segment.
struct InvertedLists: Sendable {
    /// The centres, as codes of the same encoding.
    let centres: CodeTable
    /// The first row of each list, and the number of rows at the end.
    let starts: Column<UInt32>

    func rows(of list: Int) -> Range<Int> { Int(starts[list])..<Int(starts[list + 1]) }
}

/// An unchanging run of rows with what finds neighbours among them.
struct Segment: Sendable {
    let table: RowTable
    let structure: SegmentStructure
    /// The search effort at which the target recall was reached when it was built.
    let tunedEffort: Int

    var count: Int { table.count }

    /// Puts the segment's nearest rows into the scratch, ranked. Its query must be prepared.
    ///
    /// - Parameters:
    ///   - wanted: how many hits the caller needs; fewer come only if fewer match.
    ///   - effort: rows kept in a walk, or lists looked into; nil takes the tuned effort.
    func search(
        _ scratch: SearchScratch, wanted: Int, filter: VectorFilter?, removed: RemovedRows, effort: Int?
    ) {
        let candidates = table.codes.encoding.candidates(wanted: wanted)
        let rowFilter = table.filter(filter, removed: removed.count > 0 ? removed.words : [])
        scratch.clear()
        switch structure {
        case .flat: scanAll(scratch, rowFilter, candidates)
        case .lists(let lists): look(into: lists, scratch, rowFilter, candidates, effort ?? tunedEffort)
        case .graph(let graph):
            // What was found by few bits must be enough to rank.
            let least = table.codes.encoding == .int4 ? candidates : wanted
            walk(graph, scratch, rowFilter, wanted, candidates, max(effort ?? tunedEffort, least))
        }
        scratch.rank(table.codes, candidates: candidates)
        if scratch.count < wanted, scratch.count < count, !isExact { rescue(scratch, rowFilter, candidates) }
    }

    private var isExact: Bool { if case .flat = structure { true } else { false } }

    /// Too few were found: perhaps no more match, perhaps the walk missed them.
    private func rescue(_ scratch: SearchScratch, _ filter: RowFilter, _ candidates: Int) {
        scanAll(scratch, filter, candidates)
        scratch.rank(table.codes, candidates: candidates)
    }

    private func scanAll(_ scratch: SearchScratch, _ filter: RowFilter, _ candidates: Int) {
        scratch.clear()
        scratch.scan(table.codes, rows: 0..<count, filter: filter, keep: candidates)
    }

    private func walk(
        _ graph: PackedGraph, _ scratch: SearchScratch, _ filter: RowFilter, _ wanted: Int, _ candidates: Int,
        _ effort: Int
    ) {
        guard !filter.isOpen else { return scratch.walk(graph, table.codes, effort: effort) }
        let plan = FilterPlan(rows: count, share: filter.share(of: count), effort: effort)
        switch plan {
        case .scan: scanAll(scratch, filter, candidates)
        case .walk(let effort, let budget):
            let before = scratch.evaluated
            scratch.walk(graph, table.codes, effort: effort, filter: filter, budget: budget)
            // What matches lies far from the query: what was found until here need not be the nearest of it.
            if scratch.evaluated - before >= UInt64(budget) { scanAll(scratch, filter, candidates) }
        }
    }

    private func look(
        into lists: InvertedLists, _ scratch: SearchScratch, _ filter: RowFilter, _ candidates: Int, _ probes: Int
    ) {
        var (probes, wanted) = (probes, 0.0)
        if !filter.isOpen {
            // The neighbours that pass lie further out, by about the root of the share in every direction.
            let share = filter.share(of: count)
            if share < 0.1 { return scanAll(scratch, filter, candidates) }
            wanted = 1.5 * Double(probes) * Double(count) / Double(max(1, lists.centres.count))
            probes = Int(1.5 * Double(probes) / share)
        }
        scratch.scan(
            lists.centres, rows: 0..<lists.centres.count, filter: RowFilter(), keep: min(probes, lists.centres.count))
        let chosen = (0..<scratch.count).map { scratch.row($0) }
        scratch.clear()
        let before = scratch.evaluated
        for list in chosen {
            scratch.scan(table.codes, rows: lists.rows(of: list), filter: filter, keep: candidates)
        }
        // Fewer than elsewhere pass here: what matches lies far from the query, in any list.
        if Double(scratch.evaluated - before) < 0.8 * wanted { scanAll(scratch, filter, candidates) }
    }
}

extension CodeEncoding {
    /// How many rows that were found by their codes are ranked by all their bits where `wanted` are asked for: the fewer
    /// bits found them, the more.
    func candidates(wanted: Int) -> Int { self == .int4 ? max(30, 3 * wanted) : 2 * wanted + 10 }
}

/// Whether a filtered search walks the graph or looks at every matching row.
enum FilterPlan: Equatable {
    case scan
    case walk(effort: Int, budget: Int)

    /// Costs in distances of a scan, from measurements: a row's attributes cost a fiftieth of one, a place that the walk
    /// goes through some ninety, because its dozen new rows lie apart in memory: of 100,000 clustered vectors of 128
    /// numbers (`vitrine index bench --filters`, effort 12) walk and scan take the same time where 18 to 19 of 100 pass.
    /// Of those places the share passes. A walk may cost as much as the scan that follows if it was in vain.
    init(rows: Int, share: Double, effort: Int) {
        let scan = Double(rows) * (0.02 + share)
        let widened = Double(effort) * 2.5 * min(2, 1 / max(share, 0.01)).squareRoot()
        let walk = widened / max(share, 0.001) * 90
        self = scan <= walk ? .scan : .walk(effort: Int(widened), budget: max(1000, Int(scan / 3)))
    }
}
