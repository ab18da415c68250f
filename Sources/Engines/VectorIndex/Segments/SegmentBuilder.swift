import Kernels

/// Turns rows into a segment.
struct SegmentBuilder {
    let options: VectorIndexOptions
    /// Called with the share that is done; false stops.
    let progress: (Double) -> Bool

    /// A segment of rows whose ids ascend.
    func build(_ table: RowTable) throws(VectorIndexError) -> Segment {
        let kind = table.count < 4 ? .flat : options.choice(rows: table.count).kind
        let segment: Segment
        switch kind {
        case .flat: return Segment(table: table, structure: .flat, tunedEffort: 1)
        case .hnsw: segment = try graph(table)
        case .ivf: segment = try lists(table)
        }
        return EffortTuning(segment, options: options).tuned()
    }

    private func graph(_ table: RowTable) throws(VectorIndexError) -> Segment {
        let builder = GraphBuilder(table.codes, parameters: options.graphParameters, seed: options.seed)
        var done = 0
        while done < table.count {
            done = builder.insert(atMost: 1000)
            guard progress(Double(done) / Double(table.count)) else { throw .cancelled }
        }
        return Segment(table: table, structure: .graph(builder.finish()), tunedEffort: 64)
    }

    private func lists(_ table: RowTable) throws(VectorIndexError) -> Segment {
        var builder = InvertedListsBuilder(table.codes, seed: options.seed)
        var round = 0.0
        let (centres, listOf) = try builder.build {
            round += 1
            return progress(round / 10)
        }
        let order = (0..<table.count).sorted { (listOf[$0], $0) < (listOf[$1], $1) }
        let codes = CodeTable(
            table.codes.encoding, table.codes.kind, dimensions: table.codes.dimensions, count: table.count)
        for (row, source) in order.enumerated() { codes.copyRow(row, from: table.codes, row: source) }
        let starts = Column<UInt32>(count: centres.count + 1)
        for list in listOf { starts[list + 1] += 1 }
        for list in 0..<centres.count { starts[list + 1] += starts[list] }
        let sorted = RowTable(
            codes: codes, ids: IDColumn(order.map { table.ids[$0] }),
            attributes: AttributeColumns(order.map { table.attributes[$0] }))
        guard progress(1) else { throw .cancelled }
        return Segment(
            table: sorted, structure: .lists(InvertedLists(centres: centres, starts: starts)), tunedEffort: 24)
    }
}
