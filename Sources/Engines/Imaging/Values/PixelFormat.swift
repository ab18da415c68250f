/// The order and number of the 8-bit samples of one pixel.
public enum PixelFormat: Sendable, Hashable, CaseIterable {
    /// One grey sample.
    case gray8
    /// Red, green, blue.
    case rgb8
    /// Red, green, blue, and straight (not premultiplied) alpha.
    case rgba8

    /// How many bytes one pixel takes.
    public var bytesPerPixel: Int {
        switch self {
        case .gray8: 1
        case .rgb8: 3
        case .rgba8: 4
        }
    }

    /// Whether pixels carry an alpha sample.
    public var hasAlpha: Bool { self == .rgba8 }
}

/// One pixel as four samples, whatever the format it was read from.
public struct Pixel: Sendable, Hashable {
    /// Red, 0...255.
    public var red: UInt8
    /// Green, 0...255.
    public var green: UInt8
    /// Blue, 0...255.
    public var blue: UInt8
    /// Opacity: 0 clear, 255 opaque.
    public var alpha: UInt8

    /// A pixel of the given samples, opaque unless told otherwise.
    public init(red: UInt8, green: UInt8, blue: UInt8, alpha: UInt8 = 255) {
        self.red = red
        self.green = green
        self.blue = blue
        self.alpha = alpha
    }

    /// Opaque white.
    public static let white = Pixel(red: 255, green: 255, blue: 255)
}
