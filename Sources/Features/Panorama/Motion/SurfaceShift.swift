import Foundation
public import Imaging
internal import Kernels

/// Why two views cannot be joined by a shift on a cylinder or sphere.
public enum SurfaceShiftError: Error, Sendable, Hashable {
    /// The camera did not turn about its own upright axis: degrees between the two.
    case tilted(degrees: Double)
    /// They could not be aligned.
    case direct(DirectError)
}

/// Views of a level camera, or of one with a known tilt, brought to a cylinder or sphere first, where turning is a shift
/// (chapter 2.4): x' = s atan(x/f), y' = s y / √(x² + f²), or s atan of it on the sphere, with s = f.
public struct SurfaceShift: Sendable {
    /// Whether y' is an angle (sphere) or a height (cylinder).
    public var isSphere: Bool
    /// Focal length in pixels of the views.
    public var focal: Double
    /// How far the camera looks down from the horizon, in radians.
    public var tilt = 0.0
    /// A turn about an axis that is farther than this from upright is refused, in degrees.
    public var greatestTilt = 3.0

    /// A cylinder or sphere for a focal length.
    public init(isSphere: Bool, focal: Double) {
        self.isSphere = isSphere
        self.focal = focal
    }

    /// Where a pixel from the middle lies on the unrolled surface, in pixels.
    public func point(x: Double, y: Double) -> (x: Double, y: Double) {
        let ray = level.transposed * Vector3(x, y, focal)
        let rise = ray.y / (ray.x * ray.x + ray.z * ray.z).squareRoot()
        return (focal * atan2(ray.x, ray.z), focal * (isSphere ? atan(rise) : rise))
    }

    /// The pixel from the middle that a point of the unrolled surface shows; nil behind the camera.
    public func pixel(x: Double, y: Double) -> (x: Double, y: Double)? {
        let (turn, lift) = (x / focal, y / focal)
        let ray =
            isSphere
            ? Vector3(sin(turn) * cos(lift), sin(lift), cos(turn) * cos(lift)) : Vector3(sin(turn), lift, cos(turn))
        let seen = level * ray
        guard seen.z > 1e-6 else { return nil }
        return (focal * seen.x / seen.z, focal * seen.y / seen.z)
    }

    /// From upright directions to the camera's.
    private var level: Matrix3 { .rotation(Vector3(tilt, 0, 0)) }

    /// A view unrolled, with weights where the surface shows it; pixels from the same middle.
    ///
    /// - Throws: `ImageError` for more than one channel.
    public func unrolled(_ image: FloatImage) throws(ImageError) -> AlignmentPicture {
        let (w, h) = (Double(image.width - 1) / 2, Double(image.height - 1) / 2)
        let corners = [(-w, -h), (w, -h), (-w, h), (w, h), (0, -h), (0, h)].map { point(x: $0.0, y: $0.1) }
        let reachX = corners.reduce(0) { max($0, abs($1.x)) }
        let reachY = corners.reduce(0) { max($0, abs($1.y)) }
        let (width, height) = (2 * Int(reachX.rounded(.up)) + 1, 2 * Int(reachY.rounded(.up)) + 1)
        var x = [Float](repeating: .nan, count: width * height)
        var y = x
        for row in 0..<height {
            for column in 0..<width {
                guard let from = pixel(x: Double(column - width / 2), y: Double(row - height / 2)) else { continue }
                x[row * width + column] = Float(from.x + w)
                y[row * width + column] = Float(from.y + h)
            }
        }
        let seen = image.warped(by: try PlaceMap(width: width, height: height, x: x, y: y), sampling: .bicubic)
        return try AlignmentPicture(seen.image, weights: seen.mask.floats())
    }

    /// A turn and a rise between two views.
    public struct Found: Sendable, Hashable {
        /// Radians that the camera turned to the right from the first view to the second.
        public var yaw: Double
        /// Pixels that the second view shows things lower on the surface.
        public var rise: Double
        /// Degrees between the axis of the turn and upright, by patches.
        public var tiltDegrees: Double
    }

    /// Aligns two views of one size by a shift alone.
    ///
    /// - Throws: `tilted` when a shift cannot bring them together.
    public func align(_ first: FloatImage, _ second: FloatImage) throws(SurfaceShiftError) -> Found {
        guard let a = try? unrolled(first), let b = try? unrolled(second) else { throw .direct(.noOverlap) }
        let shift: Matrix3
        do throws(DirectError) {
            let start = try FourierSearch(.correlation).shift(a, b)
            var alignment = DirectAlignment(.translation)
            alignment.solvesGain = true
            alignment.loss = .huber
            alignment.levels = 2
            shift = try alignment.align(
                a, b, start: Matrix3(rows: Vector3(1, 0, start.x), Vector3(0, 1, start.y), Vector3(0, 0, 1))
            ).map
        } catch { throw .direct(error) }
        let found = Found(yaw: -shift.first.z / focal, rise: shift.second.z, tiltDegrees: 0)
        guard let tilt = tilt(first, second, found) else { return found }
        guard tilt <= greatestTilt else { throw .tilted(degrees: tilt) }
        return Found(yaw: found.yaw, rise: found.rise, tiltDegrees: tilt)
    }

    /// The angle between the axis that patches turned about and upright; nil where too few patches are found or the turn
    /// is too small to have an axis.
    private func tilt(_ first: FloatImage, _ second: FloatImage, _ found: Found) -> Double? {
        var patches = PatchPairs()
        patches.limit = 12
        patches.leastCorrelation = 0.7
        patches.closure = 1
        patches.levels = 3
        let planes = [first, second].map {
            LocalAlignment.pyramid(WeightedPlane(width: $0.width, height: $0.height, values: $0.values))
        }
        let pairs = patches.find(planes[0], planes[1]) { x, y in
            let place = point(x: x, y: y)
            return pixel(x: place.x - found.yaw * focal, y: place.y + found.rise)
        }
        guard pairs.count >= 6, abs(found.yaw) > 0.05,
            let turn = RotationMotion.ofPairs(pairs.flatMap(\.pair), focal0: focal, focal1: focal)
        else { return nil }
        let axis = level.transposed * GapClosing.vector(turn).normalized
        return acos(min(1, abs(axis.y))) * 180 / .pi
    }
}
