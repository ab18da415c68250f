/// Nearest codes both ways by cells: codes of both pictures are put into the cells of their nearest of √n middles, and only
/// what shares a cell is compared, exhaustively; several tables of other middles find what the border of a cell parts.
///
/// A coarse quantiser as inverted files have it (Jégou, Douze and Schmid 2011), with one probe a table, so that both ways
/// come out of one pass of the exhaustive kernel over each cell.
package struct CodeCells: Sendable {
    /// Tables.
    package var tables = 4
    /// Rounds of k-means in which middles are made.
    package var rounds = 2
    /// Codes for each middle that k-means sees.
    package var sample = 16

    /// A search with the usual settings.
    package init() {}

    /// As `nearestCodes`, for nearly all codes that have a near one; -1 where nothing shared a cell.
    package func nearest(_ a: PackedCodes, _ b: PackedCodes) -> (forward: [NearestCode], backward: [Int]) {
        guard a.count > 0, b.count > 0 else { return ([], []) }
        let count = max(1, Int(Double(max(a.count, b.count)).squareRoot()))
        var rows = [NearestCode](
            repeating: NearestCode(index: -1, best: .max, second: .max), count: a.count)
        var columns = [(index: Int, best: Int32)](repeating: (-1, .max), count: b.count)
        for table in 0..<tables {
            let middles = middles(b, count: count, table: table)
            let (left, right) = (Self.members(a, middles), Self.members(b, middles))
            for cell in 0..<middles.count where !left[cell].isEmpty && !right[cell].isEmpty {
                let found = nearestCodesWithDistances(a.picked(left[cell]), b.picked(right[cell]))
                for (place, nearest) in found.forward.enumerated() where nearest.index >= 0 {
                    let row = left[cell][place]
                    rows[row] = Self.joined(rows[row], nearest, number: right[cell][nearest.index])
                }
                for (place, nearest) in found.backward.enumerated() {
                    let column = right[cell][place]
                    if nearest.best < columns[column].best {
                        columns[column] = (left[cell][nearest.index], nearest.best)
                    }
                }
            }
        }
        return (rows, columns.map(\.index))
    }

    /// Two answers for one code made into one; the same code may be in both.
    private static func joined(_ known: NearestCode, _ new: NearestCode, number: Int) -> NearestCode {
        if known.index == number {
            return NearestCode(index: number, best: known.best, second: min(known.second, new.second))
        }
        if new.best < known.best {
            return NearestCode(index: number, best: new.best, second: min(known.best, new.second))
        }
        return NearestCode(index: known.index, best: known.best, second: min(known.second, new.best))
    }

    /// The numbers of the codes in each cell.
    private static func members(_ codes: PackedCodes, _ middles: PackedCodes) -> [[Int]] {
        var cells = [[Int]](repeating: [], count: middles.count)
        for (code, nearest) in nearestCodes(codes, middles).forward.enumerated() { cells[nearest.index].append(code) }
        return cells
    }

    private func middles(_ codes: PackedCodes, count: Int, table: Int) -> PackedCodes {
        let wanted = min(codes.count, count * sample)
        // Each table sees codes of its own, evenly over the picture.
        let seen = codes.picked((0..<wanted).map { ($0 * codes.count / wanted + table * 7919) % codes.count })
        var middles = seen.picked((0..<min(count, wanted)).map { $0 * wanted / min(count, wanted) })
        for _ in 0..<rounds {
            var sums = [Int32](repeating: 0, count: middles.count * 128)
            var counts = [Int32](repeating: 0, count: middles.count)
            let nearest = nearestCodes(seen, middles).forward
            for (code, found) in nearest.enumerated() {
                counts[found.index] += 1
                for d in 0..<128 { sums[found.index * 128 + d] += Int32(seen.rows[code * 128 + d]) }
            }
            var rows = middles.rows
            for cell in counts.indices where counts[cell] > 0 {
                for d in 0..<128 {
                    rows[cell * 128 + d] = UInt8((sums[cell * 128 + d] + counts[cell] / 2) / counts[cell])
                }
            }
            middles = PackedCodes(rows: rows)
        }
        return middles
    }
}

extension PackedCodes {
    /// Codes of the given rows.
    init(rows: [UInt8]) {
        let norms = stride(from: 0, to: rows.count, by: 128).map { row in
            (row..<(row + 128)).reduce(Int32(0)) { $0 + Int32(rows[$1]) * Int32(rows[$1]) }
        }
        self.init(rows: rows, norms: norms)
    }

    /// The codes of the given numbers.
    func picked(_ numbers: [Int]) -> PackedCodes {
        var picked: [UInt8] = []
        picked.reserveCapacity(numbers.count * 128)
        for number in numbers { picked.append(contentsOf: rows[(number * 128)..<(number * 128 + 128)]) }
        return PackedCodes(rows: picked, norms: numbers.map { norms[$0] })
    }
}
