internal import Foundation

/// Where a picture is striped, cell by cell: brightness changes often there and in one direction. Lines that cross no run
/// of such cells cannot cross a bar code, and most lines over most photos do not.
///
/// The direction is that of the structure tensor of the cell (Förstner, Gülch 1987): the axis along which the squared
/// slopes sum to most, and its coherence, 1 for stripes and 0 for noise.
struct StripedCells {
    private static let side = 16
    /// Least mean of the squared slopes over two pixels; the weakest code that can be read has about twice that.
    private static let leastEnergy: Float = 24
    private static let leastCoherence: Float = 0.3
    /// Greatest angle between the stripes' axis and a line, in degrees: lines lie 22.5 apart.
    private static let reach: Float = 26
    /// Fewest cells of a run: the shortest code that can be read is 80 pixels long.
    private static let fewest = 4

    private let columns: Int
    private let rows: Int
    /// The axis of each cell in degrees, 0 up to 180; nil where it is not striped.
    private let axes: [Float?]

    init(_ pixels: [UInt8], width: Int, height: Int, stride: Int) {
        let columns = (width + Self.side - 1) / Self.side
        let rows = (height + Self.side - 1) / Self.side
        var axes = [Float?](repeating: nil, count: columns * rows)
        pixels.withUnsafeBufferPointer { pixels in
            for row in 0..<rows {
                for column in 0..<columns {
                    axes[row * columns + column] = Self.axis(
                        pixels, columns: column * Self.side..<min(width, (column + 1) * Self.side),
                        rows: row * Self.side..<min(height, (row + 1) * Self.side), width, height, stride)
                }
            }
        }
        (self.columns, self.rows, self.axes) = (columns, rows, axes)
    }

    /// The axis of one cell, from every second row.
    private static func axis(
        _ pixels: UnsafeBufferPointer<UInt8>, columns: Range<Int>, rows: Range<Int>, _ width: Int, _ height: Int,
        _ stride: Int
    ) -> Float? {
        var (across, down, both, count): (Int32, Int32, Int32, Int32) = (0, 0, 0, 0)
        for y in Swift.stride(from: max(1, rows.lowerBound), to: min(rows.upperBound, height - 1), by: 2) {
            let row = y * stride
            for x in max(1, columns.lowerBound)..<max(1, min(columns.upperBound, width - 1)) {
                let dx = Int32(pixels[row + x + 1]) - Int32(pixels[row + x - 1])
                let dy = Int32(pixels[row + x + stride]) - Int32(pixels[row + x - stride])
                across &+= dx &* dx
                down &+= dy &* dy
                both &+= dx &* dy
                count &+= 1
            }
        }
        guard count > 0 else { return nil }
        let (xx, yy, xy) = (Float(across), Float(down), Float(both))
        guard xx + yy >= leastEnergy * Float(count) else { return nil }
        let difference = ((xx - yy) * (xx - yy) + 4 * xy * xy).squareRoot()
        guard difference >= leastCoherence * (xx + yy) else { return nil }
        let axis = atan2(2 * xy, xx - yy) * 90 / .pi
        return axis < 0 ? axis + 180 : axis
    }

    /// Whether nothing is striped.
    var isEmpty: Bool { !axes.contains { $0 != nil } }

    /// Whether a line crosses a run of cells that are striped along it.
    func mayHold(_ line: GreyLine, angle: Double) -> Bool {
        let angle = Float(angle)
        var run = 0
        var gap = false
        for (x, y) in line.places(every: Double(Self.side)) {
            let (column, row) = (Int(x) / Self.side, Int(y) / Self.side)
            guard x >= 0, y >= 0, column < columns, row < rows else { continue }
            if let axis = axes[row * columns + column], Self.apart(axis, angle) <= Self.reach {
                run += 1
                gap = false
                if run >= Self.fewest { return true }
            } else if gap {
                run = 0
            } else {
                gap = true
            }
        }
        return false
    }

    /// The angle between two axes, 0 to 90 degrees.
    private static func apart(_ one: Float, _ other: Float) -> Float {
        let difference = abs(one - other).truncatingRemainder(dividingBy: 180)
        return min(difference, 180 - difference)
    }
}
