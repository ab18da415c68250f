/// Tells dark from light in a grey picture whose light falls unevenly: a pixel is dark that is darker than the mean of
/// what lies around it.
struct DarkPlaces {
    private static let side = 8

    let width: Int
    let height: Int
    private let pixels: [UInt8]
    private let stride: Int
    private let columns: Int
    /// What a pixel of each block of 8 x 8 is compared with.
    private let bounds: [UInt8]

    /// - Parameter reach: how many blocks around a block count, as a part of the shorter side of the picture.
    init(_ pixels: [UInt8], width: Int, height: Int, stride: Int, reach: Double) {
        let (columns, rows) = ((width + Self.side - 1) / Self.side, (height + Self.side - 1) / Self.side)
        var sums = [Int32](repeating: 0, count: columns * rows)
        pixels.withUnsafeBufferPointer { pixels in
            for y in 0..<height {
                let row = y / Self.side * columns
                for x in 0..<width { sums[row + x / Self.side] &+= Int32(pixels[y * stride + x]) }
            }
        }
        // Sums from the upper left corner on, so that the sum of any rectangle is that of four corners.
        var corners = [Int](repeating: 0, count: (columns + 1) * (rows + 1))
        for row in 0..<rows {
            var line = 0
            for column in 0..<columns {
                line += Int(sums[row * columns + column])
                corners[(row + 1) * (columns + 1) + column + 1] = corners[row * (columns + 1) + column + 1] + line
            }
        }
        let radius = max(2, Int(Double(min(columns, rows)) * reach))
        var bounds = [UInt8](repeating: 0, count: columns * rows)
        for row in 0..<rows {
            let (top, bottom) = (max(0, row - radius), min(rows, row + radius + 1))
            for column in 0..<columns {
                let (left, right) = (max(0, column - radius), min(columns, column + radius + 1))
                let sum =
                    corners[bottom * (columns + 1) + right] - corners[top * (columns + 1) + right]
                    - corners[bottom * (columns + 1) + left] + corners[top * (columns + 1) + left]
                let area =
                    (min(width, right * Self.side) - left * Self.side)
                    * (min(height, bottom * Self.side) - top * Self.side)
                bounds[row * columns + column] = UInt8(clamping: sum / max(1, area))
            }
        }
        (self.pixels, self.width, self.height, self.stride) = (pixels, width, height, stride)
        (self.columns, self.bounds) = (columns, bounds)
    }

    /// Whether a pixel is dark; pixels outside are light.
    func isDark(_ x: Int, _ y: Int) -> Bool {
        guard x >= 0, y >= 0, x < width, y < height else { return false }
        return pixels[y * stride + x] < bounds[y / Self.side * columns + x / Self.side]
    }

    /// Whether the pixel at a place is dark.
    func isDark(_ place: (x: Double, y: Double)) -> Bool {
        guard abs(place.x) < 1e6, abs(place.y) < 1e6 else { return false }
        return isDark(Int(place.x.rounded()), Int(place.y.rounded()))
    }

    /// Whether more than half of five places in a module are dark.
    func isDark(around place: (x: Double, y: Double), spread: Double) -> Bool {
        guard abs(place.x) < 1e6, abs(place.y) < 1e6, spread.isFinite else { return false }
        var count = isDark(place) ? 1 : 0
        for (dx, dy) in [(-1.0, 0.0), (1, 0), (0, -1), (0, 1)]
        where isDark((x: place.x + dx * spread, y: place.y + dy * spread)) { count += 1 }
        return count > 2
    }

    /// Lengths of dark and light runs along a row, the first one light.
    func runs(row y: Int) -> [Int] {
        var runs = [0]
        var isDark = false
        for x in 0..<width {
            if self.isDark(x, y) == isDark {
                runs[runs.count - 1] += 1
            } else {
                isDark.toggle()
                runs.append(1)
            }
        }
        return runs
    }
}
