import Basics
import Kernels

/// Random pictures of odd sizes, with rows that do not follow each other at once.
struct PixelFixture {
    let raster: Raster
    let bytes: [UInt8]

    init(width: Int, height: Int, samples: Int, gap: Int = 5, seed: UInt64) {
        raster = Raster(width: width, height: height, samples: samples, stride: width * samples + gap)
        var random = SeededRandom(seed: seed)
        bytes = random.bytes(raster.stride * height)
    }

    func sample(_ x: Int, _ y: Int, _ c: Int) -> Int { Int(bytes[y * raster.stride + x * raster.samples + c]) }

    /// The same values as floats 0...1.
    var floats: [Float] { bytes.map { Float($0) / 255 } }

    /// Sizes around the widths of registers.
    static let widths = [1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 15, 16, 17, 21, 22, 31, 32, 33, 63, 64, 65, 127, 130]
}

/// The result of a kernel that fills a packed picture.
func filled(_ count: Int, of zero: UInt8, _ body: (inout MutableSpan<UInt8>) -> Void) -> [UInt8] {
    var result = [UInt8](repeating: zero, count: count)
    var span = result.mutableSpan
    body(&span)
    return result
}

/// The result of a kernel that fills a packed picture of floats.
func filled(_ count: Int, of zero: Float, _ body: (inout MutableSpan<Float>) -> Void) -> [Float] {
    var result = [Float](repeating: zero, count: count)
    var span = result.mutableSpan
    body(&span)
    return result
}
