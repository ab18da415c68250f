import Imaging
import Testing

@testable import Learning

@Suite struct PastedSceneTests {
    private let size = ImageSize(width: 64, height: 64)

    private func scene(_ step: PastedScene, seed: UInt64) throws -> AugmentedPicture {
        let dataset = try Pictures.dataset(4)
        let picture = AugmentedPicture(image: try Pictures.item(), boxes: [], target: size, fit: .stretch)
        let context = AugmentationContext(
            index: 0, sample: dataset.samples[0], pictures: PictureCache(samples: dataset.samples, least: size))
        return try Augmenter([step]).applied(to: picture, seed: seed, epoch: 0, context)
    }

    @Test("A scene has a box around each thing, inside the picture, and none covers another", arguments: 0..<12)
    func boxes(seed: UInt64) throws {
        let made = try scene(PastedScene(), seed: seed)
        #expect(made.image.width == 64 && made.image.height == 64 && made.boxes.count <= 4)
        for box in made.boxes {
            #expect(box.left >= 0 && box.top >= 0 && box.right <= 64 && box.bottom <= 64 && box.label == 0)
            #expect(box.right - box.left >= 6 && box.bottom - box.top >= 6)
        }
        #expect(try made.image == scene(PastedScene(), seed: seed).image)
    }

    @Test("The box of a lone thing is where its colour is", arguments: 0..<8)
    func place(seed: UInt64) throws {
        var step = PastedScene(most: 1, rotation: 0...0, grounds: [.white], clutter: 0, made: 0)
        step.size = 0.4...0.8
        let made = try scene(step, seed: seed)
        let box = try #require(made.boxes.first)
        var (left, top, right, bottom) = (64, 64, 0, 0)
        for y in 0..<64 {
            for x in 0..<64 {
                let pixel = try #require(made.image.pixel(x: x, y: y))
                if pixel.red > 150, pixel.green < 110 {
                    (left, top) = (min(left, x), min(top, y))
                    (right, bottom) = (max(right, x + 1), max(bottom, y + 1))
                }
            }
        }
        for (found, real) in [
            (box.left, left), (box.top, top), (box.right, right), (box.bottom, bottom),
        ] { #expect(abs(found - Float(real)) <= 2.5) }
    }
}
