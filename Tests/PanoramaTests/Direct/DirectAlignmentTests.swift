import Basics
import Foundation
import Imaging
import Kernels
import Testing

@testable import Panorama

@Suite("Alignment by brightness")
struct DirectAlignmentTests {
    private static func small(_ motion: PlanarMotion) -> [Double] {
        switch motion {
        case .translation: [1.3, -0.8]
        case .rigid: [0.02, 1.1, -0.6]
        case .similarity: [0.02, 0.015, 0.8, 0.7]
        case .affine: [0.02, 0.01, 0.9, -0.015, -0.02, -0.7]
        case .homography: [0.02, 0.01, 0.9, -0.015, -0.02, -0.7, 1e-4, -8e-5]
        }
    }

    @Test(
        "PANO-133, PANO-135, PANO-137, PANO-138 every motion is found to 0.02 px by every method",
        arguments: PlanarMotion.allCases, [DirectMethod.forward, .forwardCompositional, .inverseCompositional])
    func finds(motion: PlanarMotion, method: DirectMethod) throws {
        let truth = try #require(motion.map(Self.small(motion)))
        let (a, b) = try WavyScene(seed: 17, shortest: 12).pair(truth)
        var alignment = DirectAlignment(motion)
        alignment.method = method
        let found = try alignment.align(a, b)
        // Keys' cubic is not the scene itself: what is left is its error.
        #expect(cornerError(found.map, truth) < 0.02, "\(motion) \(method)")
        #expect(found.correlation > 0.999 && found.overlap > 0.9)
    }

    @Test("PANO-102, PANO-133 shifts of up to 20 pixels are found to 0.02 px after a search", arguments: 0..<5)
    func translation(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let (x, y) = (number(&random, -20...20), number(&random, -20...20))
        let (a, b) = try WavyScene(seed: UInt64(seed), shortest: 14).pair(shift(x, y), width: 90, height: 80)
        let start = try ShiftSearch(.correlation, radius: 24).hierarchical(a, b)
        let found = try DirectAlignment(.translation).align(a, b, start: shift(start.x, start.y))
        #expect(cornerError(found.map, shift(x, y)) < 0.02)
    }

