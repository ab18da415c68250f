public import Imaging
internal import Kernels

/// A panorama whose things can be kept or removed: only choice, blend and crop run again.
///
/// It holds the photos on the small canvas and the way to their files.
public struct PanoramaEditor: Sendable {
    private var composer: GroupComposer
    private let group: PreparedGroup
    private var labels: [Int16]
    /// Where each photo stood when it was handed in.
    private let numbers: [Int]

    init(composer: GroupComposer, group: PreparedGroup, labels: [Int16], numbers: [Int]) {
        self.composer = composer
        self.group = group
        self.labels = labels
        self.numbers = numbers
    }

    /// Things that the photos show differently, largest first.
    public func objects() -> [PanoramaObject] { group.objects(labels, numbers: numbers) }

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
        let made = try composer.compose(group, objective: areas.isEmpty ? nil : .painted(areas)) {
            try progress(StitchProgress(stage: $0, done: $1, of: $2))
        }
        if let made { labels = made.labels }
        return made?.image
    }
}
