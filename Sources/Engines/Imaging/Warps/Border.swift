internal import Kernels

/// What stands outside a picture, for filters and warps that look there.
public enum Border: Sendable, Hashable {
    /// One colour.
    case constant(Pixel)
    /// The nearest pixel of the edge.
    case replicate
    /// Mirrored about the edge pixel, which is not doubled.
    case reflect
    /// The opposite side, as in a picture of all 360 degrees.
    case wrap

    var rule: BorderRule {
        switch self {
        case .constant: .constant
        case .replicate: .replicate
        case .reflect: .reflect
        case .wrap: .wrap
        }
    }

    /// The constant's colour; black for the others.
    var pixel: Pixel {
        guard case .constant(let pixel) = self else { return Pixel(red: 0, green: 0, blue: 0, alpha: 0) }
        return pixel
    }
}
