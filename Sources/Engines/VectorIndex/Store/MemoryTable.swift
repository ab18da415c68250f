import Kernels

/// Newly written rows, which every search looks at. Room for a fixed number of them is made at once; the writer fills a
/// row before a snapshot counts it, and never writes it again.
final class MemoryTable: Sendable {
    let codes: CodeTable
    let ids: Column<UInt64>
    let attributes: AttributeColumns

    init(_ schema: VectorSchema, capacity: Int) {
        codes = CodeTable(
            schema.encoding.code, schema.metric.kind, dimensions: schema.dimensions, count: capacity)
        ids = Column(count: capacity)
        attributes = AttributeColumns(room: capacity)
    }

    var capacity: Int { ids.count }

    func write(_ item: VectorItem, row: Int) {
        codes.encode(item.vector.span, row: row)
        ids[row] = item.id
        attributes[row] = item.attributes
    }

    /// The filter for its rows.
    func filter(_ filter: VectorFilter?, removed: [UInt64]) -> RowFilter {
        RowTable(codes: codes, ids: .wide(ids), attributes: attributes, isOrdered: false)
            .filter(filter, removed: removed)
    }
}
