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

    @Test("PANO-310 of a large heap some pairs are compared, each once, until no part can be joined to another")
    func search() throws {
        let view = try RenderedRing(RenderedWorld(seed: 3), count: 1, seed: 1).images[0]
        let points = try PointDetector().points(of: view, scale: 1)
        var search = PairSearch([PhotoPoints?](repeating: points, count: 70))
        var seen: Set<SIMD2<Int>> = []
        var rounds = 0
        while case let pairs = search.next([]), !pairs.isEmpty {
            for pair in pairs { #expect(pair.0 < pair.1 && seen.insert(SIMD2(pair.0, pair.1)).inserted) }
            rounds += 1
        }
        // The first round and two that joined nothing.
        #expect(rounds == 3 && seen.count == search.count && seen.count < 70 * 20)
        var none = PairSearch([nil])
        #expect(none.next([]).isEmpty)
        var few = PairSearch([PhotoPoints?](repeating: points, count: 4))
        #expect(few.next([]).count == 6 && few.next([]).isEmpty)
    }

    @Test("PANO-310 a round that would bring more than 40 pairs a photo brings those that share most, and is the last")
    func budget() throws {
        let view = try RenderedRing(RenderedWorld(seed: 3), count: 1, seed: 1).images[0]
        let points = try PointDetector().points(of: view, scale: 1)
        let count = 110
        var search = PairSearch([PhotoPoints?](repeating: points, count: count))
        let first = search.next([])
        // All meet the first photo, each a little farther to the side: by that all meet all, and those near each other most.
        let edges = (1..<count).map { photo -> MatchEdge in
            let shift = Double(photo) * 0.005 * points.width
            let map = Matrix3(rows: Vector3(1, 0, shift), Vector3(0, 1, 0), Vector3(0, 0, 1))
            return MatchEdge(first: 0, second: photo, pairs: [0, 0, shift, 0], homography: map, matches: 1)
        }
        let second = search.next(edges)
        #expect(first.count + second.count == 40 * count && search.count == 40 * count)
        let handed = Set((first + second).map { SIMD2($0.0, $0.1) })
        #expect(handed.count == 40 * count)
        let near = (0..<count).flatMap { one in (1...15).map { SIMD2(one, one + $0) } }.filter { $0.y < count }
        #expect(near.allSatisfy { handed.contains($0) })
        #expect(search.next(edges).isEmpty)
    }

    @Test("PANO-310 72 views all around in no order hang together though many pairs are not compared")
    func large() throws {
        let world = try RenderedWorld(seed: 5)
        var rotations: [Matrix3] = []
        for row in [-0.45, 0, 0.45] {
            for column in 0..<24 {
                let yaw = Double(column) / 24 * 2 * Double.pi
                rotations.append(Matrix3.rotation(Vector3(row, 0, 0)) * Matrix3.rotation(Vector3(0, yaw, 0)))
            }
        }
        // 29 of 72 have no common divisor, so the order is a mixed one.
        let mixed = rotations.indices.map { rotations[$0 * 29 % rotations.count] }
        let points = try mixed.map { rotation -> PhotoPoints? in
            try PointDetector().points(of: world.view(rotation, focal: 260, width: 240, height: 180), scale: 1)
        }
        var graph = MatchGraph(points: points)
        var search = PairSearch(points)
        while case let pairs = search.next(graph.edges), !pairs.isEmpty {
            for pair in pairs { graph.compare(pair.0, pair.1) }
        }
        #expect(Components.groups(count: points.count, edges: graph.edges)[0].count == 72)
        #expect(search.count < 72 * 71 / 2 * 2 / 3, "\(search.count)")
    }

    @Test("PANO-325 few points tell whether all are worth while: photos that meet are joined by all of them")
    func scouts() throws {
        let ring = try RenderedRing(RenderedWorld(seed: 3), count: 12, seed: 1).images
        let stranger = try RenderedRing(RenderedWorld(seed: 9), count: 3, seed: 4).images[1]
        let views = [ring[0], ring[1], stranger]
        func found(_ photo: Int, _ limit: Int) throws -> PhotoPoints {
            var detector = PointDetector()
            detector.limit = limit
            return try detector.points(of: views[photo], scale: 1)
        }
        let all = try views.indices.map { try found($0, 2000) }
        let few = try views.indices.map { try found($0, 70) }
        var graph = MatchGraph(points: all)
        var dear: Set<Int> = []
        graph.retry(
            tier: 1, ratio: 0.8, changes: { _ in true }, scouts: { few[$0] },
            fresh: { photo in
                dear.insert(photo)
                return all[photo]
            }, progress: { _, _ in })
        #expect(graph.edges.count == 1 && graph.edges[0].first == 0 && graph.edges[0].second == 1)
        #expect(dear == [0, 1])
        let alone = PairVerifier(ratio: 0.8).compare(0, 1, few[0], few[1])
        #expect(graph.edges[0].inliers > alone.inliers, "\(few.map(\.count)) of \(all.map(\.count)) points")
        // A rung that finds no other points compares nothing.
        var still = MatchGraph(points: all)
        still.retry(
            tier: 1, ratio: 0.8, changes: { _ in false }, scouts: { few[$0] }, fresh: { all[$0] },
            progress: { _, _ in })
        #expect(still.edges.isEmpty && still.lonely() == [0, 1, 2])
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
