import Foundation
import Imaging
import Panorama
import Testing

@Suite("Frames of a clip")
struct KeyFrameTests {
    @Test("PANO-261 a pan becomes one panorama of the right width, out of all frames that were chosen")
    func pan() throws {
        // 60 degrees wide, turning 5 degrees a frame.
        let world = try RenderedWorld(seed: 8)
        let (width, height) = (288, 216)
        let focal = Double(width) / 2 / tan(Double.pi / 6)
        let images = try (0..<21).map { index in
            let turn = Matrix3.rotation(Vector3(0, -Double(5 * index) * .pi / 180, 0))
            return try world.view(turn, focal: focal, width: width, height: height)
        }
        let clip = try RenderedClip.clip(images)
        let choice = try VideoFrames().choose(clip)
        #expect(choice.verdict == .moves && choice.cuts.isEmpty && choice.count == 21)
        // A frame every 20 degrees or so: a third of the view.
        #expect((5...8).contains(choice.frames.count) && choice.frames.first == 0, "\(choice.frames)")
        #expect(zip(choice.frames, choice.frames.dropFirst()).allSatisfy { $1 - $0 <= 6 })
        let photos = try VideoFrames.photos(choice, of: clip, name: "pan")
        #expect(photos.map(\.name).sorted() == photos.map(\.name) && photos[0].name == "pan-000000")
        var options = StitchOptions()
        options.isOrdered = true
        options.fusesBrackets = false
        options.isPreview = true
        let verdict = try Stitcher(options: options).stitch(photos) { _ in nil }
        #expect(verdict.groups.count == 1 && verdict.photos.allSatisfy { $0.group == 1 })
        let angles = try #require(verdict.groups.first?.fovDegrees)
        let last = try #require(choice.frames.last)
        #expect(abs(angles[0] - (60 + 5 * Double(last))) < 5, "\(angles)")
    }

    @Test("PANO-261 of frames near the place the sharpest is taken")
    func sharpest() throws {
        let scene = try RenderedClip.scene(seed: 4)
        var images = try RenderedClip.views(
            of: scene, (0..<30).map { RenderedClip.pose(x: Double(4 * $0) - 60, y: 0) }, width: 160, height: 120)
        for index in images.indices where index % 3 != 0 { images[index] = try images[index].gaussianBlurred(sigma: 2) }
        let choice = try VideoFrames().choose(RenderedClip.clip(images))
        #expect(choice.frames.count >= 3 && choice.frames.allSatisfy { $0 % 3 == 0 }, "\(choice.frames)")
        let overlaps = zip(choice.frames, choice.frames.dropFirst()).map { 1 - Double(4 * ($1 - $0)) / 160 }
        #expect(overlaps.dropLast().allSatisfy { (0.58...0.72).contains($0) }, "\(overlaps)")
        var few = VideoFrames()
        few.limit = 2
        let short = try few.choose(RenderedClip.clip(images))
        #expect(short.verdict == .overLimit && short.frames == Array(choice.frames.prefix(2)))
    }

    @Test("PANO-261 a cut is told, a clip that stands still too, and one that ends in black")
    func verdicts() throws {
        let (a, b) = (try RenderedClip.scene(seed: 4), try RenderedClip.scene(seed: 71))
        func moving(_ scene: Image) throws -> [Image] {
            try RenderedClip.views(
                of: scene, (0..<8).map { RenderedClip.pose(x: Double(8 * $0), y: 0) }, width: 160, height: 120)
        }
        let cut = try VideoFrames().choose(RenderedClip.clip(moving(a) + moving(b)))
        #expect(cut.cuts == [8] && cut.verdict == .moves && cut.frames.contains(0) && cut.frames.contains(8))
        #expect(cut.frames.count >= 4, "\(cut.frames)")
        // Soft pictures are alike sooner than sharp ones.
        let soft = try (moving(a).prefix(3) + moving(b).prefix(3)).map { try $0.gaussianBlurred(sigma: 6) }
        #expect(try VideoFrames().choose(RenderedClip.clip(soft)).cuts == [3])
        let one = try moving(a)[0]
        let still = try VideoFrames().choose(RenderedClip.clip([Image](repeating: one, count: 5)))
        #expect(still.verdict == .still && still.frames == [0] && still.leastOverlap > 0.99 && still.cuts.isEmpty)
        let black = try Image(width: 160, height: 120, format: .rgb8, filledWith: Pixel(red: 0, green: 0, blue: 0))
        let blank = try VideoFrames().choose(RenderedClip.clip([black, black, black]))
        #expect(blank.verdict == .still && blank.cuts.isEmpty)
        let ends = try VideoFrames().choose(RenderedClip.clip(moving(a) + [black, black]))
        #expect(ends.cuts == [8] && ends.count == 10)
        #expect(throws: CancellationError.self) {
            try VideoFrames().choose(RenderedClip.clip(moving(a))) { if $0.done == 3 { throw CancellationError() } }
        }
    }

    @Test("PANO-261 where frames come one after the other they are kept as files, no larger than allowed")
    func sequential() throws {
        let scene = try RenderedClip.scene(seed: 4)
        let clip = try RenderedClip.clip(
            RenderedClip.views(
                of: scene, (0..<12).map { RenderedClip.pose(x: Double(12 * $0), y: 0) }, width: 160, height: 120))
        let choice = try VideoFrames().choose(clip)
        let direct = try VideoFrames.photos(choice, of: clip, name: "c")
        let kept = try VideoFrames.photos(choice, of: Pipe(clip: clip), name: "c")
        #expect(direct.count == kept.count && direct.map(\.name) == kept.map(\.name))
        for (a, b) in zip(direct, kept) { #expect(try a.load() == b.load()) }
    }

    /// A clip whose frames cannot be had out of order.
    private struct Pipe: VideoClip {
        let clip: Y4MReader
        var format: VideoFormat { clip.format }
        var frameCount: Int? { nil }
        var isSeekable: Bool { false }
        func pass() throws(VideoError) -> VideoPass { try clip.pass() }
    }
}
