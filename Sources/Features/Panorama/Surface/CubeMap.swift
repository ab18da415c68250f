public import Imaging
internal import Kernels

/// Six pictures around the viewer, made of a sphere.
///
/// Pixels on the border of a face stand exactly on the edge of the cube, so that faces that meet show the same there.
public struct CubeMap: Sendable {
    /// A face, by the direction of its middle: x to the right, y down, z ahead.
    public enum Face: Int, Sendable, CaseIterable {
        /// +z.
        case front
        /// +x.
        case right
        /// -z.
        case back
        /// -x.
        case left
        /// -y.
        case up
        /// +y.
        case down
    }

    /// Columns of a sphere from which on viewers take cubes and tiles instead of one picture.
    public static let worthwhileWidth = 8192
    /// Side of a tile.
    public static let tile = 512

    /// Pixels a side of a face.
    public let side: Int
    /// The faces in the order of `Face`.
    public let faces: [Image]

    /// The cube of a sphere of 360° by 180°, or of the part of it around the horizon that a picture shows.
    ///
    /// - Parameters:
    ///   - sphere: Equirectangular, all round; `rgb8`.
    ///   - side: Pixels a side; nil for as many as the sphere shows over 90°.
    ///   - top: v of the picture's upper border in radians, -π/2 for a whole sphere.
    /// - Returns: nil for a picture that is not wide enough or has another format.
    public init?(sphere: Image, side: Int? = nil, top: Double = -.pi / 2) {
        let wanted = side ?? max(2, sphere.width / 4)
        guard sphere.width >= 8, wanted >= 2, wanted <= 16_384, sphere.format == .rgb8, sphere.isPacked, top.isFinite
        else { return nil }
        self.side = wanted
        var made: [Image] = []
        for face in Face.allCases {
            let rgb = sampledSphere(
                sphere.bytes, width: sphere.width, height: sphere.height, top: top, face: face.axes, side: wanted)
            guard let image = Image(rgb: rgb, width: wanted, height: wanted) else { return nil }
            made.append(image)
        }
        faces = made
    }

    /// The direction of a pixel of a face, not normalised.
    public func direction(_ face: Face, x: Int, y: Int) -> Vector3 {
        let axes = face.axes
        let (u, v) = (Double(2 * x) / Double(side - 1) - 1, Double(2 * y) / Double(side - 1) - 1)
        func part(_ k: Int) -> Double { u * Double(axes[k]) + v * Double(axes[3 + k]) + Double(axes[6 + k]) }
        return Vector3(part(0), part(1), part(2))
    }

    /// The face, and the place on it, of a direction.
    public func place(of ray: Vector3) -> (face: Face, x: Double, y: Double) {
        let most = max(abs(ray.x), abs(ray.y), abs(ray.z))
        let face: Face
        if abs(ray.z) == most {
            face = ray.z > 0 ? .front : .back
        } else if abs(ray.x) == most {
            face = ray.x > 0 ? .right : .left
        } else {
            face = ray.y > 0 ? .down : .up
        }
        let axes = face.axes
        func along(_ k: Int) -> Double {
            ray.x * Double(axes[k]) + ray.y * Double(axes[k + 1]) + ray.z * Double(axes[k + 2])
        }
        let depth = max(along(6), 1e-300)
        let half = Double(side - 1) / 2
        return (face, (along(0) / depth + 1) * half, (along(3) / depth + 1) * half)
    }

    /// Sides of a face level by level, the largest first, halved until it is one tile.
    public var levels: [Int] {
        var sides = [side]
        while let last = sides.last, last > Self.tile { sides.append((last + 1) / 2) }
        return sides
    }

    /// A tile of at most 512 pixels a side; nil where there is none.
    public func tile(_ face: Face, level: Int, column: Int, row: Int) -> Image? {
        let sides = levels
        guard sides.indices.contains(level), column >= 0, row >= 0 else { return nil }
        let (x, y, size) = (column * Self.tile, row * Self.tile, sides[level])
        guard x < size, y < size else { return nil }
        let box = PixelBox(x: x, y: y, width: min(Self.tile, size - x), height: min(Self.tile, size - y))
        if level == 0 { return try? faces[face.rawValue].cropped(to: box) }
        return try? faces[face.rawValue].resized(width: size, height: size).cropped(to: box)
    }
}

extension CubeMap.Face {
    /// To the right, downwards and ahead on the face.
    var axes: [Float] {
        switch self {
        case .front: [1, 0, 0, 0, 1, 0, 0, 0, 1]
        case .right: [0, 0, -1, 0, 1, 0, 1, 0, 0]
        case .back: [-1, 0, 0, 0, 1, 0, 0, 0, -1]
        case .left: [0, 0, 1, 0, 1, 0, -1, 0, 0]
        case .up: [1, 0, 0, 0, 0, 1, 0, -1, 0]
        case .down: [1, 0, 0, 0, 0, -1, 0, 1, 0]
        }
    }
}
