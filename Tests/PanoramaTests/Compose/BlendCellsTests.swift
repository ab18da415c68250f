import Basics
import Panorama
import Testing

@Suite("Where bands are wanted")
struct BlendCellsTests {
    @Test("PANO-235 a cell is drawn alone exactly where one photo is shown as far as bands reach", arguments: 0..<6)
    func cells(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        let (width, height, halo) = (64 * 9 + 20, 64 * 6 + 7, 64 * (1 + seed % 2))
        // Boxes of photos, and one part that none shows.
        var labels = [Int16](repeating: Int16(seed % 3) - 1, count: width * height)
        for number in 0..<(seed % 4) {
            let (x, y) = (Int(random.next() % UInt64(width)), Int(random.next() % UInt64(height)))
            for row in y..<min(height, y + 70) {
                for column in x..<min(width, x + 90) { labels[row * width + column] = Int16(number) - 1 }
            }
        }
        let cells = BlendCells(labels: labels, width: width, height: height, halo: halo)
        #expect(cells.columns == 10 && cells.rows == 7)
        var busy: Set<SIMD2<Int>> = []
        for row in 0..<cells.rows {
            let runs = cells.runs(row: row, columns: 0..<cells.columns)
            #expect(runs.flatMap { Array($0.columns) } == Array(0..<cells.columns))
            for run in runs {
                for column in run.columns {
                    var seen: Set<Int16> = []
                    for y in max(0, row * 64 - halo)..<min(height, (row + 1) * 64 + halo) {
                        for x in max(0, column * 64 - halo)..<min(width, (column + 1) * 64 + halo) {
                            if labels[y * width + x] >= 0 { seen.insert(labels[y * width + x]) }
                        }
                    }
                    let expected = seen.count > 1 ? BlendCells.busy : seen.first ?? -1
                    #expect(run.owner == expected, "cell \(column), \(row)")
                    if run.owner == BlendCells.busy { busy.insert(SIMD2(column, row)) }
                }
            }
        }
        let parts = cells.busyParts(columns: 0..<cells.columns, rows: 0..<cells.rows)
        for cell in busy {
            #expect(parts.contains { $0.columns.contains(cell.x) && $0.rows.contains(cell.y) })
        }
        for (one, next) in zip(parts, parts.dropFirst()) {
            #expect(next.columns.lowerBound - one.columns.upperBound > 2 * halo / 64)
        }
    }
}
