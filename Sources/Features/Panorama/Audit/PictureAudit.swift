import Foundation
public import Imaging
internal import Kernels

/// What a panorama is worth, told from its picture and its photos alone: the same for us and for any other program
/// (PANO-336).
///
/// Each square of 32 pixels of the picture that has texture is looked for in each photo: points that look alike give an
/// affine map for its surroundings, and correlation says how well the photo shows it. No camera is needed.
public struct PictureAudit: Sendable, Codable, Hashable {
    /// Squares of the picture that have texture.
    public var cells: Int
    /// The share of them that some photo shows as they are (correlation 0.9 or more).
    public var fidelity: Double
    /// The share that no photo shows (correlation under 0.7, or too little of its fine parts): ghosts, bends, broken
    /// lines, smears.
    public var torn: Double
    /// The share that could not be compared with any photo.
    public var unknown: Double
    /// The photos.
    public var photos: [Photo]
    /// Steps of light between neighbouring squares that come from different photos, as shares.
    public var tone: GroupVerdict.Tone
    /// Differences of gradients where the source changes over those elsewhere; 1 is invisible.
    public var seamVisibility: Double
    /// Empty areas inside of more than 64 pixels.
    public var holes: Int
    /// The share of the picture that is empty.
    public var black: Double
    /// Areas that no photo shows as they are, largest first.
    public var faults: [Fault]

    /// The share of a photo from which on it is in the picture: neighbours show some of each. A crop may leave less of one
    /// at the end, which then shows squares that no other does.
    package static let present = 0.4

    /// How much of a photo is in the picture.
    public struct Photo: Sendable, Codable, Hashable {
        /// Its name.
        public var name: String
        /// The share of its textured squares that the picture shows; nil for a photo that cannot be read or has none.
        public var shown: Double?
        /// Whether it is not in the picture.
        public var isMissing: Bool
    }

    /// An area that is wrong.
    public struct Fault: Sendable, Codable, Hashable {
        /// What it looks like.
        public enum Kind: String, Sendable, Codable {
            /// Doubled, bent or broken.
            case torn
            /// Without the fine parts that the photo has.
            case smeared
        }

        /// What it looks like.
        public var kind: Kind
        /// x, y, width and height in pixels of the picture.
        public var box: [Int]
    }

    /// Looks at a picture and the photos that it was made of.
    ///
    /// - Throws: What `progress` throws, and `ImageError` when the picture cannot be shrunk.
    public init(
        picture: Image, photos: [StitchPhoto], progress: (_ done: Int, _ of: Int) throws -> Void = { _, _ in }
    ) throws {
        var sheet = try AuditSheet(picture)
        for (index, photo) in photos.enumerated() {
            try progress(index, photos.count)
            sheet.compare(index, AuditPhoto(photo))
        }
        let found = sheet.result()
        cells = found.cells
        fidelity = found.fidelity.thousandths
        torn = found.torn.thousandths
        unknown = found.unknown.thousandths
        tone = found.tone
        seamVisibility = found.seams.thousandths
        holes = sheet.holes
        black = sheet.black.thousandths
        faults = found.faults
        let owners = sheet.owners
        self.photos = photos.enumerated().map { index, photo in
            let shown = sheet.shown[index] ?? nil
            let isMissing = (shown ?? 1) < Self.present && !owners.contains(index)
            return Photo(name: photo.name, shown: shown?.thousandths, isMissing: isMissing)
        }
    }
}

/// A photo as the audit sees it.
struct AuditPhoto {
    /// Points, in pixels from the middle of the shrunken photo.
    let points: PhotoPoints
    let light: [Float]
    let width: Int
    let height: Int

    /// nil for photos that cannot be read.
    init?(_ photo: StitchPhoto, megapixels: Double = 1) {
        guard let bytes = try? photo.load(), let probe = try? ImageProbe.read(bytes) else { return nil }
        let size = PointDetector.size(probe.uprightWidth, probe.uprightHeight, megapixels: megapixels)
        guard
            let image = PhotoIntake.decode(
                photo, width: probe.uprightWidth, height: probe.uprightHeight,
                share: Double(size.width) / Double(max(1, probe.uprightWidth)))
        else { return nil }
        self.init(image, size: size, limit: 4_000)
    }

    init?(_ image: Image, size: (width: Int, height: Int), limit: Int) {
        guard let small = try? image.converted(to: .rgb8).resized(width: size.width, height: size.height) else {
            return nil
        }
        var detector = PointDetector()
        detector.megapixels = Double(size.width * size.height) / 1e6 + 1
        detector.limit = limit
        guard let found = try? detector.points(of: small, scale: 1) else { return nil }
        points = found
        (width, height) = size
        let grey = small.converted(to: .gray8).floats()
        light = ((try? grey.gaussianBlurred(sigma: 0.8)) ?? grey).packedValues
    }
}

extension FloatImage {
    fileprivate var packedValues: [Float] {
        guard stride != width * channels else { return Array(values.prefix(width * channels * height)) }
        return (0..<height).flatMap { values[($0 * stride)..<($0 * stride + width * channels)] }
    }
}
