import Basics
import Foundation
import Imaging
import Kernels
import Panorama
import Testing

@Suite("Codes of points and how they are searched")
struct PointCodeTests {
    /// Two views of one world and the homography between them.
    private static func views(_ seed: UInt64 = 5) throws -> (Image, Image, Matrix3) {
        let ring = try RenderedRing(RenderedWorld(seed: seed), count: 2, span: 50, seed: 2)
        let turn = ring.rotations[1] * ring.rotations[0].transposed
        return (
            ring.images[0], ring.images[1],
            RotationMotion.homography(turn, focal0: ring.focal, focal1: ring.focal)
        )
    }

    private static func right(_ matches: [(Int, Int)], _ a: PhotoPoints, _ b: PhotoPoints, _ map: Matrix3) -> Int {
        matches.count { match in
            guard let there = map.maps(x: Double(a.x[match.0]), y: Double(a.y[match.0])) else { return false }
            let (dx, dy) = (there.x - Double(b.x[match.1]), there.y - Double(b.y[match.1]))
            return dx * dx + dy * dy < 9
        }
    }

    @Test("PANO-160 a tree, drawers and cells find nearly all right matches that looking at every code finds")
    func indexed() throws {
        let (first, second, map) = try Self.views()
        let detector = PointDetector()
        let (a, b) = (try detector.points(of: first, scale: 1), try detector.points(of: second, scale: 1))
        let all = Self.right(MutualRatio.matches(a, b), a, b, map)
        #expect(all > 50)
        let tree = Self.right(MutualRatio.matches(a, b, by: .tree), a, b, map)
        #expect(Double(tree) >= 0.95 * Double(all), "\(tree) of \(all)")
        let drawers = Self.right(MutualRatio.matches(a, b, by: .hashes), a, b, map)
        #expect(Double(drawers) >= 0.95 * Double(all), "\(drawers) of \(all)")
        let cells = Self.right(MutualRatio.matches(a, b, by: .cells), a, b, map)
        #expect(Double(cells) >= 0.95 * Double(all), "\(cells) of \(all)")
        for search in CodeSearch.allCases {
            #expect(MutualRatio.matches(a, .init(noneLike: a), by: search).isEmpty)
            #expect(MutualRatio.matches(.init(noneLike: a), b, by: search).isEmpty)
        }
    }

    @Test("PANO-160 a tree that may look at every leaf finds the nearest, as a plain search does")
    func exactTree() {
        var random = SeededRandom(seed: 6)
        func codes(_ count: Int) -> PackedCodes {
            let rows = (0..<(count * 128)).map { _ in UInt8(random.next() % 128) }
            let norms = (0..<count).map { row in
                rows[(row * 128)..<(row * 128 + 128)].reduce(Int32(0)) { $0 + Int32($1) * Int32($1) }
            }
            return PackedCodes(rows: rows, norms: norms)
        }
        let (a, b) = (codes(60), codes(90))
        #expect(CodeTree(b).nearest(a, leaves: 1000) == nearestCodes(a, b).forward)
    }

    @Test("PANO-160 a single cell is looking at every code; distances of what cells find are true and never too near")
    func cells() {
        var random = SeededRandom(seed: 8)
        func codes(_ count: Int) -> PackedCodes {
            let rows = (0..<(count * 128)).map { _ in UInt8(random.next() % 128) }
            let norms = (0..<count).map { row in
                rows[(row * 128)..<(row * 128 + 128)].reduce(Int32(0)) { $0 + Int32($1) * Int32($1) }
            }
            return PackedCodes(rows: rows, norms: norms)
        }
        let one = (codes(3), codes(1))
        #expect(CodeCells().nearest(one.0, one.1).forward.map(\.index) == [0, 0, 0])
        let (a, b) = (codes(300), codes(400))
        let (all, some) = (nearestCodes(a, b), CodeCells().nearest(a, b))
        for (exact, found) in zip(all.forward, some.forward) where found.index >= 0 {
            #expect(found.best >= exact.best && found.second >= found.best)
            #expect(found.index == exact.index || found.best >= exact.second)
        }
        // Each code is its own nearest, whatever the cells are.
        let same = CodeCells().nearest(a, a)
        #expect(same.forward.map(\.index) == Array(0..<300) && same.backward == Array(0..<300))
    }

    @Test("PANO-156 patches of 8 x 8 samples join neighbours of a ring, whatever the light")
    func patches() throws {
        let ring = try RenderedRing(RenderedWorld(seed: 5), count: 4, span: 100, seed: 7, gains: 0.7...1)
        var detector = PointDetector()
        detector.code = .patch
        let points = try ring.images.map { try detector.points(of: $0, scale: 1) }
        for index in 0..<3 {
            let edge = try #require(
                PairVerifier(ratio: 0.8).compare(index, index + 1, points[index], points[index + 1]).edge)
            let turn = ring.rotations[index + 1] * ring.rotations[index].transposed
            let truth = RotationMotion.homography(turn, focal0: ring.focal, focal1: ring.focal)
            let there = edge.pairs.indices.filter { $0 % 4 == 0 }.compactMap { at in
                truth.maps(x: edge.pairs[at], y: edge.pairs[at + 1]).map {
                    hypot($0.x - edge.pairs[at + 2], $0.y - edge.pairs[at + 3])
                }
            }.sorted()
            #expect(there[there.count / 2] < 1.5)
        }
    }

    @Test("PANO-151 corners with codes of gradients join two views")
    func corners() throws {
        let (first, second, map) = try Self.views()
        var detector = PointDetector()
        detector.finder = .corners
        let (a, b) = (try detector.points(of: first, scale: 1), try detector.points(of: second, scale: 1))
        #expect(Self.right(MutualRatio.matches(a, b), a, b, map) > 40)
    }
}

extension PhotoPoints {
    /// Points of no photo, of the same size.
    init(noneLike other: PhotoPoints) {
        self.init(
            x: [], y: [], codes: PackedCodes(rows: [], norms: []), width: other.width, height: other.height)
    }
}
