import Foundation
import Imaging
import Panorama
import Testing

@Suite("Rendered rings")
struct RingTests {
    private struct Outcome {
        let verdict: StitchVerdict
        let panoramas: [Stitcher.Panorama]
    }

    private static func stitched(_ photos: [StitchPhoto], _ options: StitchOptions = StitchOptions()) throws -> Outcome
    {
        var made: [Stitcher.Panorama] = []
        let verdict = try Stitcher(options: options).stitch(photos) { panorama in
            made.append(panorama)
            return nil
        }
        return Outcome(verdict: verdict, panoramas: made)
    }

    @Test("PANO-186, PANO-337, PANO-206 a ring closes, with its true cameras, upright, all views used")
    func ringCloses() throws {
        let ring = try RenderedRing(RenderedWorld(seed: 5), count: 11, seed: 7, gains: 0.8...1.2)
        let outcome = try Self.stitched(ring.photos())
        let group = try #require(outcome.verdict.groups.first)
        #expect(group.used == 11 && group.closed && group.model == "rotation")
        #expect(group.holes == 0 && group.emptyAfterCrop == 0)
        #expect(outcome.verdict.photos.allSatisfy { $0.verdict == .used && $0.group == 1 })
        guard case .rotation(let cameras) = try #require(outcome.panoramas.first).geometry else {
            Issue.record("no cameras")
            return
        }
        let errors = ring.errors(cameras)
        #expect(errors[errors.count / 2] < 0.15)
        #expect(errors[errors.count * 95 / 100] < 0.5)
        for camera in cameras.values { #expect(abs(camera.focal / ring.focal - 1) < 0.002) }
    }

    @Test("PANO-321, PANO-193, PANO-322 two scenes, a stranger, a copy and rubbish in one heap all get their verdict")
    func heap() throws {
        let first = try RenderedRing(RenderedWorld(seed: 21), count: 3, span: 75, seed: 1)
        let second = try RenderedRing(RenderedWorld(seed: 22), count: 2, span: 50, seed: 2)
        let stranger = try RenderedRing(RenderedWorld(seed: 23), count: 1, seed: 3)
        let (a, b, c) = (try first.photos("a"), try second.photos("b"), try stranger.photos("c"))
        let copy = StitchPhoto(name: "copy.jpg", load: a[1].load)
        let rubbish = StitchPhoto(name: "rubbish.jpg", bytes: [UInt8](repeating: 7, count: 4000))
        let heap = [a[2], b[0], c[0], rubbish, a[0], b[1], copy, a[1]]
        let verdict = try Self.stitched(heap).verdict
        #expect(verdict.state == .done && verdict.groups.map(\.used) == [3, 2])
        let byName = Dictionary(uniqueKeysWithValues: verdict.photos.map { ($0.name, $0) })
        #expect(verdict.photos.map(\.name) == heap.map(\.name))
        #expect(Set(["a0.jpg", "a1.jpg", "a2.jpg"].map { byName[$0]?.group }) == [1])
        #expect(Set(["b0.jpg", "b1.jpg"].map { byName[$0]?.group }) == [2])
        #expect(byName["c0.jpg"]?.verdict == .noOverlap || byName["c0.jpg"]?.verdict == .overlapTooSmall)
        #expect(byName["rubbish.jpg"]?.verdict == .notReadable)
        #expect(byName["copy.jpg"]?.duplicateOf == "a1.jpg")
        #expect(verdict.photos.allSatisfy { ($0.advice == nil) == ($0.verdict == .used) })
    }

    @Test("PANO-333 the same photos give the same bytes, in whatever order they come")
    func sameBytes() throws {
        let photos = try RenderedRing(RenderedWorld(seed: 31), count: 3, span: 75, seed: 4).photos()
        let (one, two) = (try Self.stitched(photos), try Self.stitched([photos[2], photos[0], photos[1]]))
        #expect(one.panoramas.map(\.image) == two.panoramas.map(\.image))
    }

    @Test("PANO-189 a lens that bends is found")
    func lens() throws {
        let ring = try RenderedRing(RenderedWorld(seed: 41), count: 6, span: 150, seed: 5, lens: -0.04)
        let group = try #require(try Self.stitched(ring.photos()).verdict.groups.first)
        #expect(group.used == 6)
        #expect(abs((group.lens?.lambda ?? 0) + 0.04) < 0.005)
    }
}
