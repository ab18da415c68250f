/// A photo's camera that turned about its centre, in the photo's matching pixels.
public struct Camera: Sendable, Hashable {
    /// World to camera: x to the right, y down, z ahead.
    public var rotation: Matrix3
    /// Focal length in matching pixels.
    public var focal: Double
    /// Lens: the ray of a pixel (x, y) from the middle is (x, y, f (1 + lens ρ²)), ρ = 1 in the corners.
    public var lens: Double

    /// A camera of the given values.
    public init(rotation: Matrix3, focal: Double, lens: Double = 0) {
        self.rotation = rotation
        self.focal = focal
        self.lens = lens
    }

    /// The direction in the world of a pixel from the middle of a photo whose half diagonal is given.
    public func ray(x: Double, y: Double, halfDiagonal: Double) -> Vector3 {
        let rho = (x * x + y * y) / (halfDiagonal * halfDiagonal)
        let local = Vector3(x, y, focal * (1 + lens * rho)).normalized
        return rotation.transposed * local
    }

    /// Where a direction of the world falls on the photo; nil behind the camera or beyond the lens.
    ///
    /// Undistorted radius ru to distorted: 2 ru / (1 + √(1 - 4 λ' ru²)), λ' = lens / halfDiagonal² (Fitzgibbon 2001).
    public func pixel(of direction: Vector3, halfDiagonal: Double) -> (x: Double, y: Double)? {
        let local = rotation * direction
        guard local.z > 1e-9 else { return nil }
        let (x, y) = (focal * local.x / local.z, focal * local.y / local.z)
        let inside = 1 - 4 * lens / (halfDiagonal * halfDiagonal) * (x * x + y * y)
        guard inside > 0 else { return nil }
        let bend = 2 / (1 + inside.squareRoot())
        return (x * bend, y * bend)
    }
}

/// How the photos of a group lie together.
public enum GroupGeometry: Sendable {
    /// Cameras that turned about one point.
    case rotation([Int: Camera])
    /// Homographies from the photos' matching pixels to those of the reference photo, of the given kind.
    case plane(PlanarKind, reference: Int, [Int: Matrix3])
}

extension GroupGeometry {
    /// The same with photo `n` called `names[n]`.
    func renumbered(_ names: [Int]) -> GroupGeometry {
        func renamed<Value>(_ values: [Int: Value]) -> [Int: Value] {
            Dictionary(uniqueKeysWithValues: values.map { (names[$0.key], $0.value) })
        }
        switch self {
        case .rotation(let cameras): return .rotation(renamed(cameras))
        case .plane(let kind, let reference, let maps):
            return .plane(kind, reference: names[reference], renamed(maps))
        }
    }
}

/// Planar maps by their number of parameters.
public enum PlanarKind: String, Sendable, Codable, CaseIterable {
    /// Scale, turn and shift: 4 parameters.
    case similarity
    /// Lines stay parallel: 6 parameters.
    case affine
    /// Lines stay straight: 8 parameters.
    case homography

    /// Parameters of one photo.
    public var parameters: Int {
        switch self {
        case .similarity: 4
        case .affine: 6
        case .homography: 8
        }
    }
}
