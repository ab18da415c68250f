import Foundation

/// A photo as the composition sees it: its size, and how surfaces map to it.
package struct PlacedPhoto: Sendable {
    /// Number of the photo.
    package let photo: Int
    /// Size in matching pixels.
    package let width: Double
    /// Size in matching pixels.
    package let height: Double
    /// Full-size pixels a matching pixel.
    package let magnification: Double
    /// The upright camera; nil for planar groups.
    package let camera: Camera?
    /// Photo to reference for planar groups.
    package let map: Matrix3?

    /// A photo; numbers as described at the properties.
    package init(
        photo: Int, width: Double, height: Double, magnification: Double, camera: Camera?, map: Matrix3?
    ) {
        self.photo = photo
        self.width = width
        self.height = height
        self.magnification = magnification
        self.camera = camera
        self.map = map
    }

    var halfDiagonal: Double { (width * width + height * height).squareRoot() / 2 }

    /// Steps a side that lie at most 2.6 degrees apart, so that wide photos leave no gaps between samples.
    var steps: Int {
        let widest = max(width, height) / max(camera?.focal ?? width, 1)
        return min(200, max(24, Int((widest / 0.045).rounded(.up))))
    }

    /// Pixels from the middle on the border and inside, `count` steps a side.
    func samples(_ count: Int) -> [(x: Double, y: Double)] {
        (0...count).flatMap { row in
            (0...count).map { column in
                (width * (Double(column) / Double(count) - 0.5), height * (Double(row) / Double(count) - 0.5))
            }
        }
    }
}

