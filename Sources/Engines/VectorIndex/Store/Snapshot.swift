import Kernels

/// A segment with the rows of it that are gone.
struct SegmentState: Sendable {
    let segment: Segment
    let file: String
    var removed: RemovedRows

    var liveCount: Int { segment.count - removed.count }

    /// The row of an id that is not gone.
    func liveRow(of id: UInt64) -> Int? {
        guard let row = segment.table.row(of: id), !removed.contains(row) else { return nil }
        return row
    }
}

/// All that a search needs, as it was at one moment. Never changes, so searches need no lock.
final class Snapshot: Sendable {
    let segments: [SegmentState]
    let memory: MemoryTable
    /// Rows of the memory table that belong to the snapshot.
    let memoryCount: Int
    let memoryRemoved: RemovedRows
    /// The owner's counter.
    let applied: UInt64

    init(
        segments: [SegmentState], memory: MemoryTable, memoryCount: Int, memoryRemoved: RemovedRows, applied: UInt64
    ) {
        (self.segments, self.memory, self.memoryCount) = (segments, memory, memoryCount)
        (self.memoryRemoved, self.applied) = (memoryRemoved, applied)
    }

    var liveCount: Int { segments.reduce(memoryCount - memoryRemoved.count) { $0 + $1.liveCount } }

    /// The nearest live rows that pass, nearest first. The scratch is used and left dirty.
    func search(
        _ query: Span<Float>, k: Int, filter: VectorFilter?, effort: Int?, schema: VectorSchema, scratch: SearchScratch
    ) -> [VectorHit] {
        scratch.prepare(query, encoding: schema.encoding.code, kind: schema.metric.kind)
        var hits: [VectorHit] = []
        if memoryCount > 0 {
            scratch.clear()
            let passing = memory.filter(filter, removed: memoryRemoved.count > 0 ? memoryRemoved.words : [])
            let candidates = schema.encoding.code.candidates(wanted: k)
            scratch.scan(memory.codes, rows: 0..<memoryCount, filter: passing, keep: candidates)
            scratch.rank(memory.codes, candidates: candidates)
            for hit in 0..<min(k, scratch.count) {
                hits.append(VectorHit(id: memory.ids[scratch.row(hit)], distance: scratch.distance(hit)))
            }
        }
        for state in segments {
            state.segment.search(scratch, wanted: k, filter: filter, removed: state.removed, effort: effort)
            hits.reserveCapacity(hits.count + k)
            for hit in 0..<min(k, scratch.count) {
                let id = state.segment.table.ids[scratch.row(hit)]
                hits.append(VectorHit(id: id, distance: scratch.distance(hit)))
            }
        }
        if segments.count + (memoryCount > 0 ? 1 : 0) > 1 {
            hits.sort { ($0.distance, $0.id) < ($1.distance, $1.id) }
            if hits.count > k { hits.removeLast(hits.count - k) }
        }
        return hits
    }

    /// A live vector and its attributes.
    func item(_ id: UInt64) -> VectorItem? {
        for row in stride(from: memoryCount - 1, through: 0, by: -1)
        where memory.ids[row] == id && !memoryRemoved.contains(row) {
            return VectorItem(id: id, vector: memory.codes.decode(row: row), attributes: memory.attributes[row])
        }
        for state in segments {
            guard let row = state.liveRow(of: id) else { continue }
            let table = state.segment.table
            return VectorItem(id: id, vector: table.codes.decode(row: row), attributes: table.attributes[row])
        }
        return nil
    }
}