    @Test("PANO-109 a turn of the camera is found with three parameters")
    func turn() throws {
        let truth = try #require(
            Homography.scaled(
                RotationMotion.homography(.rotation(Vector3(0.008, -0.012, 0.02)), focal0: 80, focal1: 80)))
        let (a, b) = try WavyScene(seed: 5, shortest: 12).pair(truth)
        for method in [DirectMethod.forward, .forwardCompositional, .inverseCompositional] {
            var alignment = DirectAlignment(.rotation(focal0: 80, focal1: 80))
            alignment.method = method
            #expect(cornerError(try alignment.align(a, b).map, truth) < 0.02)
        }
    }

    @Test("PANO-134, PANO-136 the template's slopes and sums of blocks give the same within 0.02 px")
    func cheaper() throws {
        let truth = try #require(PlanarMotion.affine.map(Self.small(.affine)))
        let (a, b) = try WavyScene(seed: 23, shortest: 14).pair(truth, width: 96, height: 96)
        var alignment = DirectAlignment(.affine)
        alignment.method = .forward
        let full = try alignment.align(a, b)
        for method in [DirectMethod.templateSlopes, .patches] {
            alignment.method = method
            #expect(cornerError(try alignment.align(a, b).map, full.map, width: 96, height: 96) < 0.02, "\(method)")
        }
    }

    @Test("PANO-122, PANO-135 slopes by every parameter equal finite differences", arguments: PlanarMotion.allCases)
    func slopes(motion: PlanarMotion) throws {
        let p = Self.small(motion)
        let analytic = try #require(motion.slopes(p, x: 31, y: -22))
        for index in p.indices {
            let step = index >= 6 ? 1e-7 : 1e-5
            var (more, less) = (p, p)
            more[index] += step
            less[index] -= step
            let (a, b) = (try #require(motion.map(more)), try #require(motion.map(less)))
            let (up, down) = (try #require(a.maps(x: 31, y: -22)), try #require(b.maps(x: 31, y: -22)))
            #expect(abs((up.x - down.x) / (2 * step) - analytic.x[index]) < 1e-6 * max(1, abs(analytic.x[index])))
            #expect(abs((up.y - down.y) / (2 * step) - analytic.y[index]) < 1e-6 * max(1, abs(analytic.y[index])))
        }
    }

    @Test("PANO-124 gain and bias are solved for together with the motion", arguments: [0.6, 1, 1.6])
    func light(gain: Double) throws {
        for bias in [-30.0 / 255, 30.0 / 255] {
            let truth = shift(0.9, -0.7)
            let (a, b) = try WavyScene(seed: 3, shortest: 12).pair(truth, gain: gain, bias: bias)
            for method in DirectMethod.allCases where method != .patches {
                var alignment = DirectAlignment(.translation)
                alignment.method = method
                alignment.solvesGain = true
                let found = try alignment.align(a, b)
                #expect(cornerError(found.map, truth) < 0.05, "\(method)")
                #expect(abs(1 + found.gain - gain) < 0.02 && abs(found.bias - bias) < 0.02, "\(method)")
            }
        }
    }

    @Test("PANO-123 with 30 % of another picture a robust loss ends within 0.1 px, where squares do not")
    func robust() throws {
        let scene = WavyScene(seed: 14, shortest: 12)
        let strange = try WavyScene(seed: 90, shortest: 12).view(.identity, width: 72, height: 60)
        var image = try scene.view(shift(-0.8, 0.5), width: 72, height: 60)
        image.withMutableValues { values in
            for row in 0..<60 {
                for column in 0..<22 { values[row * 72 + column] = strange.value(x: column, y: row) ?? 0 }
            }
        }
        let a = try AlignmentPicture(scene.view(.identity, width: 72, height: 60))
        let b = try AlignmentPicture(image)
        var alignment = DirectAlignment(.translation)
        alignment.levels = 2
        let plain = try alignment.align(a, b)
        #expect(cornerError(plain.map, shift(0.8, -0.5)) > 0.1)
        for loss in [DirectLoss.gemanMcClure, .huber, .absolute] {
            alignment.loss = loss
            let found = try alignment.align(a, b)
            if loss == .gemanMcClure { #expect(cornerError(found.map, shift(0.8, -0.5)) < 0.1) }
            #expect(cornerError(found.map, shift(0.8, -0.5)) < cornerError(plain.map, shift(0.8, -0.5)), "\(loss)")
        }
    }

    @Test("PANO-122 the cubic is nearer to a chirp than four neighbours, and nothing outside is read")
    func interpolation() throws {
        let width = 120
        func chirp(_ x: Double) -> Double { 0.5 + 0.4 * cos(0.004 * x * x) }
        let image = try FloatImage(
            width: width, height: 3, channels: 1,
            values: (0..<(3 * width)).map { Float(chirp(Double($0 % width))) })
        let picture = try AlignmentPicture(image)
        func error(_ cubic: Bool) -> Double {
            var worst = 0.0
            for step in 0..<300 {
                let x = 2 + Double(step) * 0.31
                let value = picture.sample(x: x, y: 1, cubic: cubic) ?? 9
                worst = max(worst, abs(Double(value) - chirp(x)))
            }
            return worst
        }
        #expect(error(true) < error(false))
        #expect(picture.sample(x: -0.01, y: 0) == nil && picture.sample(x: 119.01, y: 0) == nil)
        #expect(picture.sample(x: 119, y: 2, cubic: true) != nil && picture.sample(x: .nan, y: 0) == nil)
    }

    @Test("PANO-139 weights against noise of slopes lower the variance on noisy ramps")
    func noise() throws {
        // One strong edge; everything else is noise.
        func ramp(_ seed: UInt64, _ x: Double) throws -> AlignmentPicture {
            var random = SeededRandom(seed: seed)
            return try AlignmentPicture(
                FloatImage(
                    width: 60, height: 40, channels: 1,
                    values: (0..<2400).map { at in
                        let (column, row) = (Double(at % 60) - x, Double(at / 60))
                        let edge = 1 / (1 + exp(-(column - 30) / 1.5)) + 0.3 / (1 + exp(-(row - 20) / 1.5))
                        return Float(0.2 + 0.4 * edge + 4 / 255.0 * normal(&random))
                    }))
        }
        var sums = (plain: 0.0, weighted: 0.0)
        for seed in 0..<24 {
            let (a, b) = (try ramp(UInt64(seed) * 2 + 1, 0), try ramp(UInt64(seed) * 2 + 2, 0.4))
            var alignment = DirectAlignment(.translation)
            alignment.levels = 1
            let plain = try alignment.align(a, b).map.first.z - 0.4
            alignment.slopeNoise = 8.0 / 255
            let weighted = try alignment.align(a, b).map.first.z - 0.4
            sums.plain += plain * plain
            sums.weighted += weighted * weighted
        }
        #expect(sums.weighted < sums.plain)
    }

    @Test("PANO-167, PANO-164 blocks as points with their information give the answer of all pixels")
    func equivalence() throws {
        let (a, b) = try WavyScene(seed: 41, shortest: 14).pair(shift(0.4, -0.3), width: 64, height: 64)
        let features = PseudoFeatures(a, b, map: .identity, side: 16, leastEigenvalue: 0)
        #expect(features.pairs.count == 16 * 4)
        for motion in [PlanarMotion.translation, .affine] {
            // One step from all pixels by their blocks, and the least squares of the points.
            let sums = LevelAlignment.gathered(
                PseudoFeatures.sums(a, b, map: .identity, side: 16), map: .identity, origin: (-31.5, -31.5))
            let entries = motion.entries(at: [Double](repeating: 0, count: motion.parameters)).map { $0[0].0 }
            let n = entries.count
            let equations = LevelAlignment.Equations(
                matrix: entries.flatMap { p in
                    entries.map { q in sums.matrix[min(p, q) * 11 + max(p, q)] }
                }, vector: entries.map { sums.vector[$0] }, mean: 0, weight: 1, count: n)
            let direct = try #require(LevelAlignment.solve(equations, damping: 0))
            let points = try #require(
                MotionFit(motion).fit(features.pairs, information: features.information, start: .identity))
            for (step, other) in zip(direct, motion.parameters(of: points.map)) {
                #expect(abs(step - other) < 1e-6 * max(1, abs(step)))
            }
        }
    }

    @Test("pictures that share nothing, or show nothing, are refused")
    func refused() throws {
        let (a, b) = try WavyScene(seed: 4).pair(.identity)
        #expect(throws: DirectError.noOverlap) {
            try DirectAlignment(.translation).align(a, b, start: shift(500, 0))
        }
        let flat = try AlignmentPicture(FloatImage(width: 72, height: 60, channels: 1, filledWith: 0.5))
        #expect(throws: DirectError.noTexture) { try DirectAlignment(.affine).align(flat, flat) }
        let one = try AlignmentPicture(FloatImage(width: 1, height: 1, channels: 1))
        #expect(throws: DirectError.self) { try DirectAlignment(.homography).align(one, one) }
    }
}
