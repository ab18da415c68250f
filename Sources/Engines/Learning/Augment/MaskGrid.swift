/// A square of yes and no, made tidy: thin threads off, one piece, no holes.
struct MaskGrid: Hashable, Sendable {
    /// The cells, row by row.
    private(set) var cells: [Bool]
    /// Cells along a side.
    let side: Int

    /// A grid of `side * side` cells; missing ones are no.
    init(_ cells: [Bool], side: Int) {
        let missing = max(0, side * side - cells.count)
        self.cells = Array(cells.prefix(side * side)) + [Bool](repeating: false, count: missing)
        self.side = side
    }

    /// How many cells are yes.
    var count: Int { cells.count { $0 } }

    /// What is left of squares of 3 x 3 that fit in.
    func opened() -> MaskGrid { around(all: true).around(all: false) }

    /// The largest piece, over the four sides of cells.
    func largest() -> MaskGrid {
        var seen = [Bool](repeating: false, count: cells.count)
        var best: [Int] = []
        for start in cells.indices where cells[start] && !seen[start] {
            let piece = flood(from: [start], over: true, &seen)
            if piece.count > best.count { best = piece }
        }
        var kept = [Bool](repeating: false, count: cells.count)
        for at in best { kept[at] = true }
        return MaskGrid(kept, side: side)
    }

    /// Without holes: what cannot be reached from the border is yes.
    func filled() -> MaskGrid {
        let border = cells.indices.filter { at in
            at < side || at >= cells.count - side || at % side == 0 || at % side == side - 1
        }
        var seen = [Bool](repeating: false, count: cells.count)
        _ = flood(from: border.filter { !cells[$0] }, over: false, &seen)
        return MaskGrid(seen.map { !$0 }, side: side)
    }

    /// For each cell whether all, or any, of the nine around it are yes; beyond the edge is no.
    private func around(all: Bool) -> MaskGrid {
        let found = cells.indices.map { at -> Bool in
            let (x, y) = (at % side, at / side)
            for down in (y - 1)...(y + 1) {
                for across in (x - 1)...(x + 1) {
                    let isInside = (0..<side).contains(across) && (0..<side).contains(down)
                    let isYes = isInside && cells[down * side + across]
                    if isYes != all { return !all }
                }
            }
            return all
        }
        return MaskGrid(found, side: side)
    }

    private func flood(from seeds: [Int], over value: Bool, _ seen: inout [Bool]) -> [Int] {
        var open = seeds.filter { !seen[$0] && cells[$0] == value }
        for at in open { seen[at] = true }
        var piece: [Int] = []
        while let at = open.popLast() {
            piece.append(at)
            let x = at % side
            for next in [at - side, at + side, x > 0 ? at - 1 : -1, x < side - 1 ? at + 1 : -1]
            where cells.indices.contains(next) && !seen[next] && cells[next] == value {
                seen[next] = true
                open.append(next)
            }
        }
        return piece
    }
}
