import Testing

@testable import VectorIndex

@Suite("Recall on the owner's data")
struct RecallMonitorTests {
    @Test("SCAN-127 recall is measured with its interval, stored, and raises the effort where it is below the target")
    func monitor() async throws {
        let folder = TemporaryFolder()
        var samples = Samples(seed: 41, dimensions: 24)
        let vectors = samples.vectors(3000)
        // A poor graph, so that the effort tuned on stored vectors is too small for other queries.
        let poor = VectorIndexOptions(
            kind: .hnsw, degree: 4, groundDegree: 6, buildEffort: 12, targetRecall: 0.5)
        let (index, flat) = try built(vectors, in: folder, schema: VectorSchema(dimensions: 24), options: poor)
        let queries = samples.vectors(100)
        let truth = try recall(index, flat, queries: queries)
        let report = try index.measureRecall(k: 10, queries: queries)
        #expect(abs(report.recall - truth) < 0.02)
        #expect(report.interval.contains(report.recall))
        #expect((report.queries, report.k, report.vectors) == (100, 10, 3000))
        #expect(index.lastRecall == report)
        #expect(report.raisedEffort == 0)
        await index.close()
        var options = poor
        options.targetRecall = 0.95
        let strict = try VectorIndex.open(at: folder.path, options: options)
        let raised = try strict.measureRecall(k: 10, queries: queries)
        #expect(raised.recall < 0.95)
        #expect(raised.raisedEffort > 0)
        #expect(try recall(strict, flat, queries: queries) > raised.recall)
        #expect(try VectorIndex.openForReading(at: folder.path).lastRecall == raised)
    }

    @Test("without queries recent searches are repeated, and stored vectors where there are too few")
    func sampled() throws {
        let folder = TemporaryFolder()
        var samples = Samples(seed: 42, dimensions: 8)
        let (index, _) = try built(
            samples.vectors(500), in: folder, schema: VectorSchema(dimensions: 8),
            options: VectorIndexOptions(kind: .hnsw))
        for query in samples.vectors(64) { _ = try index.search(query, k: 3) }
        #expect(index.sample.recent.count == 4)
        let report = try index.measureRecall()
        #expect(report.queries == 200)
        #expect(report.recall >= 0.95)
    }

    @Test("Wilson's interval of known counts")
    func interval() {
        let middle = VectorIndex.interval(50, of: 100)
        #expect(abs(middle.lowerBound - 0.4038) < 0.0005 && abs(middle.upperBound - 0.5962) < 0.0005)
        #expect(VectorIndex.interval(10, of: 10).upperBound == 1)
    }
}
