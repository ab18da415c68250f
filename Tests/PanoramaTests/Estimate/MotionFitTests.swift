import Basics
import Foundation
import Panorama
import Testing

@Suite("Motions from pairs that are not all equal")
struct MotionFitTests {
    private static func pairs(_ map: Matrix3, _ count: Int, seed: UInt64, noise: Double = 0) throws -> [Double] {
        var random = SeededRandom(seed: seed)
        var out: [Double] = []
        for _ in 0..<count {
            let (x, y) = (number(&random, -300...300), number(&random, -200...200))
            let there = try #require(map.maps(x: x, y: y))
            out += [x, y, there.x + noise * normal(&random), there.y + noise * normal(&random)]
        }
        return out
    }

    private static let turn = RotationMotion.homography(
        .rotation(Vector3(0.05, -0.2, 0.1)), focal0: 600, focal1: 640)

    @Test(
        "PANO-166, PANO-106 the cost never rises and ends at the true map, for angles, turns and homographies",
        arguments: 0..<4)
    func neverRises(which: Int) throws {
        let homography = Matrix3(rows: Vector3(1.1, 0.08, 30), Vector3(-0.05, 0.96, -12), Vector3(1e-4, -6e-5, 1))
        let similar = Matrix3(rows: Vector3(0.8, -0.5, 20), Vector3(0.5, 0.8, -9), Vector3(0, 0, 1))
        let whole = try #require(Homography.scaled(Self.turn))
        let motions: [DirectMotion] = [
            .turnAndScale, .planar(.homography), .rotation(focal0: 600, focal1: 640), .planar(.rigid),
        ]
        let truths: [Matrix3] = [similar, homography, whole, Matrix3.rotation(Vector3(0, 0, 0.4))]
        let (motion, truth) = (motions[which], truths[which])
        let start: Matrix3 = which == 2 ? .diagonal(640.0 / 600, 640.0 / 600, 1) : .identity
        let found = try #require(MotionFit(motion).fit(try Self.pairs(truth, 40, seed: 3), start: start))
        #expect(cornerError(found.map, truth, width: 600, height: 400) < 1e-6)
        for (before, after) in zip(found.costs, found.costs.dropFirst()) { #expect(after <= before) }
        #expect(found.costs.count > 1)
    }

    @Test("PANO-166 slopes of turns and angles equal finite differences", arguments: [0, 1])
    func slopes(which: Int) throws {
        let motion: DirectMotion = which == 0 ? .turnAndScale : .rotation(focal0: 600, focal1: 640)
        let map =
            which == 0
            ? Matrix3(rows: Vector3(0.8, -0.5, 20), Vector3(0.5, 0.8, -9), Vector3(0, 0, 1))
            : try #require(Homography.scaled(Self.turn))
        let fit = MotionFit(motion)
        // The cost's slope is twice JᵀΣ⁻¹r: pairs that are off by some pixels make it large.
        let pairs = try Self.pairs(map, 6, seed: 8, noise: 3)
        func cost(_ step: [Double]) throws -> Double {
            let moved = try #require(motion.moving(map, by: step))
            return try #require(fit.cost(pairs, map: moved))
        }
        let slope = try #require(fit.gradient(pairs, map: map))
        for index in 0..<motion.parameters {
            var (more, less) = (
                [Double](repeating: 0, count: motion.parameters), [Double](repeating: 0, count: motion.parameters)
            )
            more[index] = 1e-6
            less[index] = -1e-6
            let difference = (try cost(more) - cost(less)) / 2e-6
            #expect(abs(difference - slope[index]) < 1e-5 * max(1, abs(slope[index])))
        }
    }

    @Test("PANO-164 pairs that are known well in one direction only count by their covariance, and weights scale out")
    func anisotropic() throws {
        let truth = Matrix3(rows: Vector3(1, -0.02, 5), Vector3(0.02, 1, -3), Vector3(0, 0, 1))
        var (plain, weighted) = (0.0, 0.0)
        for seed in 0..<30 {
            var random = SeededRandom(seed: UInt64(seed))
            var pairs: [Double] = []
            var information: [PlaceInformation] = []
            for _ in 0..<24 {
                let (x, y) = (number(&random, -300...300), number(&random, -200...200))
                let there = try #require(truth.maps(x: x, y: y))
                // An edge: well known across, badly along.
                let angle = number(&random, 0...(.pi))
                let (c, s) = (cos(angle), sin(angle))
                let (along, across) = (4 * normal(&random), 0.2 * normal(&random))
                pairs += [x, y, there.x + c * along - s * across, there.y + s * along + c * across]
                let (p, q) = (1.0 / 16, 1.0 / 0.04)
                information.append(
                    PlaceInformation(xx: p * c * c + q * s * s, xy: (p - q) * c * s, yy: p * s * s + q * c * c))
            }
            let fit = MotionFit(.similarity)
            let a = try #require(fit.fit(pairs, start: .identity))
            let b = try #require(fit.fit(pairs, information: information, start: .identity))
            plain += cornerError(a.map, truth, width: 600, height: 400)
            weighted += cornerError(b.map, truth, width: 600, height: 400)
            let scaled = information.map { PlaceInformation(xx: $0.xx * 7, xy: $0.xy * 7, yy: $0.yy * 7) }
            let c = try #require(fit.fit(pairs, information: scaled, start: .identity))
            #expect(cornerError(b.map, c.map, width: 600, height: 400) < 1e-6)
        }
        #expect(weighted < 0.5 * plain)
    }

    @Test("PANO-165 a tenth of pairs that are 10 px off hardly move a robust fit")
    func outliers() throws {
        let truth = shift(12.3, -4.7)
        var pairs = try Self.pairs(truth, 200, seed: 5, noise: 0.2)
        for at in 0..<20 {
            pairs[at * 4 + 2] += 10 * cos(Double(at))
            pairs[at * 4 + 3] += 10 * sin(Double(at))
        }
        for at in 0..<12 { pairs[at * 4 + 2] += 6 }
        var fit = MotionFit(.translation)
        let plain = try #require(fit.fit(pairs, start: .identity))
        fit.huber = 0.4
        let robust = try #require(fit.fit(pairs, start: .identity))
        #expect(cornerError(robust.map, truth) < 0.05)
        #expect(cornerError(plain.map, truth) > cornerError(robust.map, truth))
    }

    @Test("PANO-162 the least median stands with two fifths of wrong pairs and falls with three fifths")
    func median() throws {
        let truth = Matrix3(rows: Vector3(0.9, -0.1, 12), Vector3(0.1, 0.9, -7), Vector3(0, 0, 1))
        for (wrong, holds) in [(0, true), (12, true), (18, false)] {
            var pairs = try Self.pairs(truth, 30, seed: 2, noise: 0.1)
            // Wrong pairs that agree with each other.
            for at in 0..<wrong {
                pairs[at * 4 + 2] = pairs[at * 4] + 40
                pairs[at * 4 + 3] = pairs[at * 4 + 1] + 25
            }
            let found = try #require(LeastMedian(.similarity).fit(pairs, seed: 1))
            #expect((cornerError(found.map, truth, width: 600, height: 400) < 1) == holds, "\(wrong)")
            if holds { #expect(found.inliers.count >= 24 - wrong && found.inliers.allSatisfy { $0 >= wrong }) }
        }
        #expect(LeastMedian(.homography).fit([1, 2, 3, 4], seed: 1) == nil)
    }

    @Test("PANO-168 pairs of matches lead to a similarity where nine of ten are wrong", arguments: 0..<10)
    func similarity(seed: Int) throws {
        let truth = Matrix3(rows: Vector3(0.9, -0.2, 30), Vector3(0.2, 0.9, -20), Vector3(0, 0, 1))
        var random = SeededRandom(seed: UInt64(seed))
        var places = try Self.pairs(truth, 30, seed: UInt64(seed) + 50, noise: 0.3).map { Float($0) }
        for _ in 0..<270 { places += (0..<4).map { _ in Float(number(&random, -300...300)) } }
        let found = try #require(SampleConsensus().map(.similarity, places, seed: UInt64(seed)))
        #expect(found.inliers.count { $0 < 30 } >= 28 && found.inliers.count <= 34)
        #expect(cornerError(found.map, truth, width: 600, height: 400) < 3)
    }

    @Test("PANO-109 least samples with one or two unknown focal lengths are exact")
    func minimal() throws {
        let turn = Matrix3.rotation(Vector3(0.08, -0.35, 0.06))
        for (f0, f1) in [(700.0, 700.0), (650, 820)] {
            let map = try #require(Homography.scaled(RotationMotion.homography(turn, focal0: f0, focal1: f1)))
            var pairs: [Double] = []
            for (x, y) in [(-180.0, -90.0), (120, 140), (-60, 170), (210, -120)] {
                let there = try #require(map.maps(x: x, y: y))
                pairs += [x, y, there.x, there.y]
            }
            let known = try #require(RotationSolvers.turn(pairs, focal0: f0, focal1: f1))
            #expect((known * turn.transposed).rotationAngle < 1e-9)
            let both = try #require(RotationSolvers.ownFocals(pairs))
            #expect(abs(both.focal0 / f0 - 1) < 1e-9 && abs(both.focal1 / f1 - 1) < 1e-9)
            guard f0 == f1 else { continue }
            let shared = RotationSolvers.sharedFocal(Array(pairs[0..<8]))
            let best = try #require(shared.min { abs($0.focal - f0) < abs($1.focal - f0) })
            #expect(abs(best.focal / f0 - 1) < 1e-9)
            #expect((best.turn * turn.transposed).rotationAngle < 1e-9)
        }
        #expect(RotationSolvers.sharedFocal([1, 2, 3]).isEmpty)
    }

    @Test("PANO-109 with noise three parameters err less than eight")
    func fewerParameters() throws {
        let map = try #require(Homography.scaled(Self.turn))
        var (free, held) = (0.0, 0.0)
        for seed in 0..<20 {
            let pairs = try Self.pairs(map, 12, seed: UInt64(seed), noise: 1)
            let a = try #require(MotionFit(.homography).fit(pairs, start: map))
            let b = try #require(MotionFit(.rotation(focal0: 600, focal1: 640)).fit(pairs, start: map))
            free += cornerError(a.map, map, width: 600, height: 400)
            held += cornerError(b.map, map, width: 600, height: 400)
        }
        #expect(held < 0.6 * free)
    }
}
