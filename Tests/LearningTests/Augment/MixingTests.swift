import Imaging
import Testing

@testable import Learning

@Suite struct MixingTests {
    private let size = ImageSize(width: 16, height: 16)

    private func even(_ levels: [UInt8]) throws -> [AugmentedPicture] {
        try levels.map { level in
            let image = try Image(
                width: 16, height: 16, format: .rgb8, filledWith: Pixel(red: level, green: level, blue: level))
            return AugmentedPicture(image: image, boxes: [], target: size, fit: .stretch)
        }
    }

    @Test("LEARN-033 mixed pictures hold as much of each as the batch says", arguments: 0..<8)
    func mixUp(seed: UInt64) throws {
        let levels: [UInt8] = [0, 80, 160, 240]
        var pictures = try even(levels)
        var random = CounterRandom(seed: seed, stage: .batch)
        let mix = try #require(try MixUp(alpha: 1).apply(to: &pictures, &random))
        for (row, picture) in pictures.enumerated() {
            let own = Float(levels[row]) * mix.shares[row]
            let expected = own + Float(levels[mix.partners[row]]) * (1 - mix.shares[row])
            #expect(abs(Float(picture.image.bytes[100]) - expected) < 1)
            #expect(mix.shares[row] >= 0.5)
        }
    }

    @Test("LEARN-033 a cut rectangle is as large as the batch says", arguments: 0..<8)
    func cutMix(seed: UInt64) throws {
        let levels: [UInt8] = [0, 80, 160, 240]
        var pictures = try even(levels)
        var random = CounterRandom(seed: seed, stage: .batch)
        let mix = try #require(try CutMix().apply(to: &pictures, &random))
        for (row, picture) in pictures.enumerated() where mix.partners[row] != row {
            let own = picture.image.bytes.count { $0 == levels[row] }
            #expect(abs(Float(own) / Float(picture.image.bytes.count) - mix.shares[row]) < 1e-3)
        }
    }

    @Test("One picture is not mixed with anything")
    func alone() throws {
        var pictures = try even([5])
        var random = CounterRandom(seed: 0, stage: .batch)
        #expect(try MixUp().apply(to: &pictures, &random) == nil)
    }

    @Test("LEARN-033 four pictures become one, and their boxes stay on what they surround", arguments: 0..<6)
    func mosaic(seed: UInt64) throws {
        let dataset = try Pictures.dataset(5)
        let cache = PictureCache(samples: dataset.samples, least: ImageSize(width: 48, height: 36))
        let first = try cache.picture(0)
        let target = ImageSize(width: 64, height: 64)
        let picture = AugmentedPicture(image: first.image, boxes: first.boxes, target: target, fit: .stretch)
        let context = AugmentationContext(index: 0, sample: dataset.samples[0], pictures: cache)
        let result = try Augmenter([Mosaic(probability: 1)]).applied(to: picture, seed: seed, epoch: 0, context)
        #expect(result.image.width == 64 && result.boxes.count > 1)
        for box in result.boxes where !box.isIgnored && box.area > 40 {
            let pixel = result.image.pixel(x: Int((box.left + box.right) / 2), y: Int((box.top + box.bottom) / 2))
            #expect(pixel?.green ?? 255 < 80)
        }
        #expect(result.origin(x: 1, y: 1) == nil)
    }

    @Test("LEARN-069 words change places or go, one always stays, and the seed decides")
    func text() {
        let step = TextAugmentation(shuffle: 1, drop: 0)
        let text = "small red leather bag with belt"
        let shuffled = (0..<20).map { step.applied(to: text, seed: 1, epoch: $0, sample: 4) }
        #expect(Set(shuffled).count > 10)
        #expect(shuffled.allSatisfy { $0.split(separator: " ").sorted() == text.split(separator: " ").sorted() })
        #expect(shuffled[3] == step.applied(to: text, seed: 1, epoch: 3, sample: 4))
        let short = TextAugmentation(shuffle: 0, drop: 0.99)
        #expect((0..<20).allSatisfy { !short.applied(to: text, seed: 2, epoch: $0, sample: 0).isEmpty })
        #expect(TextAugmentation(shuffle: 0, drop: 0).applied(to: text, seed: 3, epoch: 0, sample: 0) == text)
        let usual = (0..<400).count { TextAugmentation().applied(to: text, seed: 4, epoch: $0, sample: 0) != text }
        // 1 - 0.7 x 0.9^6
        #expect(abs(Double(usual) / 400 - 0.628) < 0.08)
    }
}
