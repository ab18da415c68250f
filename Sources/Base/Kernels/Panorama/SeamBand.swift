extension LayerSheet {
    /// The sheet at half the size both ways, to choose roughly on: means of the pixels that are there.
    package func halved() -> LayerSheet {
        let (columns, rows) = ((width + 1) / 2, (height + 1) / 2)
        return LayerSheet(
            pieces: pieces.map { $0.halved(columns: columns) }, width: columns, height: rows, wraps: wraps)
    }
}

extension SeamPiece {
    fileprivate func halved(columns: Int) -> SeamPiece {
        let (left, top) = (x / 2, y / 2)
        let across = min(columns, (x + width - 1) / 2 - left + 1)
        let down = (y + height - 1) / 2 - top + 1
        var colours = [UInt8](repeating: 0, count: across * down * 3)
        var depths = [UInt8](repeating: 0, count: across * down)
        for row in 0..<down {
            let lines = max(0, 2 * (top + row) - y)..<min(height, 2 * (top + row) + 2 - y)
            for column in 0..<across {
                let places = max(0, 2 * (left + column) - x)..<min(width, 2 * (left + column) + 2 - x)
                var (sum, count, deepest) = (SIMD3<Int32>.zero, Int32(0), UInt8(0))
                for line in lines {
                    for place in places {
                        let at = line * width + place
                        guard depth[at] > 0 else { continue }
                        sum &+= SIMD3(Int32(rgb[at * 3]), Int32(rgb[at * 3 + 1]), Int32(rgb[at * 3 + 2]))
                        count += 1
                        deepest = max(deepest, depth[at])
                    }
                }
                guard count > 0 else { continue }
                let at = row * across + column
                depths[at] = deepest
                for channel in 0..<3 { colours[at * 3 + channel] = UInt8((sum[channel] + count / 2) / count) }
            }
        }
        return SeamPiece(
            x: min(left, columns - 1), y: top, width: across, height: down, rgb: colours, depth: depths)
    }
}

/// The surroundings of seams that were found on a sheet of half the size (banded cuts; Lombaert et al. 2005).
package struct SeamBand: Sendable {
    /// Rough labels of the sheet, each valid where it stands.
    package private(set) var labels: [Int16]
    /// 1 for pixels near a seam, whose labels are to be chosen again.
    package private(set) var open: [UInt8]

    /// Pixels on each side of a rough seam that are chosen again.
    private static let reach = 5

    /// The band around the seams of rough labels.
    ///
    /// - Parameters:
    ///   - rough: The photo a pixel of `sheet.halved()`.
    ///   - fallback: A valid photo for each pixel of the sheet, -1 where there is none.
    package init(_ sheet: LayerSheet, rough: [Int16], fallback: [Int16]) {
        let (width, height, half) = (sheet.width, sheet.height, (sheet.width + 1) / 2)
        precondition(rough.count == half * ((height + 1) / 2) && fallback.count == width * height)
        var labels = fallback
        var open = [UInt8](repeating: 0, count: width * height)
        for y in 0..<height {
            for x in 0..<width {
                let wanted = rough[y / 2 * half + x / 2]
                let at = y * width + x
                if wanted >= 0, sheet.pieces[Int(wanted)].place(x: x, y: y, canvasWidth: width) != nil {
                    labels[at] = wanted
                } else if fallback[at] >= 0 {
                    open[at] = 1
                }
            }
        }
        for y in 0..<height {
            for x in 0..<width {
                let at = y * width + x
                let right = x + 1 < width ? at + 1 : sheet.wraps ? at + 1 - width : at
                let below = y + 1 < height ? at + width : at
                if labels[right] != labels[at] { (open[at], open[right]) = (1, 1) }
                if labels[below] != labels[at] { (open[at], open[below]) = (1, 1) }
            }
        }
        self.labels = labels
        self.open = Self.widened(open, width, height, wraps: sheet.wraps)
    }

    /// The labels with the last of the photos wherever it is valid in the band: what a single cut of a pair starts from.
    package mutating func startWithLast(of sheet: LayerSheet) {
        for (number, piece) in sheet.pieces.enumerated() {
            for at in piece.depth.indices where piece.depth[at] > 0 {
                let place = sheet.place(piece, at % piece.width, at / piece.width)
                if open[place] > 0 { labels[place] = Int16(number) }
            }
        }
    }

    /// All pixels within reach of one that is set, across and then down.
    private static func widened(_ set: [UInt8], _ width: Int, _ height: Int, wraps: Bool) -> [UInt8] {
        var out = set
        func spread(_ start: Int, _ step: Int, _ count: Int, from source: [UInt8], around: Bool = false) {
            for way in [1, -1] {
                var left = 0
                for index in 0..<(around ? count + reach : count) {
                    let at = start + (way > 0 ? index % count : count - 1 - index % count) * step
                    left = source[at] > 0 ? reach + 1 : left - 1
                    if left > 0 { out[at] = 1 }
                }
            }
        }
        for y in 0..<height { spread(y * width, 1, width, from: set, around: wraps) }
        let across = out
        for x in 0..<width { spread(x, width, height, from: across) }
        return out
    }
}
