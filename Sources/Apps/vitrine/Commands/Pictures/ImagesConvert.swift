public import ArgumentParser
import Foundation
public import Imaging

/// Writes a picture in another format, size or orientation.
struct ImagesConvert: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert",
        abstract: "Write a picture in another format, size or orientation.",
        discussion: """
            The ending of OUTPUT says the format: .jpg, .png or .webp. With one of --width and --height the shape \
            stays; with both, the picture is squeezed unless --crop cuts it to the shape first.

              vitrine images convert photo.png photo.webp --quality 80
              vitrine images convert photo.jpg square.jpg --width 512 --height 512 --crop
              vitrine images convert scan.png straight.png --rotate 1.5
            """)

    @Argument(help: "The picture.") var input: String
    @Argument(help: "The file to write: .jpg, .png or .webp.") var output: String
    @Option(help: "Width in pixels.") var width: Int?
    @Option(help: "Height in pixels.") var height: Int?
    @Flag(help: "Cut the middle to the shape of --width x --height.") var crop = false
    @Option(help: "How sizes are changed: area, bilinear, bicubic or lanczos.") var filter: ResizeFilter = .area
    @Option(help: "Turn clockwise by so many degrees; corners become white.") var rotate: Double?
    @Option(help: "Blur by a Gaussian of so many pixels.") var blur: Double?
    @Flag(help: "Make it grey.") var grey = false
    @Option(help: "Quality 1...100 of JPEG and WebP.") var quality = 85
    @Flag(help: "WebP without loss.") var lossless = false

    func validate() throws {
        if crop, width == nil || height == nil { throw ValidationError("--crop needs --width and --height.") }
        for side in [width, height].compactMap({ $0 }) where !(1...16_384).contains(side) {
            throw ValidationError("A side has 1 to 16,384 pixels.")
        }
        guard (1...100).contains(quality) else { throw ValidationError("--quality is 1 to 100.") }
        _ = try encoding()
    }

    func run() async throws {
        do {
            let bytes = try PictureFiles.read(input)
            let decoded = try Image.decode(bytes, options: ImageDecodeOptions(damage: .accept))
            if decoded.isDamaged { Terminal.warn("\(input) is damaged; what could be read is used.") }
            let image = try changed(decoded.image)
            let file = try image.encoded(as: try encoding())
            try PictureFiles.write(file, to: output)
            Terminal.say("\(output): \(image.width) x \(image.height), \(file.count) bytes")
        } catch let error as ImageError {
            throw error.at(input)
        }
    }

    private func changed(_ image: Image) throws -> Image {
        var image = image
        if let rotate {
            if let quarters = Self.quarters(rotate) {
                image = image.turned(by: quarters)
            } else {
                image = try image.rotated(degrees: rotate).image
            }
        }
        if crop, let width, let height { image = try image.croppedToShape(of: ImageSize(width: width, height: height)) }
        if width != nil || height != nil {
            let wide = width ?? max(1, image.width * (height ?? 1) / image.height)
            let high = height ?? max(1, image.height * (width ?? 1) / image.width)
            image = try image.resized(width: wide, height: high, by: filter)
        }
        if let blur { image = try image.gaussianBlurred(sigma: blur) }
        return grey ? image.converted(to: .gray8) : image
    }

    /// Quarter turns move pixels without making new ones.
    private static func quarters(_ degrees: Double) -> Orientation? {
        switch degrees.truncatingRemainder(dividingBy: 360) {
        case 0: .up
        case 90, -270: .clockwise
        case 180, -180: .half
        case 270, -90: .counterClockwise
        default: nil
        }
    }

    private func encoding() throws -> ImageEncoding {
        switch URL(fileURLWithPath: output).pathExtension.lowercased() {
        case "jpg", "jpeg": return .jpeg(quality: quality)
        case "png": return .png
        case "webp": return lossless ? .webPLossless : .webP(quality: quality)
        default: throw ValidationError("'\(output)' does not end in .jpg, .png or .webp.")
        }
    }
}

extension ResizeFilter: ExpressibleByArgument {}

/// Makes a small picture.
struct ImagesThumbnail: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "thumbnail",
        abstract: "Make a small picture, the way the server does.",
        discussion: """
            The whole picture fits into the box; with --crop its middle fills it. Small pictures are not enlarged. \
            PNG is written for pictures with transparency, JPEG for others, whatever OUTPUT ends in. With --repeat it \
            is made again and again, and the processor time of one is printed.

              vitrine images thumbnail photo.jpg thumb.jpg --width 320 --height 240
            """)

    @Argument(help: "The picture.") var input: String
    @Argument(help: "The file to write.") var output: String
    @Option(help: "Width of the box in pixels.") var width = 320
    @Option(help: "Height of the box in pixels.") var height = 240
    @Flag(help: "Fill the box with the picture's middle.") var crop = false
    @Option(name: .customLong("repeat"), help: "Make it so many times and tell the time.") var times = 1

    func run() async throws {
        guard (1...16_384).contains(width), (1...16_384).contains(height), times > 0 else {
            throw ValidationError("Sides have 1 to 16,384 pixels, and it is made at least once.")
        }
        do {
            let bytes = try PictureFiles.read(input)
            let method: ThumbnailMethod = crop ? .crop : .scale
            let thumbnail = try Thumbnail.make(bytes, width: width, height: height, method: method)
            try PictureFiles.write(thumbnail.bytes, to: output)
            Terminal.say("\(output): \(thumbnail.mediaType), \(thumbnail.width) x \(thumbnail.height)")
            guard times > 1 else { return }
            let start = ProcessorTime.now
            for _ in 0..<times { _ = try Thumbnail.make(bytes, width: width, height: height, method: method) }
            Terminal.say("\(ProcessorTime.milliseconds(since: start, over: times)) ms of processor time each")
        } catch let error as ImageError {
            throw error.at(input)
        }
    }
}
