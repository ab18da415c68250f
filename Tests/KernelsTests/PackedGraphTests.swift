import Kernels
import Testing

@Suite("Graphs that come from files")
struct PackedGraphTests {
    private func level(
        count: Int, degree: Int, width: Int = 3, links: [Int], rows: [UInt32] = [], down: [UInt32] = []
    ) -> PackedGraph.Level {
        let bytes = Column<UInt8>(count: count * degree * width + 4)
        for (index, link) in links.enumerated() {
            for byte in 0..<width { bytes[index * width + byte] = UInt8(link >> (8 * byte) & 255) }
        }
        let rowColumn = Column<UInt32>(count: rows.count)
        for (index, row) in rows.enumerated() { rowColumn[index] = row }
        let downColumn = Column<UInt32>(count: down.count)
        for (index, place) in down.enumerated() { downColumn[index] = place }
        return PackedGraph.Level(
            count: count, degree: degree, width: width, links: bytes, rows: rowColumn, down: downColumn)
    }

    @Test("a graph whose numbers lead to rows is sound", arguments: [3, 4])
    func sound(width: Int) {
        let ground = level(count: 3, degree: 2, width: width, links: [1, 2, 0, 2, 0, 2])
        let upper = level(count: 1, degree: 2, width: width, links: [0, 0], rows: [2])
        #expect(PackedGraph.areSound([ground, upper], rowCount: 3))
        #expect(PackedGraph(levels: [ground, upper]).reachable() == 3)
        #expect(ground.neighbours(of: 2) == [0])
    }

    @Test("one that leads elsewhere is not")
    func unsound() {
        let ground = level(count: 3, degree: 2, links: [1, 2, 0, 2, 0, 2])
        let outside = level(count: 3, degree: 2, links: [1, 3, 0, 2, 0, 2])
        let strange = level(count: 1, degree: 2, links: [0, 0], rows: [3])
        let deep = level(count: 1, degree: 1, links: [0], rows: [0], down: [1])
        let upper = level(count: 1, degree: 1, links: [0], rows: [0])
        #expect(!PackedGraph.areSound([], rowCount: 0))
        #expect(!PackedGraph.areSound([outside], rowCount: 3))
        #expect(!PackedGraph.areSound([ground], rowCount: 4))
        #expect(!PackedGraph.areSound([ground, strange], rowCount: 3))
        #expect(!PackedGraph.areSound([ground, upper, deep], rowCount: 3))
        #expect(!PackedGraph.areSound([ground, upper, upper], rowCount: 3))
    }

    @Test("rows cut off by pruning are linked again")
    func duplicates() {
        let table = CodeTable(.int12, .cosine, dimensions: 8, count: 500)
        let vector: [Float] = [1, 0, 0, 0, 0, 0, 0, 0]
        for row in 0..<500 { table.encode(vector.span, row: row) }
        let builder = GraphBuilder(table, parameters: GraphParameters(degree: 4, groundDegree: 4, effort: 10), seed: 1)
        #expect(builder.insert(atMost: 500) == 500)
        #expect(builder.finish().reachable() == 500)
    }
}
