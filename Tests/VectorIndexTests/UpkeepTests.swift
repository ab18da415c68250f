import Testing

@testable import VectorIndex

@Suite("What is due by the clock")
struct UpkeepTests {
    private static let hour: Int64 = 3_600_000
    private static let start: Int64 = 1_700_000_000_000
    private static let options = VectorIndexOptions(
        kind: .hnsw, degree: 4, groundDegree: 4, buildEffort: 8, syncsWrites: false, measuresAtHour: nil)

    private static func index(_ folder: TemporaryFolder, _ options: VectorIndexOptions = options) throws -> VectorIndex
    {
        var samples = Samples(seed: 71, dimensions: 6)
        return try built(
            samples.vectors(60), in: folder, schema: VectorSchema(dimensions: 6), options: options
        ).0
    }

    @Test("SCAN-126 a day after a removal was noticed its bytes leave all files, though nobody had the index open")
    func day() async throws {
        let folder = TemporaryFolder()
        var index = try Self.index(folder)
        #expect(
            try await index.maintain(now: Self.start) == VectorIndexUpkeep(compacted: false, recall: nil, nextDue: nil))
        try await index.remove(7)
        var upkeep = try await index.maintain(now: Self.start + Self.hour)
        #expect(upkeep == VectorIndexUpkeep(compacted: false, recall: nil, nextDue: Self.start + 25 * Self.hour))
        #expect(index.removedSince == Self.start + Self.hour)
        await index.close()
        #expect(!VectorIndex.verify(at: folder.path, absent: 7).problems.isEmpty)
        index = try VectorIndex.open(at: folder.path, options: Self.options)
        upkeep = try await index.maintain(now: Self.start + 25 * Self.hour - 1)
        #expect(!upkeep.compacted)
        upkeep = try await index.maintain(now: Self.start + 25 * Self.hour)
        #expect(upkeep == VectorIndexUpkeep(compacted: true, recall: nil, nextDue: nil))
        #expect(index.removedSince == nil)
        #expect(VectorIndex.verify(at: folder.path, absent: 7).problems == [])
        #expect(index.count == 59)
    }

    @Test("SCAN-126 a vector that was added and removed before it came into a segment leaves the log")
    func memory() async throws {
        let folder = TemporaryFolder()
        let index = try Self.index(folder)
        try await index.put(VectorItem(id: 500, vector: [1, 2, 3, 4, 5, 6]))
        try await index.remove(500)
        try await index.maintain(now: Self.start)
        #expect(VectorIndex.verify(at: folder.path, absent: 500).problems.count == 1)
        #expect(try await index.maintain(now: Self.start + 24 * Self.hour).compacted)
        #expect(VectorIndex.verify(at: folder.path, absent: 500).problems == [])
    }

    @Test("SCAN-126 neither flushes nor merges nor a clock that is set back put the compaction off")
    func putOff() async throws {
        let folder = TemporaryFolder()
        let index = try Self.index(folder)
        try await index.remove(1)
        try await index.maintain(now: Self.start)
        for round in 0..<20 as Range<UInt64> {
            try await index.put(VectorItem(id: 1000 + round, vector: [1, 2, 3, 4, 5, Float(round)]))
            try await index.remove(20 + round)
            try await index.flush()
            _ = try await index.maintain(now: Self.start + Int64(round) * Self.hour)
        }
        try await index.settle()
        // Merges may have taken all that was removed so far; this is there still.
        try await index.remove(45)
        #expect(try await index.maintain(now: Self.start - 40 * Self.hour).compacted == false)
        let since = try #require(index.removedSince)
        #expect(since <= Self.start - 40 * Self.hour)
        #expect(try await index.maintain(now: since + 24 * Self.hour).compacted)
        for id in Array(20..<40) + [45] as [UInt64] {
            #expect(VectorIndex.verify(at: folder.path, absent: id).problems == [])
        }
        #expect(try await index.maintain(now: since + 25 * Self.hour).compacted == false)
    }

    @Test("SCAN-127 recall is measured at once and then once a night, and every measurement is kept")
    func nights() async throws {
        let folder = TemporaryFolder()
        var options = Self.options
        options.measuresAtHour = 2
        let index = try Self.index(folder, options)
        let day = 24 * Self.hour
        let midnight = Self.start / day * day
        let first = try await index.maintain(now: midnight + Self.hour)
        #expect(first.recall?.measuredAt == midnight + Self.hour)
        #expect(first.nextDue == midnight + 2 * Self.hour)
        #expect(try await index.maintain(now: midnight + 2 * Self.hour - 1).recall == nil)
        #expect(try await index.maintain(now: midnight + 2 * Self.hour).recall != nil)
        #expect(try await index.maintain(now: midnight + 20 * Self.hour).recall == nil)
        // What customers asked is searched for first; what is no vector of the index is passed over.
        let asked: [[Float]] = [[1, 2, 3, 4, 5, 6], [6, -5, 4, 3, -2, 1], [1], [0, 0, 0, 0, 0, 0]]
        let late = try await index.maintain(now: midnight + 4 * day) { asked }
        #expect(late.recall?.asked == 2 && late.recall?.queries == 200)
        #expect(first.recall?.asked == 0 && first.recall?.queries == 200)
        #expect(
            index.recallHistory.map(\.measuredAt) == [
                midnight + Self.hour, midnight + 2 * Self.hour, midnight + 4 * day,
            ])
        let reading = try VectorIndex.openForReading(at: folder.path)
        #expect(reading.recallHistory == index.recallHistory)
        #expect(reading.lastRecall == index.recallHistory.last)
        await #expect(throws: VectorIndexError.self) { try await reading.maintain(now: midnight) }
    }

    @Test("an empty index has nothing due, and times that no clock tells do no harm")
    func edges() async throws {
        let folder = TemporaryFolder()
        let index = try VectorIndex.create(at: folder.path, schema: VectorSchema(dimensions: 2))
        #expect(try await index.maintain(now: Self.start).nextDue == nil)
        #expect(VectorIndex.next(hour: 2, after: .max) == .min)
        #expect(VectorIndex.next(hour: 2, after: -5) == .min)
        #expect(VectorIndex.next(hour: 2, after: 0) == 2 * Self.hour)
        try await index.put(VectorItem(id: 1, vector: [1, 0]))
        try await index.remove(1)
        try await index.maintain(now: .min)
        #expect(try await index.maintain(now: .max).compacted)
        #expect(throws: VectorIndexError.self) {
            try VectorIndexOptions(compactsAfterHours: -1).checked()
        }
        #expect(throws: VectorIndexError.self) { try VectorIndexOptions(measuresAtHour: 24).checked() }
    }
}
