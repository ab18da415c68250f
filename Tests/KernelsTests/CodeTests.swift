import Basics
import Kernels
import Testing

@Suite("Codes of vectors and walks over them")
struct CodeTests {
    private func vectors(_ count: Int, _ dimensions: Int, seed: UInt64) -> [[Float]] {
        var random = SeededRandom(seed: seed)
        return (0..<count).map { _ in (0..<dimensions).map { _ in Float.random(in: -1...1, using: &random) } }
    }

    private func table(
        _ vectors: [[Float]], _ encoding: CodeEncoding, _ kind: DistanceKind = .euclidean
    ) -> CodeTable {
        let table = CodeTable(encoding, kind, dimensions: vectors[0].count, count: vectors.count)
        for (row, vector) in vectors.enumerated() { table.encode(vector.span, row: row) }
        return table
    }

    @Test(
        "what is stored differs from the vector by at most a 2,032nd or a 1,792nd of its largest value",
        arguments: [1, 3, 64, 65, 129, 300],
        [(CodeEncoding.int12, 127 * 16), (.int4, 7 * 256)] as [(CodeEncoding, Float)])
    func bound(dimensions: Int, steps: (encoding: CodeEncoding, count: Float)) {
        let all = vectors(20, dimensions, seed: 1) + [[Float](repeating: 0, count: dimensions)]
        let codes = table(all, steps.encoding)
        for (row, vector) in all.enumerated() {
            let largest = vector.map { abs($0) }.max() ?? 0
            for (stored, value) in zip(codes.decode(row: row), vector) {
                // Half a step, and a whole one where the last step would be one too many.
                #expect(abs(stored - value) <= largest / steps.count * 1.01 + 1e-9)
            }
        }
    }

    @Test(
        "scans and walks find the same in every variant, for every kind and encoding",
        arguments: CodeEncoding.allCases, DistanceKind.allCases)
    func variants(encoding: CodeEncoding, kind: DistanceKind) {
        for dimensions in [1, 31, 64, 130] {
            let codes = table(vectors(400, dimensions, seed: 2), encoding, kind)
            let builder = GraphBuilder(codes, parameters: GraphParameters(), seed: 3)
            #expect(builder.insert(atMost: 1000) == 400)
            let graph = builder.finish()
            #expect(PackedGraph.areSound(graph.levels, rowCount: 400))
            #expect(graph.reachable() == 400)
            for query in vectors(5, dimensions, seed: 4) {
                let outcomes = KernelVariant.supported.map { variant in
                    found(codes, graph, query, variant: variant)
                }
                for outcome in outcomes {
                    #expect(zip(outcome.scan, outcomes[0].scan).allSatisfy { abs($0 - $1) <= 2e-3 })
                    #expect(zip(outcome.walk, outcomes[0].walk).allSatisfy { abs($0 - $1) <= 2e-3 })
                }
            }
        }
    }

    /// Distances of the ten nearest.
    private func found(
        _ codes: CodeTable, _ graph: PackedGraph, _ query: [Float], variant: KernelVariant
    ) -> (scan: [Float], walk: [Float]) {
        let scratch = SearchScratch()
        scratch.prepare(query.span, encoding: codes.encoding, kind: codes.kind)
        scratch.scan(codes, rows: 0..<codes.count, filter: RowFilter(), keep: 30, variant: variant)
        scratch.rank(codes, candidates: 30, variant: variant)
        let scan = (0..<10).map { scratch.distance($0) }
        scratch.walk(graph, codes, effort: 400, variant: variant)
        scratch.rank(codes, candidates: 30, variant: variant)
        return (scan, (0..<10).map { scratch.distance($0) })
    }

    @Test("ranked distances are those of the decoded vectors", arguments: CodeEncoding.allCases, DistanceKind.allCases)
    func ranking(encoding: CodeEncoding, kind: DistanceKind) {
        let codes = table(vectors(100, 40, seed: 5), encoding, kind)
        let query = vectors(1, 40, seed: 6)[0]
        let scratch = SearchScratch()
        scratch.prepare(query.span, encoding: encoding, kind: kind)
        scratch.scan(codes, rows: 0..<100, filter: RowFilter(), keep: 100)
        scratch.rank(codes, candidates: 100)
        for hit in 0..<100 {
            let vector = codes.decode(row: scratch.row(hit))
            let dot = dotProduct(query.span, vector.span)
            let expected: Float =
                switch kind {
                case .cosine: 1 - dot
                case .innerProduct: -dot
                case .euclidean: squaredDistance(query.span, vector.span)
                }
            #expect(abs(scratch.distance(hit) - expected) <= 1e-3)
        }
    }

    @Test("a scan in pieces keeps what one over everything keeps, and a filter lets through what it says")
    func pieces() {
        let codes = table(vectors(300, 24, seed: 7), .int12)
        let query = vectors(1, 24, seed: 8)[0]
        var filter = RowFilter(removed: [UInt64](repeating: 0x5555_5555_5555_5555, count: 5))
        filter.prices = Column(count: 300)
        for row in 0..<300 { filter.prices?[row] = UInt32(row) }
        filter.price = 50...249
        let scratch = SearchScratch()
        scratch.prepare(query.span, encoding: .int12, kind: .euclidean)
        scratch.scan(codes, rows: 0..<300, filter: filter, keep: 20)
        let whole = (0..<scratch.count).map { scratch.row($0) }
        #expect(whole.count == 20)
        #expect(whole.allSatisfy { $0 % 2 == 1 && (50...249).contains($0) && filter.passes($0) })
        scratch.clear()
        for start in stride(from: 0, to: 300, by: 37) {
            scratch.scan(codes, rows: start..<min(300, start + 37), filter: filter, keep: 20)
        }
        #expect((0..<scratch.count).map { scratch.row($0) } == whole)
        #expect(abs(filter.share(of: 300) - 1.0 / 3) < 0.02)
    }
}