/// Where photos lie, the surface that suits them, and the canvas.
package struct SurfaceChoice: Sendable {
    /// Photos turned as the surface wants them.
    package let photos: [PlacedPhoto]
    /// The canvas at full size or as large as the limits allow.
    package let canvas: Canvas
    /// The factor that the limits forced on both sides, at most 1.
    package let reduction: Double
    /// Angles that the photos cover in degrees; nil for planes.
    package let fieldOfView: (across: Double, down: Double)?
    /// How many times finer it is drawn than most photos are, because some show more detail; 1 where none does.
    package var finer = 1.0

    private static let bins = 720

    /// The choice for turning cameras.
    ///
    /// - Parameters:
    ///   - photos: Upright, in the order of their numbers.
    ///   - wanted: The surface that the user asked for.
    package static func rotation(_ photos: [PlacedPhoto], wanted: Surface?, limits: CanvasLimits) -> SurfaceChoice? {
        let directions = photos.map { photo in
            photo.samples(photo.steps).compactMap {
                photo.camera?.ray(x: $0.x, y: $0.y, halfDiagonal: photo.halfDiagonal)
            }
        }
        let extent = Extent(directions.flatMap { $0 }, photos)
        let surface = wanted ?? extent.surface
        let turn = surface == .planet ? extent.turnDown : extent.turn(withPitch: !surface.canClose)
        let turned = photos.map { photo in
            PlacedPhoto(
                photo: photo.photo, width: photo.width, height: photo.height, magnification: photo.magnification,
                camera: photo.camera.map {
                    Camera(rotation: $0.rotation * turn.transposed, focal: $0.focal, lens: $0.lens)
                },
                map: nil)
        }
        let fineness = Fineness(photos.map(\.fineness))
        let points = directions.joined().compactMap { surface.point(of: turn * $0) }
        guard let scale = fineness?.scale, let finer = fineness?.factor, !points.isEmpty else { return nil }
        var (v0, v1) = (points.map(\.v).min() ?? 0, points.map(\.v).max() ?? 0)
        if case .sphere = surface {
            if extent.seesUp { v0 = -.pi / 2 }
            if extent.seesDown { v1 = .pi / 2 }
        } else {
            // Far from the middle other surfaces grow without end.
            v0 = max(v0, -4)
            v1 = min(v1, 4)
        }
        let (u0, u1) =
            extent.isClosed && surface.canClose
            ? (-Double.pi, Double.pi) : (max(-6, points.map(\.u).min() ?? 0), min(6, points.map(\.u).max() ?? 0))
        let closed = extent.isClosed && surface.canClose
        guard
            let canvas = make(surface, u0, u1, v0, v1, scale: scale, closed: closed, limits: limits)
        else { return nil }
        return SurfaceChoice(
            photos: turned, canvas: canvas.canvas, reduction: canvas.factor,
            fieldOfView: (extent.across * 180 / .pi, extent.down * 180 / .pi), finer: finer)
    }

    /// The choice for planar groups: the reference photo's plane.
    package static func plane(_ photos: [PlacedPhoto], reference: Int, limits: CanvasLimits) -> SurfaceChoice? {
        let points = photos.flatMap { photo in
            photo.samples(8).compactMap { point in photo.map?.maps(x: point.x, y: point.y) }
        }
        guard let own = photos.first(where: { $0.photo == reference })?.magnification, !points.isEmpty,
            let fineness = Fineness(photos.map(\.fineness))
        else { return nil }
        let scale = fineness.factor > 1 ? fineness.scale : own
        guard
            let canvas = make(
                .plane, points.map(\.x).min() ?? 0, points.map(\.x).max() ?? 0, points.map(\.y).min() ?? 0,
                points.map(\.y).max() ?? 0, scale: scale, closed: false, limits: limits)
        else { return nil }
        return SurfaceChoice(
            photos: photos, canvas: canvas.canvas, reduction: canvas.factor, fieldOfView: nil,
            finer: fineness.factor)
    }

    private static func make(
        _ surface: Surface, _ u0: Double, _ u1: Double, _ v0: Double, _ v1: Double, scale: Double, closed: Bool,
        limits: CanvasLimits
    ) -> (canvas: Canvas, factor: Double)? {
        guard let factor = limits.factor(width: (u1 - u0) * scale, height: (v1 - v0) * scale) else { return nil }
        var scale = scale * factor
        var width = Int(((u1 - u0) * scale).rounded(.down))
        if closed {
            // Whole cells of all bands, so that the two ends meet in every one of them.
            width = max(256, (width + 32) / 64 * 64)
            scale = Double(width) / (2 * .pi)
        }
        // From pole to pole is half of all round, to the row.
        let height = Int(((v1 - v0) * scale + 1e-6).rounded(.down))
        guard width > 0, height > 0 else { return nil }
        return (
            Canvas(
                surface: surface, width: width, height: height, scale: scale, left: u0 + 0.5 / scale,
                top: v0 + 0.5 / scale, isClosed: closed), factor
        )
    }

    /// The angles that directions cover.
    private struct Extent {
        private(set) var isClosed = false
        private(set) var seesUp = false
        private(set) var seesDown = false
        private var middle = 0.0
        private(set) var across = 0.0
        private var low = 0.0
        private var high = 0.0

        var down: Double { high - low }

        init(_ directions: [Vector3], _ photos: [PlacedPhoto]) {
            var seen = [Bool](repeating: false, count: bins)
            (low, high) = (.infinity, -.infinity)
            for ray in directions {
                let (yaw, pitch) = (atan2(ray.x, ray.z), atan2(ray.y, (ray.x * ray.x + ray.z * ray.z).squareRoot()))
                seen[min(bins - 1, max(0, Int((yaw / (2 * .pi) + 0.5) * Double(bins))))] = true
                low = min(low, pitch)
                high = max(high, pitch)
            }
            seesUp = Self.sees(Vector3(0, -1, 0), photos)
            seesDown = Self.sees(Vector3(0, 1, 0), photos)
            if seesUp { low = -.pi / 2 }
            if seesDown { high = .pi / 2 }
            let gap = Self.widestGap(seen)
            // Samples stand up to two bins apart in wide photos.
            isClosed = gap.count <= 6 && directions.count > 0
            across = isClosed ? 2 * .pi : 2 * .pi * Double(bins - gap.count) / Double(bins)
            let start = gap.start + gap.count
            middle = (Double(start) + Double(bins - gap.count) / 2) / Double(bins) * 2 * .pi - .pi
            if isClosed { middle = 0 }
        }

        private static func sees(_ ray: Vector3, _ photos: [PlacedPhoto]) -> Bool {
            photos.contains { photo in
                guard let p = photo.camera?.pixel(of: ray, halfDiagonal: photo.halfDiagonal) else { return false }
                return abs(p.x) <= photo.width / 2 && abs(p.y) <= photo.height / 2
            }
        }

        private static func widestGap(_ seen: [Bool]) -> (start: Int, count: Int) {
            var best = (start: 0, count: 0)
            var run = 0
            for index in 0..<(2 * seen.count) {
                run = seen[index % seen.count] ? 0 : min(run + 1, seen.count)
                if run > best.count { best = (index - run + 1, run) }
            }
            return best
        }

        /// A plane up to 90°, a cylinder for wide strips, a sphere for what reaches high or low.
        var surface: Surface {
            let quarter = Double.pi / 2
            if across <= quarter, down <= quarter { return .plane }
            let reach = 50 * Double.pi / 180
            return low >= -reach && high <= reach ? .cylinder : .sphere
        }

        /// The turn that brings the point below ahead.
        var turnDown: Matrix3 { Matrix3.rotation(Vector3(.pi / 2, 0, 0)) * Matrix3.rotation(Vector3(0, -middle, 0)) }

        /// The turn that brings the middle of the view ahead.
        func turn(withPitch: Bool) -> Matrix3 {
            let level = Matrix3.rotation(Vector3(0, -middle, 0))
            guard withPitch else { return level }
            return Matrix3.rotation(Vector3((low + high) / 2, 0, 0)) * level
        }
    }
}
