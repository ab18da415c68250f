import Foundation
import Imaging
import Panorama
import Testing

@Suite("Stages that are kept")
struct CacheTests {
    /// A cache in memory that counts.
    private final class Shelf {
        var kept: [String: [UInt8]] = [:]
        var found = 0
        var cache: StitchCache {
            StitchCache(
                find: { [self] key in
                    found += kept[key] == nil ? 0 : 1
                    return kept[key]
                }, keep: { [self] key, bytes in kept[key] = bytes })
        }
    }

    private static func photos() throws -> [StitchPhoto] {
        try RenderedRing(RenderedWorld(seed: 5), count: 3, span: 80, seed: 2, width: 320, height: 240).photos().map {
            photo in
            let bytes = try photo.load()
            return StitchPhoto(name: photo.name, identity: photo.name + "-1") { bytes }
        }
    }

    private static func run(
        _ photos: [StitchPhoto], _ cache: StitchCache?, _ options: StitchOptions = StitchOptions()
    ) throws -> (pixels: [UInt8], StitchOutcome) {
        var pixels: [UInt8] = []
        let outcome = try Stitcher(options: options).outcome(photos, cache: cache) { panorama in
            pixels = try panorama.image.encoded(as: .png)
            return nil
        }
        return (pixels, outcome)
    }

    @Test("PANO-331 every stage is done once: a second run reads them all and makes the same picture")
    func reuse() throws {
        let photos = try Self.photos()
        let shelf = Shelf()
        let plain = try Self.run(photos, nil)
        let first = try Self.run(photos, shelf.cache)
        // Three photos, three pairs, the solution, the choice and one tile.
        #expect(shelf.kept.count == 9 && shelf.found == 0)
        let kept = shelf.kept
        let second = try Self.run(photos, shelf.cache)
        #expect(shelf.found == 9 && shelf.kept == kept)
        #expect(first.pixels == plain.pixels && second.pixels == plain.pixels && !plain.pixels.isEmpty)
        #expect(second.1.graph == first.1.graph)
        #expect(first.1.graph.edges.contains { $0.fate == .used && $0.residualPx != nil })
        // One photo more: the others' points and pairs are read again.
        let more = try RenderedRing(RenderedWorld(seed: 6), count: 1, seed: 2, width: 320, height: 240).photos("z")
        let bytes = try more[0].load()
        _ = try Self.run(photos + [StitchPhoto(name: "z", identity: "z") { bytes }], shelf.cache)
        #expect(kept.keys.allSatisfy { shelf.kept[$0] != nil })
        #expect(shelf.found == 15)
    }

    @Test(
        "PANO-331 another surface takes points, pairs and solution as they are; another format takes the tiles as well")
    func surface() throws {
        let photos = try Self.photos()
        let shelf = Shelf()
        _ = try Self.run(photos, shelf.cache)
        var options = StitchOptions()
        options.surface = .sphere
        let plain = try Self.run(photos, nil, options)
        shelf.found = 0
        let again = try Self.run(photos, shelf.cache, options)
        #expect(again.pixels == plain.pixels && shelf.found == 7 && shelf.kept.count == 11)
        shelf.found = 0
        #expect(try Self.run(photos, shelf.cache, options).pixels == plain.pixels)
        #expect(shelf.found == 9 && shelf.kept.count == 11)
    }

