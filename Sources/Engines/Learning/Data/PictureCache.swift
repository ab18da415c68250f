public import Imaging
internal import Synchronization

/// The pictures of a data set at the size that training works with, decoded once as long as memory allows.
public final class PictureCache: PictureSource {
    private let samples: [Sample]
    private let least: ImageSize
    private let budget: Int
    private let kept = Mutex(Kept())

    private struct Kept {
        var pictures: [Int: Image] = [:]
        var boxScales: [Int: ImageSize] = [:]
        var bytes = 0
    }

    /// Pictures of at least a size (never enlarged), of which at most `budget` bytes are kept.
    public init(samples: [Sample], least: ImageSize, budget: Int = 1 << 30) {
        (self.samples, self.least, self.budget) = (samples, least, budget)
    }

    /// How many samples there are.
    public var count: Int { samples.count }

    /// The bytes of the pictures that are kept.
    public var keptBytes: Int { kept.withLock { $0.bytes } }

    /// A picture, upright, in RGB, made smaller to the working size, with its boxes in its own pixels.
    ///
    /// Throws `DataError` or `ImageError` for a picture that cannot be read.
    public func picture(_ index: Int) throws -> (image: Image, boxes: [LabelledBox]) {
        guard samples.indices.contains(index) else { throw DataError.empty("position \(index)") }
        let known = kept.withLock { kept in kept.pictures[index].map { ($0, kept.boxScales[index]) } }
        if let (image, size) = known { return (image, boxes(of: index, size, image)) }
        let (image, size) = try decode(samples[index])
        kept.withLock { kept in
            guard kept.pictures[index] == nil, kept.bytes + image.bytes.count <= budget else { return }
            kept.bytes += image.bytes.count
            kept.pictures[index] = image
            kept.boxScales[index] = size
        }
        return (image, boxes(of: index, size, image))
    }

    private func decode(_ sample: Sample) throws -> (image: Image, full: ImageSize) {
        let bytes = try sample.image.read()
        guard let share = sample.middle, (0.01..<1).contains(share), sample.boxes.isEmpty else {
            return try Self.decode(bytes, least: least)
        }
        func whole(_ side: Int) -> Int { Int((Double(side) / share).rounded()) }
        func part(_ side: Int) -> Int { max(1, Int((Double(side) * share).rounded())) }
        let (image, full) = try Self.decode(
            bytes, least: ImageSize(width: whole(least.width), height: whole(least.height)))
        let (width, height) = (part(image.width), part(image.height))
        let middle = try image.cropped(
            to: PixelBox(
                x: (image.width - width) / 2, y: (image.height - height) / 2, width: width, height: height))
        return (middle, full)
    }

    private func boxes(of index: Int, _ full: ImageSize?, _ image: Image) -> [LabelledBox] {
        guard let full else { return samples[index].boxes }
        let across = Float(image.width) / Float(full.width)
        let down = Float(image.height) / Float(full.height)
        return samples[index].boxes.map { box in
            var box = box
            (box.left, box.right) = (box.left * across, box.right * across)
            (box.top, box.bottom) = (box.top * down, box.bottom * down)
            return box
        }
    }

    /// A file's picture, upright, in RGB, not much larger than `least`, and the size that it has in the file.
    public static func decode(_ bytes: [UInt8], least: ImageSize) throws -> (image: Image, full: ImageSize) {
        let probe = try ImageProbe.read(bytes)
        let turned = probe.orientation.swapsSides
        let full = ImageSize(width: probe.uprightWidth, height: probe.uprightHeight)
        let size = covering(least, full)
        let stored = turned ? ImageSize(width: size.height, height: size.width) : size
        let decoded = try Image.decode(bytes, options: ImageDecodeOptions(minimumSize: stored)).image
            .converted(to: .rgb8)
        let wanted = ImageSize(width: min(size.width, decoded.width), height: min(size.height, decoded.height))
        return (try decoded.resized(width: wanted.width, height: wanted.height), full)
    }

    /// The smallest size of a shape that covers another size; never larger than the picture, and no side over four times
    /// as long as it must be.
    static func covering(_ least: ImageSize, _ full: ImageSize) -> ImageSize {
        let scale = min(
            1, max(Double(least.width) / Double(full.width), Double(least.height) / Double(full.height)))
        let width = Int((Double(full.width) * scale).rounded())
        let height = Int((Double(full.height) * scale).rounded())
        return ImageSize(
            width: max(1, min(width, 4 * max(least.width, least.height))),
            height: max(1, min(height, 4 * max(least.width, least.height))))
    }
}
