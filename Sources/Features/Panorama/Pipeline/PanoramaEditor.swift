public import Imaging
internal import Kernels

/// A panorama whose things can be kept or removed: only choice, blend and crop run again.
///
/// It holds the photos on the small canvas and the way to their files.
public struct PanoramaEditor: Sendable {
    private var composer: GroupComposer
    let group: PreparedGroup
    private var labels: [Int16]
    /// Where each photo stood when it was handed in.
    private let numbers: [Int]

    init(composer: GroupComposer, group: PreparedGroup, labels: [Int16], numbers: [Int]) {
        self.composer = composer
        self.group = group
        self.labels = labels
        self.numbers = numbers
    }

    /// The photos as they lie on the canvas, by their places in what was handed in.
    package var placed: [(Int, PlacedPhoto)] {
        group.choice.photos.map { (numbers[$0.photo], $0) }.sorted { $0.0 < $1.0 }
    }

    /// The canvas before the crop.
    package var canvas: Canvas { group.choice.canvas }

    /// Hands out each photo as it lies on the canvas, by its place in what was handed in.
    ///
    /// - Throws: What `each` throws.
    package mutating func layers(_ each: (WarpedLayer) throws -> Void) throws {
        let numbers = numbers
        try composer.layers(group, labels: labels) { layer in
            try each(
                WarpedLayer(
                    photo: numbers[layer.photo], x: layer.x, y: layer.y, colours: layer.colours, mask: layer.mask))
        }
    }

    /// The share of the places that several photos show at which two differ by over 24 levels of 8 bits.
    public var apart: Double { group.apart }

    /// Things that the photos show differently, largest first.
    public func objects() -> [PanoramaObject] { group.objects(labels, numbers: numbers) }

    /// Where a place of a photo lies in the panorama; nil where it is not on its surface.
    ///
    /// - Parameters:
    ///   - photo: By its place in what was handed in.
    ///   - x: 0 at the photo's left side, 1 at its right side.
    ///   - y: 0 at the top, 1 at the bottom.
    ///   - frame: The panorama's frame.
    public func place(photo: Int, x: Double, y: Double, frame: PanoramaFrame) -> (x: Double, y: Double)? {
        guard let placed = group.choice.photos.first(where: { numbers[$0.photo] == photo }) else { return nil }
        let (px, py) = ((x - 0.5) * placed.width, (y - 0.5) * placed.height)
        let point: (u: Double, v: Double)?
        if let camera = placed.camera {
            point = group.choice.canvas.surface.point(
                of: camera.ray(x: px, y: py, halfDiagonal: placed.halfDiagonal))
        } else {
            point = placed.map?.maps(x: px, y: py).map { (u: $0.x, v: $0.y) }
        }
        guard let point else { return nil }
        let spot = (x: (point.u - frame.left) * frame.scale, y: (point.v - frame.top) * frame.scale)
        let isInside = spot.x >= -0.5 && spot.x < Double(frame.width) - 0.5
        return isInside && spot.y >= -0.5 && spot.y < Double(frame.height) - 0.5 ? spot : nil
    }

    /// An object's box in shares of the panorama with this frame: left, top, width, height; cut where it was cropped.
    public func box(of object: PanoramaObject, frame: PanoramaFrame) -> [Double] {
        let canvas = group.choice.canvas
        let (width, height) = (Double(max(1, frame.width)), Double(max(1, frame.height)))
        let x = Double(object.box[0]) - (frame.left - canvas.left) * canvas.scale
        let y = Double(object.box[1]) - (frame.top - canvas.top) * canvas.scale
        let (left, top) = (min(1, max(0, x / width)), min(1, max(0, y / height)))
        return [
            left, top, min(1, max(0, (x + Double(object.box[2])) / width)) - left,
            min(1, max(0, (y + Double(object.box[3])) / height)) - top,
        ]
    }

    /// How a photo shows an object: a small picture of its box, empty where the photo shows nothing.
    public func thumbnail(of object: PanoramaObject, photo: Int) -> Image? {
        guard let index = group.shown.firstIndex(where: { numbers[$0.photo] == photo }) else { return nil }
        let seam = group.seam
        let (left, top) = (object.box[0] / seam.step, object.box[1] / seam.step)
        let (width, height) = (object.box[2] / seam.step, object.box[3] / seam.step)
        var rgb = [UInt8](repeating: 0, count: width * height * 3)
        for y in 0..<height {
            for x in 0..<width {
                let place = group.pieces[index].place(
                    x: (left + x) % seam.width, y: top + y, canvasWidth: seam.width)
                guard let place else { continue }
                for channel in 0..<3 {
                    rgb[(y * width + x) * 3 + channel] = group.pieces[index].rgb[place * 3 + channel]
                }
            }
        }
        return Image(rgb: rgb, width: width, height: height)
    }

    /// The panorama with the wishes granted as far as other photos show the places.
    ///
    /// - Throws: What `progress` throws.
    public mutating func picture(
        _ wishes: [(object: PanoramaObject, wish: ObjectWish)], progress: (StitchProgress) throws -> Void = { _ in }
    ) throws -> Image? {
        let areas = group.painted(wishes, numbers: numbers)
        return try compose(areas.isEmpty ? nil : .painted(areas), progress)
    }

    /// Chooses, blends and crops again.
    mutating func compose(
        _ objective: ImageObjective?, _ progress: (StitchProgress) throws -> Void
    ) throws -> Image? {
        let made = try composer.compose(group, objective: objective) {
            try progress(StitchProgress(stage: $0, done: $1, of: $2))
        }
        if let made { labels = made.labels }
        return made?.image
    }
}
