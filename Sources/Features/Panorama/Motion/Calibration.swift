/// What turns directions of a camera into pixels: K of equation 1.3, upper triangular.
///
/// The stitcher itself uses K = diag(f, f, 1) with pixels from the middle, which suffices for photos of usual cameras.
public struct Calibration: Sendable, Hashable {
    /// Focal length in pixels across.
    public var focal: Double
    /// Height of a pixel's unit relative to its width: the focal length down is focal x aspect.
    public var aspect = 1.0
    /// Skew of the axes in pixels.
    public var skew = 0.0
    /// Where the axis of the lens meets the picture, in pixels from the middle.
    public var centre = (x: 0.0, y: 0.0)

    /// A calibration without aspect, skew and centre.
    public init(focal: Double) { self.focal = focal }

    /// The principal point of a picture in its own pixels, whose centres stand at whole numbers.
    public static func middle(width: Int, height: Int) -> (x: Double, y: Double) {
        (Double(width - 1) / 2, Double(height - 1) / 2)
    }

    /// K = [f s cx; 0 a f cy; 0 0 1].
    public var matrix: Matrix3 {
        Matrix3(rows: Vector3(focal, skew, centre.x), Vector3(0, focal * aspect, centre.y), Vector3(0, 0, 1))
    }

    /// Where a point of the camera's own coordinates is seen; nil behind the camera (equation 1.3).
    public func pixel(of point: Vector3) -> (x: Double, y: Double)? {
        guard point.z > 1e-12 else { return nil }
        let seen = matrix * point
        return (seen.x / seen.z, seen.y / seen.z)
    }

    /// Equality of all parts.
    public static func == (a: Calibration, b: Calibration) -> Bool {
        a.focal == b.focal && a.aspect == b.aspect && a.skew == b.skew && a.centre == b.centre
    }

    /// Hashes all parts.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(focal)
        hasher.combine(aspect)
        hasher.combine(skew)
        hasher.combine(centre.x)
        hasher.combine(centre.y)
    }
}

/// A camera anywhere: x ~ K (R X + t).
public struct PlacedCamera: Sendable, Hashable {
    /// K.
    public var calibration: Calibration
    /// World to camera.
    public var rotation: Matrix3
    /// Where the world's origin lies in the camera's coordinates.
    public var translation: Vector3

    /// A camera of the given values.
    public init(calibration: Calibration, rotation: Matrix3, translation: Vector3) {
        self.calibration = calibration
        self.rotation = rotation
        self.translation = translation
    }

    /// Where a point of the world is seen; nil behind the camera.
    public func pixel(of point: Vector3) -> (x: Double, y: Double)? {
        calibration.pixel(of: rotation * point + translation)
    }
}

/// What two cameras see of one plane n · p + d = 0 (equations 1.4 and 1.5).
public enum PlaneInduced {
    /// The homography from pixels of the first camera to those of the second: P̃1 P̃0⁻¹ without its last row and column.
    ///
    /// P̃ is the 4 x 4 matrix [K R, K t; n, d], in which points of the plane have 0 as their last number.
    /// - Returns: nil when the plane goes through the first camera's centre.
    public static func homography(
        _ first: PlacedCamera, _ second: PlacedCamera, normal: Vector3, distance: Double
    ) -> Matrix3? {
        // The inverse by columns: where (x, y, 1, 0) of the first picture lies in the world, as (p, 1) up to scale.
        let turn = first.calibration.matrix * first.rotation
        guard let back = turn.inverse else { return nil }
        let centre = back * (first.calibration.matrix * first.translation) * -1
        // A pixel x has p = centre + s (back x), homogeneous (back x + k centre, k); n · p + d k = 0 gives
        // k = -(n · back x) / (n · centre + d).
        let depth = normal.dot(centre) + distance
        guard abs(depth) > 1e-12 * max(1, centre.length) else { return nil }
        let k = back.transposed * normal * (-1 / depth)
        let (kr, kt) = (
            second.calibration.matrix * second.rotation, second.calibration.matrix * second.translation
        )
        // x1 = K R (back x + k centre) + K t k, linear in x.
        let point = Matrix3(
            rows: back.first + k * centre.x, back.second + k * centre.y, back.third + k * centre.z)
        let whole = kr * point
        return Homography.scaled(
            Matrix3(rows: whole.first + k * kt.x, whole.second + k * kt.y, whole.third + k * kt.z))
    }
}
