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

    private static func run(_ photos: [StitchPhoto], _ cache: StitchCache?) throws -> (pixels: [UInt8], StitchOutcome) {
        var pixels: [UInt8] = []
        let outcome = try Stitcher().outcome(photos, cache: cache) { panorama in
            pixels = try panorama.image.encoded(as: .png)
            return nil
        }
        return (pixels, outcome)
    }

    @Test("PANO-331 points and pairs are found once: a second run reads them and makes the same picture")
    func reuse() throws {
        let photos = try Self.photos()
        let shelf = Shelf()
        let plain = try Self.run(photos, nil)
        let first = try Self.run(photos, shelf.cache)
        // Three photos and three pairs.
        #expect(shelf.kept.count == 6 && shelf.found == 0)
        let kept = shelf.kept
        let second = try Self.run(photos, shelf.cache)
        #expect(shelf.found == 6 && shelf.kept == kept)
        #expect(first.pixels == plain.pixels && second.pixels == plain.pixels && !plain.pixels.isEmpty)
        #expect(second.1.graph == first.1.graph)
        #expect(first.1.graph.edges.contains { $0.fate == .used && $0.residualPx != nil })
        // One photo more costs its own points and its own pairs alone.
        let more = try RenderedRing(RenderedWorld(seed: 6), count: 1, seed: 2, width: 320, height: 240).photos("z")
        let bytes = try more[0].load()
        _ = try Self.run(photos + [StitchPhoto(name: "z", identity: "z") { bytes }], shelf.cache)
        #expect(kept.keys.allSatisfy { shelf.kept[$0] != nil })
        #expect(shelf.found == 12)
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
