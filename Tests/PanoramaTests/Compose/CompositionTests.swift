import Foundation
import Imaging
import Panorama
import Testing

@Suite("Composition of views whose cameras are known")
struct CompositionTests {
    private static func ring(
        _ count: Int = 5, turned: Double = 0, gains: [Double] = [], change: (Int, inout Image) -> Void = { _, _ in }
    ) throws -> RenderedComposition {
        try RenderedComposition(
            RenderedWorld(seed: 71, width: 512), cameras: RenderedComposition.ring(count, focal: 120, turned: turned),
            width: 260, height: 200, gains: gains, change: change)
    }

    @Test("PANO-328 a canvas that is rolled by whole cells and back is the same picture", arguments: [64, 320])
    func roll(by columns: Int) throws {
        let here = try #require(try Self.ring().composed(.cylinder))
        #expect(here.canvas.isClosed && here.holes == 0)
        let width = here.canvas.width
        let there = try #require(
            try Self.ring(turned: 0).turned(2 * .pi * Double(columns) / Double(width)).composed(.cylinder))
        #expect(there.canvas.width == width && there.image.height == here.image.height)
        var squares = 0.0
        for y in 0..<here.image.height {
            for x in 0..<width {
                let moved = (x + columns) % width
                for channel in 0..<3 {
                    let a = Double(here.image.bytes[y * here.image.stride + x * 3 + channel])
                    let b = Double(there.image.bytes[y * there.image.stride + moved * 3 + channel])
                    squares += (a - b) * (a - b)
                }
            }
        }
        let psnr = 10 * log10(255 * 255 * Double(here.image.height * width * 3) / max(squares, 1e-9))
        #expect(psnr > 45, "\(psnr) dB")
    }

    @Test(
        "PANO-241, PANO-251 steps of tone that gains leave are taken away by splines and by blocks",
        arguments: [ToneMethod.splines, .blocks, .auto])
    func tone(method: ToneMethod) throws {
        // Each view is lighter to one side, which no gain and no common fall-off explains.
        let scene = try Self.ring(6, gains: [1, 0.8, 1.1, 0.9, 1.15, 0.85]) { _, image in
            let width = image.width
            image.withMutablePixels { pixels in
                for at in 0..<pixels.count {
                    let across = Double(at / 3 % width) / Double(width)
                    pixels[at] = UInt8(min(255, Double(pixels[at]) * (0.8 + 0.3 * across)))
                }
            }
        }
        var options = StitchOptions()
        options.tone = .gains
        let before = try #require(try scene.composed(.cylinder, options: options))
        options.tone = method
        let after = try #require(try scene.composed(.cylinder, options: options))
        #expect(before.tone.stepMedian > 0.02)
        #expect(after.tone.stepMedian < 0.6 * before.tone.stepMedian, "\(before.tone) to \(after.tone)")
    }

    @Test(
        "PANO-327 every choice and blend of the pipeline fills the same canvas without holes",
        arguments: [
            (SelectionMethod.deepest, BlendMethod.none), (.path, .twoBands), (.cover, .bands),
            (.cutAlongEdges, .gradients),
            (.cut, .feather),
        ])
    func methods(selection: SelectionMethod, blend: BlendMethod) throws {
        var options = StitchOptions()
        (options.selection, options.blend) = (selection, blend)
        let made = try #require(try Self.ring().composed(.cylinder, pixels: 60_000, options: options))
        let usual = try #require(try Self.ring().composed(.cylinder, pixels: 60_000))
        #expect(made.holes == 0 && made.empty == 0 && made.canvas.width == usual.canvas.width)
        let (a, b) = (made.image, usual.image)
        try #require(a.height == b.height)
        let difference = (0..<(a.height * a.width * 3)).reduce(0) { $0 + abs(Int(a.bytes[$1]) - Int(b.bytes[$1])) }
        #expect(Double(difference) / Double(a.height * a.width * 3) < 6)
    }

    @Test("PANO-330, PANO-228 things are listed with pictures of them; one is removed, and another photo's kept")
    func objects() throws {
        let ring = try RenderedRing(RenderedWorld(seed: 73), count: 3, span: 60, seed: 9, width: 300, height: 225)
        var images = ring.images
        // A walker in the middle of the middle view, who is in no other.
        images[1].withMutablePixels { pixels in
            for y in 80..<160 { for x in 130..<160 { for c in 0..<3 { pixels[(y * 300 + x) * 3 + c] = 250 } } }
        }
        let photos = try images.enumerated().map { index, image in
            StitchPhoto(name: "w\(index).jpg", bytes: try image.encoded(as: .jpeg(quality: 95)))
        }
        var made: [Stitcher.Panorama] = []
        var options = StitchOptions()
        options.crops = false
        _ = try Stitcher(options: options).stitch(photos) { panorama in
            made.append(panorama)
            return nil
        }
        let panorama = try #require(made.first)
        var editor = panorama.editor
        let walker = try #require(editor.objects().first)
        #expect(walker.photos.contains(1) && walker.photos.count >= 2)
        func white(_ image: Image?) -> Int {
            guard let image else { return -1 }
            return (0..<image.height).reduce(0) { sum, y in
                sum
                    + (0..<image.width).count { x in
                        (0..<3).allSatisfy { image.bytes[y * image.stride + x * 3 + $0] > 232 }
                    }
            }
        }
        #expect(white(editor.thumbnail(of: walker, photo: 1)) > 100)
        let other = try #require(walker.photos.first { $0 != 1 })
        let with = try editor.picture([(walker, .keep(photo: 1))])
        let without = try editor.picture([(walker, .keep(photo: other))])
        #expect(white(with) > 1200 && white(without) < white(with) / 4, "\(white(with)), \(white(without))")
        _ = try editor.picture([(walker, .keep(photo: 1))])
        let shown = try #require(editor.objects().first { $0.shown == 1 && $0.photos == walker.photos })
        #expect(white(try editor.picture([(shown, .remove)])) < white(with) / 4)
    }

    @Test(
        "PANO-326 what is planned for a cap of memory stays below it, tiles with their borders too",
        arguments: [256, 512, 2048])
    func memoryPlan(mebibytes: Int) throws {
        let plan = MemoryPlan(mebibytes: mebibytes)
        #expect(plan.mebibytes(canvasPixels: plan.canvasPixels) <= Double(mebibytes))
        for (pixels, span) in [(40_000.0, 1.0), (3e6, 2), (9e7, 6.2)] {
            let scene = Self.placed(span: span)
            let limits = CanvasLimits(pixels: min(pixels, plan.canvasPixels))
            let canvas = try #require(SurfaceChoice.rotation(scene, wanted: .cylinder, limits: limits)).canvas
            #expect(Double(canvas.width * canvas.height) <= limits.pixels * 1.02)
            let side = TileBlend.side(canvas, memoryMebibytes: mebibytes)
            let (across, down) = (min(side, canvas.width), min(side, canvas.height))
            #expect(
                (across + 2 * TileBlend.halo(canvas)) * min(canvas.height, down + 2 * TileBlend.halo(canvas)) <= plan
                    .tilePixels * 5 / 4
            )
        }
    }

    private static func placed(span: Double) -> [PlacedPhoto] {
        RenderedComposition.ring(8, focal: 900, span: span).enumerated().map {
            PlacedPhoto(photo: $0, width: 1000, height: 750, magnification: 4, camera: $1, map: nil)
        }
    }

    @Test("PANO-333 the same bytes from one thread, from two and from eight at once, in twenty orders of the photos")
    func sameBytes() async throws {
        let photos = try RenderedRing(RenderedWorld(seed: 75), count: 4, span: 80, seed: 3, width: 262, height: 196)
            .photos()
        var options = StitchOptions()
        options.megapixels = 0.3
        let stitcher = Stitcher(options: options)
        @Sendable func bytes(_ order: [Int]) throws -> [UInt8] {
            var made: [UInt8] = []
            _ = try stitcher.stitch(order.map { photos[$0] }) { panorama in
                made = panorama.image.bytes
                return nil
            }
            return made
        }
        let orders = Self.permutations([0, 1, 2, 3]).prefix(20)
        let alone = try bytes([0, 1, 2, 3])
        #expect(!alone.isEmpty)
        var left = orders[...]
        for threads in [1, 2, 8, 8, 1] {
            try await withThrowingTaskGroup(of: [UInt8].self) { group in
                for order in left.prefix(threads) { group.addTask { try bytes(order) } }
                for try await made in group { #expect(made == alone, "\(threads) threads") }
            }
            left = left.dropFirst(threads)
        }
        #expect(left.isEmpty)
    }

    private static func permutations(_ items: [Int]) -> [[Int]] {
        guard items.count > 1 else { return [items] }
        return items.flatMap { first in
            permutations(items.filter { $0 != first }).map { [first] + $0 }
        }
    }
}

extension RenderedComposition {
    /// The same views with all cameras turned: the world's directions move along the canvas.
    func turned(_ angle: Double) -> RenderedComposition {
        var copy = self
        copy.cameras = cameras.map { Camera(rotation: $0.rotation * .rotation(Vector3(0, -angle, 0)), focal: $0.focal) }
        return copy
    }
}
