import Foundation
package import Kernels

/// Finds anew, by brightness, where patches of one photo lie in another, from what is known of both (chapter 3.4).
///
/// A patch is kept when its correlation is high, does not fall, and the way back ends where it began; what moved by
/// itself or shifts by parallax fails one of these or disagrees with the rest when all cameras are solved.
package struct PatchPairs: Sendable {
    /// Pixels between patches.
    package var spacing = 28.0
    /// Half the side of a patch.
    package var half = 12
    /// Farthest move in pixels.
    package var limit = 3.0
    /// Least correlation at the end.
    package var leastCorrelation = 0.8
    /// Farthest that there and back may end from the start, in pixels.
    package var closure = 0.3
    /// Levels of the pyramid on which moves are looked for, coarse to fine.
    package var levels = 1

    /// A search with the usual settings.
    package init() {}

    /// A pair of places, from the middles, and what is known of it.
    package struct Found: Sendable {
        /// x, y, x', y'.
        package var pair: [Double]
        /// How far the place moved in the first photo against what was known, in pixels.
        package var moved: (x: Double, y: Double)
        /// Correlation at the end.
        package var correlation: Double
        /// A / σn² of the patch for noise of two levels.
        package var information: PlaceInformation
    }

    /// Pairs over a grid of what both photos show.
    ///
    /// - Parameter there: Where a place of the first photo is expected in the second, both from their middles.
    package func find(
        _ a: [WeightedPlane], _ b: [WeightedPlane], there: (Double, Double) -> (x: Double, y: Double)?
    ) -> [Found] {
        guard let first = a.first, !b.isEmpty else { return [] }
        let (cx, cy) = (Double(first.width - 1) / 2, Double(first.height - 1) / 2)
        let margin = Double(half + 3)
        var out: [Found] = []
        let columns = max(1, Int((Double(first.width) - 2 * margin) / spacing))
        let rows = max(1, Int((Double(first.height) - 2 * margin) / spacing))
        for row in 0...rows {
            for column in 0...columns {
                let x = (margin + (Double(first.width) - 1 - 2 * margin) * Double(column) / Double(columns)).rounded()
                let y = (margin + (Double(first.height) - 1 - 2 * margin) * Double(row) / Double(rows)).rounded()
                guard let found = move(a, b, x: x - cx, y: y - cy, there: there) else { continue }
                out.append(found)
            }
        }
        return out
    }

    /// Pairs of patches about given places of the first photo, from its middle: at the nearest whole pixels.
    package func find(
        _ a: [WeightedPlane], _ b: [WeightedPlane], at places: [(x: Double, y: Double)],
        there: (Double, Double) -> (x: Double, y: Double)?
    ) -> [Found] {
        guard let first = a.first, !b.isEmpty else { return [] }
        let (cx, cy) = (Double(first.width - 1) / 2, Double(first.height - 1) / 2)
        return places.compactMap { place in
            move(a, b, x: (place.x + cx).rounded() - cx, y: (place.y + cy).rounded() - cy, there: there)
        }
    }

    /// One patch about a place whose pixel is a whole one.
    private func move(
        _ a: [WeightedPlane], _ b: [WeightedPlane], x: Double, y: Double,
        there: (Double, Double) -> (x: Double, y: Double)?
    ) -> Found? {
        guard let map = localMap(x, y, there), let back = map.inverse else { return nil }
        var shift = (x: 0.0, y: 0.0)
        var last: PatchMove?
        for level in (0..<min(levels, a.count, b.count)).reversed() {
            let factor = Double(1 << level)
            guard let pixels = pixelMap(map, a, b, level) else { return nil }
            let (px, py) = place(x, y, a[0], level)
            let size = max(6, half)
            let found = movePatch(
                a[level], x: Int(px.rounded()), y: Int(py.rounded()), half: size, b[level], map: pixels.values,
                limit: limit / factor + 1, start: (shift.x / factor, shift.y / factor))
            guard let found else {
                if level == 0 { return nil }
                continue
            }
            shift = (found.x * factor, found.y * factor)
            last = found
        }
        guard let last, last.after >= leastCorrelation, last.after >= last.before - 0.01,
            abs(shift.x) <= limit, abs(shift.y) <= limit,
            let end = map.maps(x: x + shift.x, y: y + shift.y)
        else { return nil }
        // The map with its shift leads the start to the end; back it must lead the end to the start.
        guard returns(a[0], b[0], back, from: end, to: (x + shift.x, y + shift.y), moved: shift) else { return nil }
        let noise = 1 / (2.0 / 255 * 2.0 / 255)
        return Found(
            pair: [x, y, end.x, end.y], moved: shift, correlation: last.after,
            information: PlaceInformation(
                xx: last.matrix.0 * noise, xy: last.matrix.1 * noise, yy: last.matrix.2 * noise))
    }

    /// Whether the patch about the nearest whole pixel of the end leads back to where it came from.
    private func returns(
        _ a: WeightedPlane, _ b: WeightedPlane, _ back: Matrix3, from end: (x: Double, y: Double),
        to start: (x: Double, y: Double), moved: (x: Double, y: Double)
    ) -> Bool {
        let (bx, by) = (Double(b.width - 1) / 2, Double(b.height - 1) / 2)
        let (column, row) = ((end.x + bx).rounded(), (end.y + by).rounded())
        let whole = (x: column - bx, y: row - by)
        // Where that whole pixel should land: the start, moved like the pixel.
        guard let corner = back.maps(x: whole.x, y: whole.y), let origin = back.maps(x: end.x, y: end.y),
            let pixels = pixelMap(back, [b], [a], 0)
        else { return false }
        let wanted = (
            x: start.x - moved.x + corner.x - origin.x, y: start.y - moved.y + corner.y - origin.y
        )
        guard
            let found = movePatch(
                b, x: Int(column), y: Int(row), half: half, a, map: pixels.values, limit: limit + 1),
            let landed = back.maps(x: whole.x + found.x, y: whole.y + found.y)
        else { return false }
        let (dx, dy) = (landed.x - wanted.x, landed.y - wanted.y)
        return dx * dx + dy * dy <= closure * closure
    }

    /// The affine map that stands for the expectation around a place.
    private func localMap(
        _ x: Double, _ y: Double, _ there: (Double, Double) -> (x: Double, y: Double)?
    ) -> Matrix3? {
        let step = Double(half) / 2
        guard let middle = there(x, y), let right = there(x + step, y), let left = there(x - step, y),
            let low = there(x, y + step), let high = there(x, y - step)
        else { return nil }
        let (a, b) = ((right.x - left.x) / (2 * step), (low.x - high.x) / (2 * step))
        let (c, d) = ((right.y - left.y) / (2 * step), (low.y - high.y) / (2 * step))
        let map = Matrix3(
            rows: Vector3(a, b, middle.x - a * x - b * y), Vector3(c, d, middle.y - c * x - d * y), Vector3(0, 0, 1))
        let size = map.determinant
        return map.isFinite && size > 0.2 && size < 5 ? map : nil
    }

    private func place(_ x: Double, _ y: Double, _ plane: WeightedPlane, _ level: Int) -> (Double, Double) {
        let factor = Double(1 << level)
        return ((x + Double(plane.width - 1) / 2) / factor, (y + Double(plane.height - 1) / 2) / factor)
    }

    /// The map between the pixels of a level of both pyramids: pixel k of a level stands on pixel 2 k of the one before.
    private func pixelMap(_ map: Matrix3, _ a: [WeightedPlane], _ b: [WeightedPlane], _ level: Int) -> Matrix3? {
        let pixels = map.moved(
            from: (-Double(a[0].width - 1) / 2, -Double(a[0].height - 1) / 2),
            to: (-Double(b[0].width - 1) / 2, -Double(b[0].height - 1) / 2))
        return pixels.resized(1 / Double(1 << level))
    }
}
