import Kernels

/// The writer's view of an index: what the next snapshot will hold. Only the writer's queue touches it.
struct IndexState {
    let schema: VectorSchema
    var segments: [SegmentState]
    private(set) var memory: MemoryTable
    private(set) var memoryCount = 0
    private(set) var memoryRemoved = RemovedRows()
    /// The row of each live id in the memory table.
    private var memoryRows: [UInt64: Int] = [:]
    var applied: UInt64

    init(schema: VectorSchema, segments: [SegmentState], memoryRows: Int, applied: UInt64) {
        (self.schema, self.segments, self.applied) = (schema, segments, applied)
        memory = MemoryTable(schema, capacity: memoryRows)
    }

    var snapshot: Snapshot {
        Snapshot(
            segments: segments, memory: memory, memoryCount: memoryCount, memoryRemoved: memoryRemoved,
            applied: applied)
    }

    var isMemoryFull: Bool { memoryCount == memory.capacity }

    func contains(_ id: UInt64) -> Bool {
        memoryRows[id] != nil || segments.contains { $0.liveRow(of: id) != nil }
    }

    /// Adds or replaces; there must be room.
    mutating func put(_ item: VectorItem) {
        _ = remove(item.id)
        memory.write(item, row: memoryCount)
        memoryRows[item.id] = memoryCount
        memoryCount += 1
    }

    /// Removes; false if the id was not there.
    mutating func remove(_ id: UInt64) -> Bool {
        if let row = memoryRows.removeValue(forKey: id) {
            return memoryRemoved.insert(row, of: memory.capacity)
        }
        for index in segments.indices {
            guard let row = segments[index].liveRow(of: id) else { continue }
            return segments[index].removed.insert(row, of: segments[index].segment.count)
        }
        return false
    }

    /// The live rows of the memory table, by ascending id.
    func memoryItems() -> RowTable? {
        let rows = memoryRows.sorted { $0.key < $1.key }
        guard !rows.isEmpty else { return nil }
        let codes = CodeTable(
            schema.encoding.code, schema.metric.kind, dimensions: schema.dimensions, count: rows.count)
        for (row, entry) in rows.enumerated() { codes.copyRow(row, from: memory.codes, row: entry.value) }
        return RowTable(
            codes: codes, ids: IDColumn(rows.map(\.key)),
            attributes: AttributeColumns(rows.map { memory.attributes[$0.value] }))
    }

    /// An empty memory table in the place of the old one, which snapshots may still hold.
    mutating func startMemory() {
        memory = MemoryTable(schema, capacity: memory.capacity)
        memoryCount = 0
        memoryRemoved = RemovedRows()
        memoryRows = [:]
    }
}
