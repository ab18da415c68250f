public import Imaging
internal import Kernels

/// A larger picture from shots of one thing that are displaced by fractions of a pixel.
///
/// In practice it wins less than a factor of two: the lens has blurred the rest away.
public enum SuperResolution {
    /// The picture of twice the sides.
    ///
    /// - Parameters:
    ///   - frames: Packed `rgb8` pictures of one size; the first tells where things are.
    ///   - shifts: Where the upper left of the first lies in each, in pixels: x, y.
    /// - Returns: nil for fewer than two pictures, or what does not fit together.
    public static func doubled(_ frames: [Image], shifts: [SIMD2<Float>]) -> Image? {
        guard let first = frames.first, frames.count > 1, frames.count == shifts.count,
            frames.allSatisfy({
                $0.width == first.width && $0.height == first.height && $0.format == .rgb8 && $0.isPacked
            }), shifts.allSatisfy({ abs($0.x) < 1e4 && abs($0.y) < 1e4 }),
            let start = try? first.resized(width: first.width * 2, height: first.height * 2, by: .bicubic)
        else { return nil }
        var bytes = start.bytes
        for channel in 0..<3 {
            func part(_ image: [UInt8]) -> [Float] {
                stride(from: channel, to: image.count, by: 3).map { Float(image[$0]) }
            }
            let made = BackProjection().solved(
                part(start.bytes), frames: frames.map { part($0.bytes) }, shifts: shifts, width: first.width,
                height: first.height)
            for at in made.indices { bytes[at * 3 + channel] = UInt8(min(max(made[at] + 0.5, 0), 255)) }
        }
        return Image(rgb: bytes, width: start.width, height: start.height)
    }
}
