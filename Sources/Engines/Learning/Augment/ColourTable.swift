/// How often colours occur: a table of 10 x 10 x 10 colours into which each colour falls by shares, smoothed once.
struct ColourTable {
    /// Cells a channel.
    static let cells = 10
    private var shares: [Float]

    /// Where a colour stands in the table: the cell below it, and how far it is on the way to the next.
    struct Place: Hashable, Sendable {
        let cell: Int
        let red: Float
        let green: Float
        let blue: Float

        init(_ colour: MiddleCut.Colour) {
            func split(_ value: Float) -> (cell: Int, rest: Float) {
                let scaled = max(0, min(1, value)) * Float(cells - 1)
                let cell = min(cells - 2, Int(scaled))
                return (cell, scaled - Float(cell))
            }
            let (r, g, b) = (split(colour.red), split(colour.green), split(colour.blue))
            cell = (r.cell * cells + g.cell) * cells + b.cell
            (red, green, blue) = (r.rest, g.rest, b.rest)
        }

        /// The eight cells around, with the share of each.
        func forEachCorner(_ body: (_ cell: Int, _ share: Float) -> Void) {
            for corner in 0..<8 {
                let share =
                    (corner & 4 != 0 ? red : 1 - red) * (corner & 2 != 0 ? green : 1 - green)
                    * (corner & 1 != 0 ? blue : 1 - blue)
                body(cell + (corner >> 2) * cells * cells + (corner >> 1 & 1) * cells + corner & 1, share)
            }
        }
    }

    /// The table of colours with weights; it sums to 1.
    init(_ places: [Place], weights: [Float]) {
        var table = [Float](repeating: 0, count: Self.cells * Self.cells * Self.cells)
        for (place, weight) in zip(places, weights) {
            place.forEachCorner { cell, share in table[cell] += weight * share }
        }
        for stride in [1, Self.cells, Self.cells * Self.cells] { table = Self.smoothed(table, stride) }
        let sum = max(table.reduce(0, +), 1e-12)
        shares = table.map { $0 / sum }
    }

    /// How much of all there is at a place.
    subscript(_ place: Place) -> Float {
        var found: Float = 0
        place.forEachCorner { cell, share in found += share * shares[cell] }
        return found
    }

    /// A quarter, a half, a quarter along one channel; the ends count twice.
    private static func smoothed(_ table: [Float], _ stride: Int) -> [Float] {
        table.indices.map { at in
            let place = at / stride % cells
            let before = table[place > 0 ? at - stride : at]
            let after = table[place < cells - 1 ? at + stride : at]
            return 0.25 * before + 0.5 * table[at] + 0.25 * after
        }
    }
}
