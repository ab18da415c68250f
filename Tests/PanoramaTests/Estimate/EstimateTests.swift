import Basics
import Foundation
import Panorama
import Testing

@Suite("Maps from pairs of points")
struct EstimateTests {
    private static let map = Matrix3(
        rows: Vector3(1.1, 0.08, 30), Vector3(-0.05, 0.96, -12), Vector3(1e-4, -6e-5, 1))

    private static func number(_ random: inout SeededRandom, _ range: ClosedRange<Double>) -> Double {
        range.lowerBound + (range.upperBound - range.lowerBound) * Double(random.next() >> 11) / Double(1 << 53)
    }

    private static func pairs(_ map: Matrix3, _ count: Int, seed: UInt64) -> [Double] {
        var random = SeededRandom(seed: seed)
        return (0..<count).flatMap { _ -> [Double] in
            let (x, y) = (number(&random, -400...400), number(&random, -300...300))
            guard let there = map.maps(x: x, y: y) else { return [x, y, 0, 0] }
            return [x, y, there.x, there.y]
        }
    }

    private static func apart(_ a: Matrix3, _ b: Matrix3) -> Double {
        zip(a.values, b.values).reduce(0) { max($0, abs($1.0 - $1.1) / max(1, abs($1.1))) }
    }

    @Test("PANO-106 four pairs fix a homography, many fit it, and bad fours are refused")
    func homography() throws {
        let four: [(x: Double, y: Double)] = [(-300, -200), (300, -210), (-280, 220), (310, 190)]
        var pairs: [Double] = []
        for point in four {
            let there = try #require(Self.map.maps(x: point.x, y: point.y))
            pairs += [point.x, point.y, there.x, there.y]
        }
        #expect(Self.apart(try #require(Homography.minimal(pairs)), Self.map) < 1e-9)
        #expect(Self.apart(try #require(Homography.fit(Self.pairs(Self.map, 60, seed: 1))), Self.map) < 1e-7)
        let line = [0.0, 0, 0, 0, 100, 100, 100, 100, 200, 200, 200, 200, 300, 0, 300, 0]
        #expect(Homography.minimal(line) == nil)
        // Turned over, as in a mirror.
        let mirrored = [-100.0, -100, 100, -100, 100, -100, -100, -100, -100, 100, 100, 100, 100, 100, -100, 100]
        #expect(Homography.minimal(mirrored) == nil)
    }

    @Test("PANO-163, PANO-104, PANO-105 similarity and affine maps come from linear least squares")
    func linear() throws {
        let similar = Matrix3(rows: Vector3(0.8, -0.3, 12), Vector3(0.3, 0.8, -7), Vector3(0, 0, 1))
        #expect(Self.apart(try #require(LinearMotion.similarity(Self.pairs(similar, 12, seed: 2))), similar) < 1e-9)
        let affine = Matrix3(rows: Vector3(0.8, -0.2, 12), Vector3(0.3, 1.1, -7), Vector3(0, 0, 1))
        #expect(Self.apart(try #require(LinearMotion.affine(Self.pairs(affine, 12, seed: 3))), affine) < 1e-9)
        let line: [Double] = [0, 0, 0, 0, 1, 2, 1, 1, 2, 4, 2, 2, 3, 6, 3, 3]
        #expect(LinearMotion.affine(line) == nil)
    }

    /// Forty right pairs among two hundred, in no order.
    private static func spoilt(_ seed: Int) -> [Float] {
        var random = SeededRandom(seed: UInt64(seed) + 100)
        var places = pairs(map, 40, seed: UInt64(seed)).map { Float($0) }
        for _ in 0..<160 {
            places += (0..<4).map { _ in Float(number(&random, -300...300)) }
        }
        // Wrong pairs first: the order helps nothing here.
        return (0..<200).flatMap { at in places[(at * 37 % 200 * 4)..<(at * 37 % 200 * 4 + 4)] }
    }

    /// With `VITRINE_FAULT_FULL=1` a thousand seeds of which 999 must be solved, else fifty.
    @Test("PANO-161 a homography is found among four wrong pairs for each right one, in 999 of 1000 searches")
    func consensus() async {
        let isFull = ProcessInfo.processInfo.environment["VITRINE_FAULT_FULL"] == "1"
        let seeds = isFull ? 1000 : 50
        let failed = await withTaskGroup(of: Int?.self) { group in
            for seed in 0..<seeds {
                group.addTask {
                    var search = SampleConsensus()
                    search.limit = 8000
                    let count = search.homography(Self.spoilt(seed), seed: UInt64(seed))?.inliers.count ?? 0
                    return (40...46).contains(count) ? nil : seed
                }
            }
            return await group.reduce(into: [Int]()) { if let seed = $1 { $0.append(seed) } }
        }
        #expect(failed.count <= seeds / 1000, "\(failed.sorted())")
    }

    @Test("PANO-161 how many samples are drawn follows from the share of right pairs found so far")
    func samples() {
        var search = SampleConsensus()
        search.limit = 8000
        #expect(search.samples(share: 0.2, size: 4) == 4314)
        #expect(search.samples(share: 0.5, size: 2) == 25)
        #expect(search.samples(share: 1, size: 4) == 1 && search.samples(share: 0, size: 4) == 8000)
    }

    @Test("PANO-109, PANO-110 a turn gives its homography, and that gives back both focal lengths and the turn")
    func rotation() throws {
        let turn = Matrix3.rotation(Vector3(0.05, -0.4, 0.03))
        let map = try #require(Homography.scaled(RotationMotion.homography(turn, focal0: 700, focal1: 820)))
        let focals = FocalFromHomography.focals(map)
        #expect(abs((focals.first ?? 0) - 700) < 1e-6 && abs((focals.second ?? 0) - 820) < 1e-6)
        let pairs = Self.pairs(map, 30, seed: 9)
        let back = try #require(RotationMotion.ofPairs(pairs, focal0: 700, focal1: 820))
        #expect((back * turn.transposed).rotationAngle < 1e-9)
    }

    @Test("PANO-113 ten thousand small turns stay a rotation")
    func turnsStayOrthonormal() {
        var rotation = Matrix3.identity
        for step in 0..<10_000 {
            rotation = (Matrix3.rotation(Vector3(1e-3, Double(step % 7) * 1e-4, -2e-4)) * rotation).orthonormalized
        }
        let product = rotation * rotation.transposed
        #expect(Self.apart(product, .identity) < 1e-12)
    }
}
