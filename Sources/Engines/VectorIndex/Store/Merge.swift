import Kernels

/// Joins segments into one without their removed rows.
struct Merge {
    /// The segments as they were when the merge began.
    let sources: [SegmentState]

    /// Which segments are worth joining now: nil for none.
    ///
    /// Small segments are joined four at a time, so that each row is copied a few times in its life. A large one takes
    /// part when it is mostly gone or the small ones are a quarter of it: its graph is then built anew.
    static func wanted(_ segments: [SegmentState]) -> Merge? {
        let lossy = segments.filter { $0.removed.count * 4 > $0.segment.count }
        let largest = segments.map(\.liveCount).max() ?? 0
        let small = segments.filter { $0.liveCount < VectorIndexOptions.flatLimit / 4 }
        let rest = segments.filter { $0.liveCount < largest }
        if rest.reduce(0, { $0 + $1.liveCount }) * 4 > largest, segments.count > 3 { return Merge(sources: segments) }
        if small.count >= 4 { return Merge(sources: small) }
        if !lossy.isEmpty {
            return Merge(sources: lossy + small.filter { piece in !lossy.contains { $0.file == piece.file } })
        }
        return segments.count > 12 ? Merge(sources: segments) : nil
    }

    /// The live rows of all sources, by ascending id; nil if none is left.
    func rows() -> RowTable? {
        var entries: [(id: UInt64, source: Int, row: Int)] = []
        entries.reserveCapacity(sources.reduce(0) { $0 + $1.liveCount })
        for (index, source) in sources.enumerated() {
            for row in 0..<source.segment.count where !source.removed.contains(row) {
                entries.append((source.segment.table.ids[row], index, row))
            }
        }
        guard let first = sources.first?.segment.table.codes, !entries.isEmpty else { return nil }
        entries.sort { $0.id < $1.id }
        let codes = CodeTable(first.encoding, first.kind, dimensions: first.dimensions, count: entries.count)
        for (row, entry) in entries.enumerated() {
            codes.copyRow(row, from: sources[entry.source].segment.table.codes, row: entry.row)
        }
        let attributes = entries.map { sources[$0.source].segment.table.attributes[$0.row] }
        return RowTable(
            codes: codes, ids: IDColumn(entries.map(\.id)), attributes: AttributeColumns(attributes),
            isOrdered: true)
    }

    /// Rows of the joined segment that were removed from its sources while it was built.
    func removedSince(_ now: [SegmentState], in merged: Segment) -> RemovedRows {
        var removed = RemovedRows()
        for source in sources {
            guard let state = now.first(where: { $0.file == source.file }) else { continue }
            for (word, bits) in state.removed.words.enumerated() {
                let before = source.removed.words.isEmpty ? 0 : source.removed.words[word]
                var fresh = bits & ~before
                while fresh != 0 {
                    let row = word * 64 + fresh.trailingZeroBitCount
                    fresh &= fresh - 1
                    if let place = merged.table.row(of: source.segment.table.ids[row]) {
                        _ = removed.insert(place, of: merged.count)
                    }
                }
            }
        }
        return removed
    }
}
