import Foundation
internal import Kernels

/// The surface that a panorama is drawn on; u runs to the right, v downwards, in units of the focal length.
public enum Surface: Sendable, Hashable {
    /// u = x / z, v = y / z: straight lines stay straight, up to about 90°.
    case plane
    /// u = atan(x / z), v = y / √(x² + z²).
    case cylinder
    /// u = atan(x / z), v = atan(y / √(x² + z²)): equirectangular.
    case sphere
    /// As the cylinder, with v = asinh(y / √(x² + z²)): angles stay right (Mercator).
    case mercator
    /// General Panini (Sharpless, Postle and German 2010) with d in 0...1; 0 is the plane.
    case panini(Double)
    /// r = 2 tan(θ / 2) from the middle: circles stay circles.
    case stereographic
    /// r = θ from the middle: the fisheye lens of equal steps of angle.
    case fisheye
    /// Stereographic around the point below: a little planet.
    case planet

    /// The name in verdicts and on the command line.
    public var name: String {
        switch self {
        case .plane: "plane"
        case .cylinder: "cylinder"
        case .sphere: "sphere"
        case .mercator: "mercator"
        case .panini: "panini"
        case .stereographic: "stereographic"
        case .fisheye: "fisheye"
        case .planet: "planet"
        }
    }

    /// The surface of a name, Panini with d = 1; nil for other names.
    public init?(name: String) {
        switch name {
        case "plane": self = .plane
        case "cylinder": self = .cylinder
        case "sphere": self = .sphere
        case "mercator": self = .mercator
        case "panini": self = .panini(1)
        case "stereographic": self = .stereographic
        case "fisheye": self = .fisheye
        case "planet": self = .planet
        default: return nil
        }
    }

    /// Whether u is an angle that comes back after 2π.
    public var canClose: Bool {
        switch self {
        case .plane, .panini, .stereographic, .fisheye, .planet: false
        case .cylinder, .sphere, .mercator: true
        }
    }

    /// Where a direction falls; nil where the surface does not reach.
    public func point(of ray: Vector3) -> (u: Double, v: Double)? {
        let flat = (ray.x * ray.x + ray.z * ray.z).squareRoot()
        switch self {
        case .plane: return ray.z > 1e-9 ? (ray.x / ray.z, ray.y / ray.z) : nil
        case .cylinder: return flat > 1e-9 ? (atan2(ray.x, ray.z), ray.y / flat) : nil
        case .sphere: return (atan2(ray.x, ray.z), atan2(ray.y, flat))
        case .mercator: return flat > 1e-9 ? (atan2(ray.x, ray.z), asinh(ray.y / flat)) : nil
        case .panini(let d):
            let reach = d + ray.z / max(flat, 1e-12)
            guard flat > 1e-9, reach > 1e-6 else { return nil }
            let s = (d + 1) / reach
            return (s * ray.x / flat, s * ray.y / flat)
        case .stereographic, .fisheye, .planet:
            let off = (ray.x * ray.x + ray.y * ray.y).squareRoot()
            let angle = atan2(off, ray.z)
            guard angle < 0.995 * .pi else { return nil }
            guard off > 1e-12 else { return (0, 0) }
            let radius = self == .fisheye ? angle : 2 * tan(angle / 2)
            return (radius * ray.x / off, radius * ray.y / off)
        }
    }

    /// How a round surface's radius becomes an angle; nil for those made of columns and rows.
    var radial: RadialSurface? {
        switch self {
        case .stereographic, .planet: .stereographic
        case .fisheye: .equidistant
        default: nil
        }
    }

    /// A column's part of a ray: (across level, lift rise, ahead level).
    func column(_ u: Double) -> (across: Double, rise: Double, ahead: Double) {
        switch self {
        case .plane: return (u, 1, 1)
        case .cylinder, .sphere, .mercator: return (sin(u), 1, cos(u))
        case .panini(let d):
            let k = u * u / ((d + 1) * (d + 1))
            let inside = k * k * d * d - (k + 1) * (k * d * d - 1)
            guard inside >= 0 else { return (0, 0, 0) }
            let cosine = (-k * d + inside.squareRoot()) / (k + 1)
            let sine = (u < 0 ? -1.0 : 1.0) * max(0, 1 - cosine * cosine).squareRoot()
            return (sine, (d + cosine) / (d + 1), cosine)
        case .stereographic, .fisheye, .planet: return (u, 1, 1)
        }
    }

    /// A row's part of a ray.
    func row(_ v: Double) -> (level: Double, lift: Double) {
        switch self {
        case .plane, .cylinder, .panini, .stereographic, .fisheye, .planet: (1, v)
        case .sphere: (cos(v), sin(v))
        case .mercator: (1, sinh(v))
        }
    }

    /// The direction of a point, not normalised.
    public func ray(u: Double, v: Double) -> Vector3 {
        if let radial {
            let radius = (u * u + v * v).squareRoot()
            guard radius > 1e-12 else { return Vector3(0, 0, 1) }
            let angle = radial.angle(radius)
            return Vector3(sin(angle) * u / radius, sin(angle) * v / radius, cos(angle))
        }
        let (column, row) = (column(u), row(v))
        return Vector3(column.across * row.level, row.lift * column.rise, column.ahead * row.level)
    }
}
