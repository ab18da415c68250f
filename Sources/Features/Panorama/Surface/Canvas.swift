import Foundation
package import Kernels

/// A rectangle of pixels on a surface.
package struct Canvas: Sendable {
    /// The surface.
    package let surface: Surface
    /// Columns.
    package let width: Int
    /// Rows.
    package let height: Int
    /// Pixels a unit of u and v.
    package let scale: Double
    /// u of the middle of column 0.
    package let left: Double
    /// v of the middle of row 0.
    package let top: Double
    /// Whether column `width` is column 0 again.
    package let isClosed: Bool

    /// The tables of rays for columns -`margin` ..< width + `margin` and all rows, one entry for each `step` pixels.
    ///
    /// With a step over 1 an entry stands for the middle of its pixels, and `margin` counts entries.
    package func grid(margin: Int = 0, step: Int = 1) -> SurfaceGrid {
        let columns = (width + step - 1) / step
        let rows = (height + step - 1) / step
        let shift = Double(step - 1) / 2
        let across = (-margin..<(columns + margin)).map { index in
            surface.column(left + (Double(index * step) + shift) / scale)
        }
        let down = (0..<rows).map { surface.row(top + (Double($0 * step) + shift) / scale) }
        var grid = SurfaceGrid(
            across: across.map { Float($0.across) }, rise: across.map { Float($0.rise) },
            ahead: across.map { Float($0.ahead) }, level: down.map { Float($0.level) },
            lift: down.map { Float($0.lift) })
        grid.radial = surface.radial
        return grid
    }
}

/// What a canvas may cost.
package struct CanvasLimits: Sendable {
    /// Most pixels in all.
    package var pixels: Double
    /// Longest side; JPEG ends at 65,535.
    package var side = 65_500.0

    /// Limits of so many pixels.
    package init(pixels: Double) { self.pixels = pixels }

    /// The factor, at most 1, that brings a size within the limits; nil for a size that is no number or under a pixel.
    package func factor(width: Double, height: Double) -> Double? {
        guard width.isFinite, height.isFinite, width >= 1, height >= 1 else { return nil }
        return min(1, (pixels / (width * height)).squareRoot(), side / width, side / height)
    }
}
