/// Which parts of a drawing lie near a seam, in cells of 64 x 64 pixels.
///
/// Bands reach so many pixels and no farther. A cell around which a single photo is shown as far as that looks the same
/// without bands: it is drawn from that photo alone.
package struct BlendCells: Sendable {
    /// Side of a cell in pixels.
    package static let side = 64
    /// Cells across.
    package let columns: Int
    /// Cells down.
    package let rows: Int
    /// For each cell the one photo that is shown around it, -1 where nothing is, ``busy`` where a seam is near.
    private let owners: [Int16]
    private let reach: Int

    /// The owner of a cell that lies near a seam.
    package static let busy = Int16.max

    /// The cells of `width` x `height` pixels.
    ///
    /// - Parameters:
    ///   - labels: The photo that each pixel shows, -1 for none.
    ///   - halo: How many pixels bands reach, a multiple of the cells' side.
    package init(labels: [Int16], width: Int, height: Int, halo: Int) {
        precondition(labels.count == width * height && halo % Self.side == 0)
        let (columns, rows) = ((width + Self.side - 1) / Self.side, (height + Self.side - 1) / Self.side)
        (self.columns, self.rows, reach) = (columns, rows, halo / Self.side)
        var low = [Int16](repeating: Self.busy, count: columns * rows)
        var high = [Int16](repeating: -1, count: columns * rows)
        labels.withUnsafeBufferPointer { labels in
            for row in 0..<height {
                for column in 0..<columns {
                    let from = row * width + column * Self.side
                    let to = row * width + min(width, (column + 1) * Self.side)
                    var (least, most) = (Self.busy, Int16(-1))
                    for at in from..<to {
                        let label = labels[at]
                        least = min(least, label < 0 ? Self.busy : label)
                        most = max(most, label)
                    }
                    let cell = row / Self.side * columns + column
                    low[cell] = min(low[cell], least)
                    high[cell] = max(high[cell], most)
                }
            }
        }
        (low, high) = (
            Self.widened(low, columns, rows, reach, min), Self.widened(high, columns, rows, reach, max)
        )
        owners = zip(low, high).map { $0 == $1 ? $0 : $1 < 0 ? -1 : Self.busy }
    }

    /// The least or greatest of all values within reach of each cell.
    private static func widened(
        _ values: [Int16], _ columns: Int, _ rows: Int, _ reach: Int, _ pick: (Int16, Int16) -> Int16
    ) -> [Int16] {
        var (across, out) = (values, values)
        for row in 0..<rows {
            for column in 0..<columns {
                for near in max(0, column - reach)...min(columns - 1, column + reach) {
                    across[row * columns + column] = pick(across[row * columns + column], values[row * columns + near])
                }
            }
        }
        out = across
        for row in 0..<rows {
            for near in max(0, row - reach)...min(rows - 1, row + reach) {
                for column in 0..<columns {
                    out[row * columns + column] = pick(out[row * columns + column], across[near * columns + column])
                }
            }
        }
        return out
    }

    /// Neighbouring cells of a row of cells with the same owner.
    package struct Run: Sendable {
        /// The photo, -1 for none, or ``busy``.
        package let owner: Int16
        /// The cells' columns.
        package let columns: Range<Int>
    }

    /// The runs of a row of cells, from left to right.
    package func runs(row: Int, columns wanted: Range<Int>) -> [Run] {
        var out: [Run] = []
        var from = wanted.lowerBound
        while from < wanted.upperBound {
            let owner = owners[row * columns + from]
            var to = from + 1
            while to < wanted.upperBound, owners[row * columns + to] == owner { to += 1 }
            out.append(Run(owner: owner, columns: from..<to))
            from = to
        }
        return out
    }

    /// Boxes of cells that hold all busy cells of an area and whose bands' reach does not overlap, from left to right.
    package func busyParts(
        columns across: Range<Int>, rows down: Range<Int>
    ) -> [(columns: Range<Int>, rows: Range<Int>)] {
        func span(_ column: Int) -> ClosedRange<Int>? {
            let busy = down.filter { owners[$0 * columns + column] == Self.busy }
            guard let first = busy.first, let last = busy.last else { return nil }
            return first...last
        }
        var parts: [(columns: Range<Int>, rows: Range<Int>)] = []
        for column in across {
            guard let rows = span(column) else { continue }
            if let last = parts.last, column - last.columns.upperBound <= 2 * reach {
                parts[parts.count - 1] = (
                    last.columns.lowerBound..<(column + 1),
                    min(last.rows.lowerBound, rows.lowerBound)..<max(last.rows.upperBound, rows.upperBound + 1)
                )
            } else {
                parts.append((column..<(column + 1), rows.lowerBound..<(rows.upperBound + 1)))
            }
        }
        return parts
    }
}
