import Basics
import Foundation
import Imaging
import Panorama
import Testing

@Suite("Shifts found by trying")
struct ShiftSearchTests {
    /// Two crops of one scene, the second `(x, y)` pixels up and to the left of the first's content.
    private static func crops(
        _ seed: UInt64, x: Double, y: Double, side: Int = 36, gain: Double = 1, bias: Double = 0
    ) throws -> (AlignmentPicture, AlignmentPicture) {
        try WavyScene(seed: seed, count: 10).pair(
            shift(x, y), width: side, height: side, gain: gain, bias: bias)
    }

    @Test("PANO-121, PANO-127 squares are least at the true shift of 200 crops, by search and by brute force")
    func squares() throws {
        var random = SeededRandom(seed: 4)
        for seed in 0..<200 {
            let (x, y) = (Int(random.next() % 9) - 4, Int(random.next() % 9) - 4)
            let (a, b) = try Self.crops(UInt64(seed), x: Double(x), y: Double(y), side: 24)
            let found = try ShiftSearch(.squares, radius: 5).full(a, b)
            #expect(Int(found.x.rounded()) == x && Int(found.y.rounded()) == y, "seed \(seed)")
            #expect(found.score < 1e-9)
        }
    }

    @Test("PANO-121, PANO-127 each score is the mean of squared differences over the overlap, which is 20 % at least")
    func bruteForce() throws {
        let scene = WavyScene(seed: 3)
        let images = [
            try scene.view(.identity, width: 15, height: 11), try scene.view(shift(3, 1), width: 13, height: 12),
        ]
        let (a, b) = (try AlignmentPicture(images[0]), try AlignmentPicture(images[1]))
        let search = ShiftSearch(.squares)
        for dy in -12...12 {
            for dx in -14...14 {
                var (sum, count) = (0.0, 0)
                for y in 0..<11 {
                    for x in 0..<15 {
                        guard let p = images[0].value(x: x, y: y), let q = images[1].value(x: x + dx, y: y + dy)
                        else { continue }
                        sum += Double(q - p) * Double(q - p)
                        count += 1
                    }
                }
                let score = try? search.score(a, b, x: dx, y: dy)
                #expect((score != nil) == (Double(count) >= 0.2 * 156))
                if let score { #expect(abs(score - sum / Double(count)) < 1e-6) }
            }
        }
    }

    @Test("PANO-124, PANO-126 gain and bias change neither the shift of their own measure nor that of correlation")
    func light() throws {
        let (a, b) = try Self.crops(5, x: 3, y: -2)
        for (gain, bias) in [(0.6, 0.1), (1.6, -0.1), (1, 30.0 / 255)] {
            let (_, other) = try Self.crops(5, x: 3, y: -2, gain: gain, bias: bias)
            for measure in [ShiftMeasure.gainBias, .correlation] {
                let plain = try ShiftSearch(measure, radius: 6).full(a, b)
                let lit = try ShiftSearch(measure, radius: 6).full(a, other)
                #expect(abs(plain.x - lit.x) < 0.02 && abs(plain.y - lit.y) < 0.02)
                #expect(abs(plain.x - 3) < 0.1 && abs(plain.y + 2) < 0.1)
            }
        }
        let flat = try AlignmentPicture(FloatImage(width: 30, height: 30, channels: 1, filledWith: 0.4))
        for measure in [ShiftMeasure.gainBias, .correlation] {
            #expect(throws: DirectError.noTexture) { try ShiftSearch(measure, radius: 3).full(flat, flat) }
        }
        #expect(throws: DirectError.noOverlap) { try ShiftSearch(.squares).score(a, b, x: 40, y: 0) }
    }

    @Test("PANO-123 with 30 % of another picture a robust measure finds the shift")
    func robust() throws {
        for seed in 0..<6 {
            let scene = WavyScene(seed: UInt64(seed), count: 10)
            var image = try scene.view(shift(-3, 1), width: 36, height: 36)
            let strange = try WavyScene(seed: 77, count: 10).view(.identity, width: 36, height: 36)
            image.withMutableValues { values in
                for row in 0..<36 {
                    for column in 0..<11 {
                        values[row * 36 + column] = 1.3 * (strange.value(x: column, y: row) ?? 0)
                    }
                }
            }
            let a = try AlignmentPicture(scene.view(.identity, width: 36, height: 36))
            let b = try AlignmentPicture(image)
            let found = try ShiftSearch(.robust(.gemanMcClure, scale: 0.02), radius: 6).full(a, b)
            #expect(Int(found.x.rounded()) == 3 && Int(found.y.rounded()) == -1, "seed \(seed)")
        }
    }

    @Test("PANO-125 pixels of weight 0 have no influence at all, bit for bit")
    func masked() throws {
        let scene = WavyScene(seed: 12)
        let image = try scene.view(.identity, width: 40, height: 32)
        let picture = try AlignmentPicture(scene.view(shift(-2, 1), width: 40, height: 32))
        var weights = try FloatImage(width: 40, height: 32, channels: 1, filledWith: 1)
        weights.withMutableValues { for at in 0..<400 { $0[at] = 0 } }
        func template(_ value: Float) throws -> AlignmentPicture {
            var changed = image
            changed.withMutableValues { for at in 0..<400 { $0[at] = value } }
            return try AlignmentPicture(changed, weights: weights)
        }
        let (one, two) = (try template(0.2), try template(.nan))
        for measure in [ShiftMeasure.squares, .gainBias, .correlation, .robust(.huber, scale: 0.05)] {
            let (a, b) = (
                try ShiftSearch(measure, radius: 4).full(one, picture),
                try ShiftSearch(measure, radius: 4).full(two, picture)
            )
            #expect(a == b)
            #expect(Int(a.x.rounded()) == 2 && Int(a.y.rounded()) == -1)
        }
        let (a, b) = (
            try DirectAlignment(.affine).align(one, picture, start: shift(1.5, -0.5)),
            try DirectAlignment(.affine).align(two, picture, start: shift(1.5, -0.5))
        )
        #expect(a.map == b.map && a.error == b.error)
    }

    @Test("PANO-128 coarse to fine gives the same shift as trying all, and looks at under 5 % as many pixels")
    func hierarchical() throws {
        var random = SeededRandom(seed: 40)
        var same = 0
        for seed in 0..<40 {
            let (x, y) = (Int(random.next() % 17) - 8, Int(random.next() % 17) - 8)
            let (a, b) = try WavyScene(seed: UInt64(seed), count: 12, shortest: 12).pair(
                shift(Double(x), Double(y)), width: 48, height: 40)
            let search = ShiftSearch(.squares, radius: 16)
            let found = try search.hierarchical(a, b, levels: 3)
            let all = try search.full(a, b)
            if Int(found.x.rounded()) == Int(all.x.rounded()), Int(found.y.rounded()) == Int(all.y.rounded()) {
                same += 1
            }
            #expect(found.samples * 20 < all.samples, "\(found.samples) of \(all.samples)")
        }
        #expect(same >= 38)
    }

    @Test("PANO-132 a parabola gives the fraction of a pixel")
    func fraction() throws {
        #expect(SubpixelPeak.offset(4.0, 1.0, 0.0) == 0.5)
        #expect(abs(SubpixelPeak.offset(1.44, 0.04, 0.64) - 0.2) < 1e-12)
        #expect(SubpixelPeak.offset(1, 1, 1) == 0)
        let bowl = (0..<9).map { at -> Double in
            let (x, y) = (Double(at % 3 - 1) - 0.3, Double(at / 3 - 1) + 0.2)
            return 2 * x * x + 3 * y * y + x * y
        }
        let least = SubpixelPeak.offset(bowl)
        #expect(abs(least.x - 0.3) < 1e-9 && abs(least.y + 0.2) < 1e-9)
        var random = SeededRandom(seed: 9)
        for seed in 0..<10 {
            let (x, y) = (number(&random, -3...3), number(&random, -3...3))
            let (a, b) = try WavyScene(seed: UInt64(seed), shortest: 12).pair(shift(x, y), width: 40, height: 40)
            let found = try ShiftSearch(.squares, radius: 5).full(a, b)
            #expect(abs(found.x - x) < 0.1 && abs(found.y - y) < 0.1, "seed \(seed)")
        }
    }
}
