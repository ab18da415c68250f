import Panorama
import Testing

@Suite("Pairs of photos by similarity")
struct SimilarityTests {
    @Test(
        "PANO-168 of each pair of photos that overlap two matches at a time collect inliers that are right, of strangers none"
    )
    func pairs() throws {
        let ring = try RenderedRing(RenderedWorld(seed: 5), count: 4, span: 110, seed: 7)
        let other = try RenderedRing(RenderedWorld(seed: 77), count: 1, seed: 3)
        let points = try (ring.images + other.images).map { try PointDetector().points(of: $0, scale: 1) }
        for first in 0..<3 {
            let found = try #require(PairVerifier().similarity(points[first], points[first + 1]))
            #expect(found.inliers.count >= EdgeAcceptance.least, "\(first): \(found.inliers.count)")
            let turn = ring.rotations[first + 1] * ring.rotations[first].transposed
            let truth = RotationMotion.homography(turn, focal0: ring.focal, focal1: ring.focal)
            let places = MutualRatio.places(
                MutualRatio.matches(points[first], points[first + 1]), points[first], points[first + 1])
            let right = found.inliers.count { index in
                let p = places[(index * 4)..<(index * 4 + 4)].map { Double($0) }
                guard let there = truth.maps(x: p[0], y: p[1]) else { return false }
                return abs(there.x - p[2]) < 3 && abs(there.y - p[3]) < 3
            }
            #expect(right * 10 >= found.inliers.count * 9)
        }
        for first in 0..<4 {
            let strange = PairVerifier().similarity(points[first], points[4])
            #expect((strange?.inliers.count ?? 0) < EdgeAcceptance.least)
        }
    }

    @Test("PANO-168, PANO-155, PANO-195 a study of photos tells codes, pairs and edges as they are")
    func study() throws {
        let ring = try RenderedRing(RenderedWorld(seed: 5), count: 3, span: 80, seed: 7)
        let study = SceneStudy(try ring.photos())
        let pairs = study.pairs()
        #expect(pairs.all >= 2 && pairs.withSet == pairs.all && pairs.least >= EdgeAcceptance.least)
        let codes = study.codes()
        #expect(codes.both * 100 >= 95 * codes.exact)
        let solutions = study.solutions()
        #expect(solutions.map(\.photos) == [3] && solutions[0].dropped.isEmpty && solutions[0].model == "rotation")
        #expect(study.lenses().map(\.photos) == [3])
    }
}
