import Basics
import Foundation
import Imaging

/// Pictures made by the tests themselves.
enum TestPictures {
    /// Smooth colours, different along both axes, so that any turn or swap shows.
    static func gradient(width: Int, height: Int, format: PixelFormat = .rgb8) throws -> Image {
        var bytes: [UInt8] = []
        for y in 0..<height {
            for x in 0..<width {
                let red = UInt8(x * 255 / max(1, width - 1))
                let green = UInt8(y * 255 / max(1, height - 1))
                let blue = UInt8((x + y) * 255 / max(1, width + height - 2))
                switch format {
                case .gray8: bytes.append(blue)
                case .rgb8: bytes += [red, green, blue]
                case .rgba8: bytes += [red, green, blue, UInt8(255 - (x * 200 / max(1, width - 1)))]
                }
            }
        }
        return try Image(width: width, height: height, format: format, bytes: bytes)
    }

    /// Independent random samples.
    static func noise(width: Int, height: Int, format: PixelFormat = .rgb8, seed: UInt64) throws -> Image {
        var random = SeededRandom(seed: seed)
        let bytes = random.bytes(width * height * format.bytesPerPixel)
        return try Image(width: width, height: height, format: format, bytes: bytes)
    }

    /// One colour.
    static func plain(width: Int, height: Int, _ pixel: Pixel, format: PixelFormat = .rgb8) throws -> Image {
        try Image(width: width, height: height, format: format, filledWith: pixel)
    }

    /// Peak signal-to-noise ratio in decibels; infinite for equal pictures.
    static func psnr(_ first: Image, _ second: Image) -> Double {
        guard first.width == second.width, first.height == second.height, first.format == second.format,
            first.isPacked, second.isPacked
        else { return -.infinity }
        var sum = 0.0
        for (one, other) in zip(first.bytes, second.bytes) {
            let difference = Double(one) - Double(other)
            sum += difference * difference
        }
        let mean = sum / Double(first.bytes.count)
        return mean == 0 ? .infinity : 10 * log10(255 * 255 / mean)
    }

    /// A small sound file of each kind that is decoded.
    static func files(width: Int = 23, height: Int = 17) throws -> [(name: String, bytes: [UInt8])] {
        let colour = try gradient(width: width, height: height)
        let clear = try gradient(width: width, height: height, format: .rgba8)
        let grey = try gradient(width: width, height: height, format: .gray8)
        return [
            ("jpeg", try colour.encoded(as: .jpeg(quality: 85))),
            ("grey jpeg", try grey.encoded(as: .jpeg(quality: 85))),
            ("progressive jpeg", try JPEGBuilder.encode(colour, progressive: true)),
            ("cmyk jpeg", try JPEGBuilder.encodeInks(width: width, height: height, inks: [10, 200, 90, 240])),
            ("png", try colour.encoded(as: .png)),
            ("clear png", try clear.encoded(as: .png)),
            ("interlaced png", PNGBuilder.interlacedGrey(width: width, height: height)),
            ("lossy webp", try colour.encoded(as: .webP(quality: 80))),
            ("clear lossy webp", try clear.encoded(as: .webP(quality: 80))),
            ("lossless webp", try clear.encoded(as: .webPLossless)),
            ("animated webp", try WebPBuilder.animation(of: [clear, clear], width: width, height: height)),
            ("gif", GIFBuilder(width: width, height: height).file(indexes: GIFBuilder.pattern(width * height))),
        ]
    }
}
