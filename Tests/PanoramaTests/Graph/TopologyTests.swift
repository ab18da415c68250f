import Foundation
import Imaging
import Panorama
import Testing

@Suite("Which photos are compared")
struct TopologyTests {
    @Test("PANO-194 a second row, a jump back and the end that meets the start are found without comparing all")
    func sequence() throws {
        let world = try RenderedWorld(seed: 5)
        let ring = try RenderedRing(world, count: 10, span: 360, seed: 3, width: 300, height: 225)
        var images = ring.images
        // Then three views of a second row, back above the first ones.
        let focal = ring.focal
        for index in [2, 1, 0] {
            let above = Matrix3.rotation(Vector3(0.42, 0, 0)) * ring.rotations[index]
            images.append(try world.view(above, focal: focal, width: 300, height: 225))
        }
        let points = try images.map { try PointDetector().points(of: $0, scale: 1) }
        let found = SequenceTopology().edges(points)
        let joined = Set(found.edges.map { SIMD2($0.first, $0.second) })
        #expect(joined.contains(SIMD2(0, 9)))
        #expect(joined.contains(SIMD2(2, 10)) && joined.contains(SIMD2(0, 12)))
        #expect(Components.groups(count: points.count, edges: found.edges)[0].count == 13)
        #expect(found.compared.count < 13 * 12 / 2)
        // All that a comparison of all finds and that overlaps by a tenth is found.
        #expect(SequenceTopology().edges([nil, nil]).edges.isEmpty)
    }

    @Test("PANO-310 of a large heap only neighbours and the likest are compared")
    func candidates() throws {
        let view = try RenderedRing(RenderedWorld(seed: 3), count: 1, seed: 1).images[0]
        let points = try PointDetector().points(of: view, scale: 1)
        let pairs = CandidatePairs.of([PhotoPoints?](repeating: points, count: 70))
        #expect(pairs.count <= 70 * 10 && pairs.allSatisfy { $0.0 < $0.1 })
        #expect(CandidatePairs.of([nil]).isEmpty)
    }

    @Test("PANO-325 points that are too few by themselves are found where looser ones lead")
    func guided() throws {
        let ring = try RenderedRing(RenderedWorld(seed: 5), count: 2, span: 50, seed: 2)
        let points = try ring.images.map { try PointDetector().points(of: $0, scale: 1) }
        let plain = PairVerifier(ratio: 0.6).compare(0, 1, points[0], points[1])
        let guided = GuidedMatch().compare(0, 1, points[0], points[1])
        #expect((guided.edge?.inliers ?? 0) > (plain.edge?.inliers ?? 0))
        let stranger = try PointDetector().points(
            of: RenderedRing(RenderedWorld(seed: 23), count: 1, seed: 3).images[0], scale: 1)
        #expect(GuidedMatch().compare(0, 1, points[0], stranger).edge == nil)
    }

    @Test("PANO-325 two soft photos without a point are joined by their brightness, strangers are not")
    func direct() throws {
        let ring = try RenderedRing(RenderedWorld(seed: 5), count: 2, span: 36, seed: 2)
        let soft = try ring.images.map { try $0.converted(to: .gray8).gaussianBlurred(sigma: 4) }
        let points = try soft.map { try PointDetector().points(of: $0, scale: 1) }
        let planes = try soft.map { image in
            try #require(
                PhotoIntake.plane(
                    StitchPhoto(name: "soft.png", bytes: image.encoded(as: .png)), like: points[0]))
        }
        let outcome = DirectMatch().compare(0, 1, planes[0], planes[1], points[0], points[1])
        let edge = try #require(outcome.edge)
        let turn = ring.rotations[1] * ring.rotations[0].transposed
        let truth = RotationMotion.homography(turn, focal0: ring.focal, focal1: ring.focal)
        let errors = stride(from: 0, to: edge.pairs.count, by: 4).compactMap { at in
            truth.maps(x: edge.pairs[at], y: edge.pairs[at + 1]).map {
                hypot($0.x - edge.pairs[at + 2], $0.y - edge.pairs[at + 3])
            }
        }.sorted()
        #expect(errors[errors.count / 2] < 0.5)
        let other = try RenderedRing(RenderedWorld(seed: 23), count: 1, seed: 3).images[0]
        let strange = try #require(
            PhotoIntake.plane(
                StitchPhoto(name: "other.png", bytes: other.encoded(as: .png)), like: points[0]))
        #expect(DirectMatch().compare(0, 1, planes[0], strange, points[0], points[1]).edge == nil)
    }
}
