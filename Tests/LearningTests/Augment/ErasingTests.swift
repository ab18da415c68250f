import Imaging
import Testing

@testable import Learning

@Suite struct ErasingTests {
    private let side = 40

    private func grey() throws -> AugmentedPicture {
        let image = try Image(
            width: side, height: side, format: .rgb8, filledWith: Pixel(red: 77, green: 77, blue: 77))
        let size = ImageSize(width: side, height: side)
        return AugmentedPicture(image: image, boxes: [], target: size, fit: .stretch)
    }

    private func erased(_ step: some Augmentation, seed: UInt64) throws -> [Bool] {
        let context = AugmentationContext(
            index: 3, sample: Sample(id: "a", image: .bytes([])),
            pictures: PictureCache(samples: [], least: ImageSize(width: 1, height: 1)))
        let image = try Augmenter([step]).applied(to: grey(), seed: seed, epoch: 0, context).image
        return (0..<(side * side)).map { image.pixel(x: $0 % side, y: $0 / side)?.red != 77 }
    }

    private func bounds(_ erased: [Bool]) -> (columns: ClosedRange<Int>, rows: ClosedRange<Int>)? {
        let places = erased.indices.filter { erased[$0] }
        guard let left = places.map({ $0 % side }).min(), let right = places.map({ $0 % side }).max(),
            let top = places.first, let bottom = places.last
        else { return nil }
        return (left...right, (top / side)...(bottom / side))
    }

    @Test("LEARN-023 a rectangle of 2 to 40 percent and of a bounded shape is painted over", arguments: 0..<30)
    func random(seed: UInt64) throws {
        let erased = try erased(RandomErasing(probability: 1, fill: .grey), seed: seed)
        let (columns, rows) = try #require(bounds(erased))
        #expect(erased.count { $0 } == columns.count * rows.count)
        let share = Double(columns.count * rows.count) / Double(side * side)
        #expect(share > 0.015 && share < 0.42)
        let shape = Double(rows.count) / Double(columns.count)
        #expect(shape > 0.25 && shape < 4)
    }

    @Test("LEARN-023 drawn colours differ from pixel to pixel, the mean leaves an even picture as it was")
    func fills() throws {
        #expect(try !erased(RandomErasing(probability: 1, fill: .mean), seed: 1).contains(true))
        let shares = try (0..<60).map { try erased(RandomErasing(), seed: $0).contains(true) ? 1 : 0 }
        let count = shares.reduce(0, +)
        #expect(count > 15 && count < 45)
    }

    @Test(
        "LEARN-024, SCAN-098 about half of the cells in a rectangle are painted over, whole cells only",
        arguments: 0..<10)
    func bernoulli(seed: UInt64) throws {
        var step = BernoulliErasing(probability: 1, fill: .grey)
        step.rectangle.area = 0.3...0.4
        step.rectangle.ratio = 0.8...1.25
        let erased = try erased(step, seed: seed)
        let (columns, rows) = try #require(bounds(erased))
        let share = Double(erased.count { $0 }) / Double(columns.count * rows.count)
        #expect(share > 0.3 && share < 0.7)
        // Cells are 40 / 14 = 2 pixels wide and high.
        for y in stride(from: rows.lowerBound, to: rows.upperBound - 1, by: 2) {
            for x in stride(from: columns.lowerBound, to: columns.upperBound - 1, by: 2) {
                #expect(erased[y * side + x] == erased[y * side + x + 1])
                #expect(erased[y * side + x] == erased[(y + 1) * side + x])
            }
        }
    }

    @Test("LEARN-025 what the net looks at is painted over, wherever the crop moved it, and never over a quarter")
    func adversarial() throws {
        let maps = AttentionMaps()
        var map = [UInt8](repeating: 10, count: 256)
        for y in 4..<8 { for x in 8..<12 { map[y * 16 + x] = 250 } }
        maps.set(map, of: 3)
        maps.set([1, 2, 3], of: 4)
        #expect(maps.count == 1)
        var picture = try grey()
        picture.repaint(try Pictures.picture(0, width: side, height: side))
        let context = AugmentationContext(
            index: 3, sample: Sample(id: "a", image: .bytes([])),
            pictures: PictureCache(samples: [], least: ImageSize(width: 1, height: 1)))
        let mirror = ResizedCrop(area: 1...1, ratio: 1...1, rotation: 0...0, flip: 1)
        let before = try Augmenter([mirror]).applied(to: picture, seed: 1, epoch: 0, context).image
        let steps: [any Augmentation] = [mirror, AdversarialErasing(maps: maps, probability: 1)]
        let after = try Augmenter(steps).applied(to: picture, seed: 1, epoch: 0, context).image
        for y in 0..<side {
            for x in 0..<side {
                let isLookedAt = (10..<20).contains(y) && (10..<20).contains(x)
                let isSame = before.pixel(x: x, y: y) == after.pixel(x: x, y: y)
                #expect(isSame != isLookedAt, "\(x) \(y)")
            }
        }
        maps.set([UInt8](repeating: 255, count: 256), of: 3)
        #expect(try !erased(AdversarialErasing(maps: maps, probability: 1), seed: 0).contains(true))
        #expect(AdversarialErasing.bound([1, 200, 220, 250], atLeast: 178, most: 0.5) == 200)
        #expect(AdversarialErasing.bound([1, 200, 220, 250], atLeast: 178, most: 1) == 178)
    }
}
