import Foundation
import Imaging
import Panorama
import Testing

@Suite("Cameras solved again by brightness")
struct RefinementTests {
    @Test("PANO-140, PANO-188 after refinement the error of a ring is at most 5 % more, and all views stay")
    func neverWorse() throws {
        let ring = try RenderedRing(RenderedWorld(seed: 5), count: 4, span: 110, seed: 7, gains: 0.8...1.1)
        let photos = try ring.photos()
        func median(_ refines: Bool) throws -> Double {
            var options = StitchOptions()
            options.refines = refines
            options.isPreview = true
            var errors: [Double] = []
            _ = try Stitcher(options: options).stitch(photos) { panorama in
                if case .rotation(let cameras) = panorama.geometry, cameras.count == 4 { errors = ring.errors(cameras) }
                return nil
            }
            return try #require(errors.isEmpty ? nil : errors[errors.count / 2])
        }
        let (plain, refined) = (try median(false), try median(true))
        #expect(refined <= 1.05 * plain, "\(refined) \(plain)")
    }

    @Test("PANO-191 photos that are bent locally still come out whole")
    func bent() throws {
        let ring = try RenderedRing(RenderedWorld(seed: 5), count: 2, span: 50, seed: 7)
        var options = StitchOptions()
        options.alignsLocally = true
        options.isPreview = true
        let verdict = try Stitcher(options: options).stitch(ring.photos()) { _ in nil }
        #expect(verdict.groups.first?.used == 2 && verdict.groups.first?.holes == 0)
    }

    @Test("PANO-194 photos in their order are stitched as without it")
    func ordered() throws {
        let ring = try RenderedRing(RenderedWorld(seed: 5), count: 3, span: 75, seed: 7)
        var options = StitchOptions()
        options.isOrdered = true
        options.isPreview = true
        let verdict = try Stitcher(options: options).stitch(ring.photos()) { _ in nil }
        #expect(verdict.groups.map(\.used) == [3])
    }

    @Test("PANO-319 photos of very different size make one panorama")
    func sizes() throws {
        let world = try RenderedWorld(seed: 5)
        let ring = try RenderedRing(world, count: 2, span: 50, seed: 7)
        var photos = try ring.photos()
        let large = try world.view(ring.rotations[1], focal: ring.focal * 2, width: 720, height: 540)
        photos[1] = StitchPhoto(name: "large.png", bytes: try large.converted(to: .gray8).encoded(as: .png))
        var options = StitchOptions()
        options.isPreview = true
        let verdict = try Stitcher(options: options).stitch(photos) { _ in nil }
        #expect(verdict.groups.map(\.used) == [2])
    }

    @Test("PANO-322 three hundred files of one pixel each have a verdict, the later ones that there are too many")
    func many() throws {
        let pixel = try Image(width: 1, height: 1, format: .gray8, bytes: [7]).encoded(as: .png)
        let photos = (0..<300).map { StitchPhoto(name: "p\(1000 + $0).png", bytes: pixel) }
        let verdict = try Stitcher().stitch(photos) { _ in nil }
        #expect(verdict.photos.prefix(200).allSatisfy { $0.verdict == .tooSmall })
        #expect(verdict.photos.dropFirst(200).allSatisfy { $0.verdict == .overLimit })
    }

    @Test("PANO-337, PANO-186 a ring that the library renders scores as it should")
    func truth() throws {
        var settings = RingTruth.Settings()
        settings.count = 8
        settings.width = 200
        settings.height = 150
        settings.walkers = 1
        let ring = try RingTruth(sphere: RenderedWorld(seed: 5).sphere, settings: settings, seed: 1)
        let cameras = Dictionary(uniqueKeysWithValues: ring.cameras.enumerated().map { ($0.offset, $0.element) })
        let right = ring.score(cameras)
        #expect(right.used == 8 && right.focal == 0 && right.median < 1e-9)
        #expect(ring.photos.count == 8)
        #expect(ring.score([:]).median == .infinity)
    }
}
