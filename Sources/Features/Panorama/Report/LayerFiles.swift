import Foundation
internal import Imaging

/// A panorama's parts as files, to be worked on elsewhere: its photos as they lie in it, who shows what, the cameras and a
/// project of Hugin (PANO-312).
public struct LayerFiles {
    private let panorama: Stitcher.Panorama
    private let names: [String]

    /// The parts of a panorama whose photos have these names, in the order in which they were handed in.
    public init(_ panorama: Stitcher.Panorama, names: [String]) {
        self.panorama = panorama
        self.names = names
    }

    /// Where a layer lies; part of `layers.json`.
    private struct Entry: Codable {
        let photo: String
        let file: String
        let mask: String
        let x: Int
        let y: Int
        let width: Int
        let height: Int
    }

    /// What `layers.json` holds.
    private struct Table: Codable {
        /// Width and height before the crop.
        let canvas: [Int]
        /// x, y, width and height of the panorama on it.
        let crop: [Int]
        /// Whether columns go on at the left where they end at the right.
        let closed: Bool
        let layers: [Entry]
    }

    /// Hands out the files by their names, one at a time.
    ///
    /// - Throws: `ImageError` when a layer cannot be encoded, and what `write` throws.
    public func write(_ write: (_ name: String, _ bytes: [UInt8]) throws -> Void) throws {
        var editor = panorama.editor
        var entries: [Entry] = []
        try editor.layers { layer in
            let stem = "layer-\(layer.photo < 9 ? "00" : layer.photo < 99 ? "0" : "")\(layer.photo + 1)"
            try write("\(stem).png", layer.colours.encoded(as: .png))
            try write("\(stem)-mask.png", layer.mask.encoded(as: .png))
            entries.append(
                Entry(
                    photo: names.indices.contains(layer.photo) ? names[layer.photo] : "", file: "\(stem).png",
                    mask: "\(stem)-mask.png", x: layer.x, y: layer.y, width: layer.colours.width,
                    height: layer.colours.height))
        }
        let (canvas, frame) = (editor.canvas, panorama.frame)
        let table = Table(
            canvas: [canvas.width, canvas.height],
            crop: [
                Int(((frame.left - canvas.left) * canvas.scale).rounded()),
                Int(((frame.top - canvas.top) * canvas.scale).rounded()), frame.width, frame.height,
            ], closed: canvas.isClosed, layers: entries)
        try write("layers.json", Self.json(table))
        try write("cameras.json", Self.json(CameraTable(panorama, names: names)))
        let project = HuginProject(panorama, names: names).text
        if !project.isEmpty { try write("panorama.pto", Array(project.utf8)) }
    }

    private static func json(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(value)) + [10]
    }
}

/// The cameras of a panorama in numbers.
public struct CameraTable: Codable, Sendable, Hashable {
    /// A photo's camera, or where a photo of a flat thing lies.
    public struct Photo: Codable, Sendable, Hashable {
        /// Its name.
        public var name: String
        /// Upright width in pixels.
        public var width: Int
        /// Upright height in pixels.
        public var height: Int
        /// Focal length in pixels of the photo; nil for flat things.
        public var focalPx: Double?
        /// λ of the ray (x, y, f (1 + λρ²)), ρ = 1 in the corners; nil for flat things.
        public var lambda: Double?
        /// Degrees to the right, up and clockwise, as Hugin has them; nil for flat things.
        public var yawPitchRoll: [Double]?
        /// World to camera, row by row: x to the right, y down, z ahead; nil for flat things.
        public var rotation: [Double]?
        /// From pixels of the photo from its middle to units of the surface, row by row; for flat things alone.
        public var map: [Double]?
    }

    /// Number of the panorama.
    public var group: Int
    /// rotation, plane or scan.
    public var model: String
    /// How the panorama's pixels relate to directions.
    public var frame: PanoramaFrame
    /// Its photos.
    public var photos: [Photo]

    /// The cameras of a panorama whose photos have these names, in the order in which they were handed in.
    public init(_ panorama: Stitcher.Panorama, names: [String]) {
        group = panorama.group
        model = panorama.verdict.model
        frame = panorama.frame
        photos = panorama.editor.placed.compactMap { number, placed in
            guard names.indices.contains(number), let size = panorama.photoSizes[number] else { return nil }
            var photo = Photo(name: names[number], width: size[0], height: size[1])
            if let camera = placed.camera {
                let angles = HuginProject.angles(camera.rotation)
                photo.focalPx = camera.focal * placed.magnification
                photo.lambda = camera.lens
                photo.yawPitchRoll = [angles.yaw, angles.pitch, angles.roll]
                photo.rotation = camera.rotation.values
            } else if let map = placed.map {
                let share = 1 / placed.magnification
                photo.map = (map * Matrix3.diagonal(share, share, 1)).values
            }
            return photo
        }
    }
}