    @Test("PANO-330 what is said about a thing changes who shows what, and nothing before it is done again")
    func things() throws {
        let ring = try RenderedRing(RenderedWorld(seed: 5), count: 3, span: 80, seed: 2, width: 320, height: 240)
        // A walker in the overlap of the first two, seen by one of them.
        let photos = try ring.images.enumerated().map { index, image -> StitchPhoto in
            var image = image
            if index == 0 {
                let stride = image.stride
                image.withMutablePixels { pixels in
                    for y in 90..<170 {
                        for x in 235..<275 { for c in 0..<3 { pixels[y * stride + x * 3 + c] = c == 0 ? 230 : 20 } }
                    }
                }
            }
            let bytes = try image.encoded(as: .png)
            return StitchPhoto(name: "v\(index)", identity: "v\(index)") { bytes }
        }
        let shelf = Shelf()
        var objects: [PanoramaObject] = []
        _ = try Stitcher().outcome(photos, cache: shelf.cache) {
            objects = $0.editor.objects()
            return nil
        }
        let walker = try #require(objects.first)
        let other = try #require(walker.photos.first { $0 != walker.shown })
        var options = StitchOptions()
        options.things = [StitchThing(group: 1, thing: walker.number, photo: other)]
        let plain = try Self.run(photos, nil, options)
        let before = shelf.kept.count
        shelf.found = 0
        let kept = try Self.run(photos, shelf.cache, options)
        #expect(kept.pixels == plain.pixels)
        // Points, pairs, solution and the first choice are read; a new choice and its tile are made.
        #expect(shelf.found == 8 && shelf.kept.count == before + 2)
    }

    private struct Killed: Error {}

    @Test("PANO-338 ended after any stage, the next run begins there and makes the same picture", arguments: 1...9)
    func ended(after stage: Int) throws {
        let photos = try Self.photos()
        let shelf = Shelf()
        let dying = StitchCache(find: { shelf.kept[$0] }) { key, bytes in
            shelf.kept[key] = bytes
            if shelf.kept.count == stage { throw Killed() }
        }
        #expect(throws: Killed.self) { try Self.run(photos, dying) }
        #expect(shelf.kept.count == stage)
        let kept = shelf.kept
        let again = try Self.run(photos, shelf.cache)
        #expect(shelf.found == stage && kept.allSatisfy { shelf.kept[$0.key] == $0.value })
        #expect(again.pixels == (try Self.run(photos, nil).pixels))
    }

    @Test("what was kept and is damaged is made again")
    func damage() throws {
        let photos = try Self.photos()
        let shelf = Shelf()
        let first = try Self.run(photos, shelf.cache)
        for (key, bytes) in shelf.kept { shelf.kept[key] = Array(bytes.dropLast(3)) }
        #expect(try Self.run(photos, shelf.cache).pixels == first.pixels)
        for key in shelf.kept.keys { shelf.kept[key] = [] }
        #expect(try Self.run(photos, shelf.cache).pixels == first.pixels)
    }

    @Test("PANO-317 called off in the middle, each photo still has its verdict")
    func cancel() throws {
        let photos = try Self.photos()
        for stage in [StitchStage.detect, .match, .solve, .blend] {
            let verdict = try Stitcher().stitch(photos) {
                if $0.stage == stage { throw CancellationError() }
            } deliver: { _ in
                nil
            }
            #expect(verdict.state == .cancelled && verdict.photos.count == 3, "\(stage)")
            #expect(verdict.photos.allSatisfy { $0.verdict == .unfinished }, "\(stage)")
        }
    }

    @Test("PANO-315 a ring's file says where its pixels lie, in all three formats")
    func metadata() throws {
        var options = StitchOptions()
        options.surface = .sphere
        var files: [[UInt8]] = []
        var frame: PanoramaFrame?
        _ = try Stitcher(options: options).stitch(Self.photos()) { panorama in
            frame = panorama.frame
            let packet = try #require(panorama.frame.photoSphere)
            for encoding in [ImageEncoding.jpeg(quality: 80), .png, .webP(quality: 80)] {
                files.append(try XMPPacket.insert(packet, into: panorama.image.encoded(as: encoding)))
            }
            return nil
        }
        let known = try #require(frame)
        #expect(files.count == 3)
        for file in files {
            let image = try Image.decode(file).image
            #expect(image.width == known.width && image.height == known.height)
            let text = String(decoding: file, as: UTF8.self)
            #expect(text.contains("GPano:ProjectionType=\"equirectangular\""))
            #expect(text.contains("GPano:CroppedAreaImageWidthPixels=\"\(known.width)\""))
        }
        #expect(known.surface == "sphere" && known.hasAngles && !known.closed)
        // The middle of the view lies near the middle of the sphere's height.
        #expect(abs(known.top + Double(known.height) / known.scale / 2) < 0.15)
    }
}
