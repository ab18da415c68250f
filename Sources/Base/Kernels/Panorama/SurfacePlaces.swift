internal import CKernels
import Foundation

/// A photo as the warps see it: a ray's turn, and how a direction becomes a pixel.
package struct PlaceView: Sendable {
    fileprivate var raw = vk_view()

    /// A view.
    ///
    /// - Parameters:
    ///   - matrix: Surface to camera, row-major, 9 numbers; for plane models the whole homography.
    ///   - focal: Focal length in pixels; 1 for plane models.
    ///   - lens: Of the division model, per squared pixel.
    ///   - centre: The principal point in pixels.
    package init(matrix: [Double], focal: Double, lens: Double, centre: (x: Double, y: Double)) {
        precondition(matrix.count == 9)
        let m = matrix.map { Float($0) }
        raw.m = (m[0], m[1], m[2], m[3], m[4], m[5], m[6], m[7], m[8])
        raw.focal = Float(focal)
        raw.lens = Float(lens)
        raw.centre_x = Float(centre.x)
        raw.centre_y = Float(centre.y)
    }
}

/// Surfaces that are round about the axis ahead: how the distance from the middle becomes an angle.
package enum RadialSurface: Sendable {
    /// r = 2 tan(θ / 2).
    case stereographic
    /// r = θ.
    case equidistant

    /// The angle from the axis in radians.
    package func angle(_ radius: Double) -> Double {
        switch self {
        case .stereographic: 2 * atan(radius / 2)
        case .equidistant: radius
        }
    }
}

/// The columns and rows of a surface: ray = (across level, lift rise, ahead level).
package struct SurfaceGrid: Sendable {
    /// A number a column.
    package var across: [Float]
    /// A number a column.
    package var rise: [Float]
    /// A number a column.
    package var ahead: [Float]
    /// A number a row.
    package var level: [Float]
    /// A number a row.
    package var lift: [Float]
    /// For round surfaces: across holds u and lift holds v, and rays follow from both.
    package var radial: RadialSurface?

    /// Tables of the given numbers.
    package init(across: [Float], rise: [Float], ahead: [Float], level: [Float], lift: [Float]) {
        precondition(across.count == rise.count && across.count == ahead.count && level.count == lift.count)
        self.across = across
        self.rise = rise
        self.ahead = ahead
        self.level = level
        self.lift = lift
    }

    /// Where `width` pixels of row `row` from column `column` on lie in a photo; NaN behind it. Columns must exist.
    package func places(
        _ view: PlaceView, row: Int, columns: Range<Int>, x: inout [Float], y: inout [Float], at place: Int = 0,
        variant: KernelVariant = .best
    ) {
        precondition(columns.lowerBound >= 0 && columns.upperBound <= across.count && place >= 0)
        precondition(place + columns.count <= x.count && place + columns.count <= y.count)
        if let radial {
            rays(radial, row, columns).places(
                view, row: 0, columns: 0..<columns.count, x: &x, y: &y, at: place, variant: variant)
            return
        }
        let (levelHere, liftHere) = (level[row], lift[row])
        var raw = view.raw
        let start = columns.lowerBound
        across.withUnsafeBufferPointer { across in
            rise.withUnsafeBufferPointer { rise in
                ahead.withUnsafeBufferPointer { ahead in
                    x.withUnsafeMutableBufferPointer { x in
                        y.withUnsafeMutableBufferPointer { y in
                            guard let a = across.baseAddress, let b = rise.baseAddress, let c = ahead.baseAddress,
                                let x = x.baseAddress, let y = y.baseAddress
                            else { return }
                            vk_surface_places(
                                &raw, a + start, b + start, c + start, levelHere, liftHere, x + place, y + place,
                                columns.count, variant.code)
                        }
                    }
                }
            }
        }
    }
}

extension SurfaceGrid {
    /// One row of a round surface as a table of its own; nothing lies beyond half a turn.
    private func rays(_ radial: RadialSurface, _ row: Int, _ columns: Range<Int>) -> SurfaceGrid {
        let v = lift[row]
        var (a, b, c) = ([Float](), [Float](), [Float]())
        for column in columns {
            let u = across[column]
            let radius = (u * u + v * v).squareRoot()
            let angle = Float(radial.angle(Double(radius)))
            // Rays of no length are behind every camera.
            let isThere = angle < .pi
            let share = radius > 1e-9 && isThere ? sin(angle) / radius : isThere ? 1 : 0
            a.append(u * share)
            b.append(v * share)
            c.append(isThere ? cos(angle) : 0)
        }
        return SurfaceGrid(across: a, rise: b, ahead: c, level: [1], lift: [1])
    }
}

/// Which photo shows each pixel, by wish and otherwise by the distance to the photo's border.
package struct PixelClaims: Sendable {
    /// Number of the photo, -1 where none is valid.
    package private(set) var labels: [Int16]
    private var best: [Float]

    /// Claims of so many pixels, none yet.
    package init(count: Int) {
        labels = [Int16](repeating: -1, count: count)
        best = [Float](repeating: -1, count: count)
    }

    /// Lets a photo of a size claim `count` pixels from `at` on; `wanted` names their preferred photos from `start` on.
    package mutating func claim(
        photo: Int16, width: Int, height: Int, x: [Float], y: [Float], count: Int, wanted: [Int16], from start: Int,
        at place: Int,
        variant: KernelVariant = .best
    ) {
        precondition(x.count >= count && y.count >= count && wanted.count >= start + count && place >= 0 && start >= 0)
        precondition(place + count <= labels.count)
        wanted.withUnsafeBufferPointer { wanted in
            labels.withUnsafeMutableBufferPointer { labels in
                best.withUnsafeMutableBufferPointer { best in
                    guard let wanted = wanted.baseAddress, let labels = labels.baseAddress, let best = best.baseAddress
                    else { return }
                    vk_claim_pixels(
                        x, y, count, Float(width), Float(height), wanted + start, photo, labels + place, best + place,
                        variant.code)
                }
            }
        }
    }
}
