public import Imaging

/// A panorama at the size of a page, plain and with its seams drawn in.
public struct ReportPicture: Sendable {
    /// Number of the panorama.
    public let group: Int
    /// JPEG, at most 1600 x 1000.
    public let preview: [UInt8]
    /// The same with each photo's share tinted and the seams as lines.
    public let seams: [UInt8]
    /// Size of both.
    public let width: Int
    /// Size of both.
    public let height: Int

    /// The pictures of a panorama.
    ///
    /// - Throws: `ImageError` when it cannot be encoded.
    public init(_ panorama: Stitcher.Panorama) throws(ImageError) {
        let small = panorama.image.fitting(width: 1_600, height: 1_000).converted(to: .rgb8)
        group = panorama.group
        width = small.width
        height = small.height
        preview = try small.encoded(as: .jpeg(quality: 84))
        seams = try Self.drawn(small, panorama.shares).encoded(as: .jpeg(quality: 80))
    }

    /// Colours that tell neighbours apart.
    static let tints: [[Int]] = [
        [50, 130, 220], [230, 80, 60], [60, 170, 90], [220, 170, 40], [150, 90, 210], [40, 180, 190], [230, 110, 170],
        [130, 130, 60],
    ]

    private static func drawn(_ image: Image, _ shares: PanoramaShares) -> Image {
        guard shares.width > 0, shares.height > 0 else { return image }
        var image = image
        let (width, height, stride) = (image.width, image.height, image.stride)
        func label(_ x: Int, _ y: Int) -> Int {
            shares.photos[y * shares.height / height * shares.width + x * shares.width / width]
        }
        image.withMutablePixels { pixels in
            for y in 0..<height {
                for x in 0..<width {
                    let mine = label(x, y)
                    guard mine >= 0 else { continue }
                    let isSeam =
                        x + 1 < width && label(x + 1, y) != mine || y + 1 < height && label(x, y + 1) != mine
                        || x > 0 && label(x - 1, y) != mine
                    let tint = tints[mine % tints.count]
                    for channel in 0..<3 {
                        let at = y * stride + x * 3 + channel
                        pixels[at] = isSeam ? 255 : UInt8((Int(pixels[at]) * 7 + tint[channel] * 3) / 10)
                    }
                }
            }
        }
        return image
    }
}

extension Image {
    /// The picture shrunk into a box and to a number of pixels; itself when it fits.
    public func fitting(width most: Int, height highest: Int, pixels: Int = .max) -> Image {
        let inBox = min(1, Double(most) / Double(width), Double(highest) / Double(height))
        let factor = min(inBox, (Double(pixels) / (Double(width) * Double(height))).squareRoot())
        guard factor < 1 else { return self }
        let size = (max(1, Int(Double(width) * factor)), max(1, Int(Double(height) * factor)))
        return (try? resized(width: size.0, height: size.1)) ?? self
    }
}

extension Stitcher.Panorama {
    /// The picture as a file, with the metadata by which viewers know spheres and rings. A side over what the format can
    /// hold is shrunk.
    ///
    /// - Throws: `ImageError` when it cannot be encoded.
    public func encoded(as encoding: ImageEncoding) throws(ImageError) -> [UInt8] {
        let side = encoding.format == .webp ? 16_383 : encoding.format == .jpeg ? 65_500 : Int.max
        let fitted = image.fitting(width: side, height: side)
        let bytes = try fitted.encoded(as: encoding)
        var frame = frame
        frame.scale *= Double(fitted.width) / Double(max(1, image.width))
        (frame.width, frame.height) = (fitted.width, fitted.height)
        guard let packet = frame.photoSphere else { return bytes }
        return try XMPPacket.insert(packet, into: bytes)
    }
}

/// Small pictures of the photos themselves, for a report.
public struct ReportThumbnails {
    private let photos: [StitchPhoto]

    /// Of photos, in the order in which they were handed in.
    public init(_ photos: [StitchPhoto]) { self.photos = photos }

    /// A JPEG of at most 200 x 150 each; nil for those that cannot be read.
    public func all() -> [[UInt8]?] {
        photos.map { photo in
            guard let bytes = try? photo.load(), bytes.count <= PhotoIntake.limits.maximumBytes,
                let small = try? Thumbnail.make(
                    bytes, width: 200, height: 150, method: .scale, limits: PhotoIntake.limits)
            else { return nil }
            return small.format == .jpeg
                ? small.bytes : try? Image.decode(small.bytes).image.encoded(as: .jpeg(quality: 80))
        }
    }
}
