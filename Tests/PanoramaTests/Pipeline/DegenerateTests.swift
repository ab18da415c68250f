import Foundation
import Imaging
import Panorama
import Testing

@Suite("Photos of which nothing can be made")
struct DegenerateTests {
    private static func verdict(_ photos: [StitchPhoto]) throws -> StitchVerdict {
        try Stitcher().stitch(photos) { _ in nil }
    }

    private static func plain(_ width: Int, _ height: Int, _ value: UInt8 = 128) throws -> [UInt8] {
        try Image(width: width, height: height, format: .gray8, bytes: [UInt8](repeating: value, count: width * height))
            .encoded(as: .png)
    }

    @Test("PANO-322 no photo, one photo, one pixel, an empty file and a blank wall each end in a verdict")
    func lonely() throws {
        #expect(try Self.verdict([]).state == .failed)
        let view = try RenderedRing(RenderedWorld(seed: 3), count: 1, seed: 1).photos()[0]
        let one = try Self.verdict([view])
        #expect(one.state == .failed && one.photos[0].verdict == .noOverlap)
        #expect(one.reason?.contains("only one photo") == true)
        let rest = try Self.verdict([
            StitchPhoto(name: "pixel.png", bytes: Self.plain(1, 1)), StitchPhoto(name: "empty.jpg", bytes: []),
            StitchPhoto(name: "wall.png", bytes: Self.plain(400, 300)),
            StitchPhoto(name: "cut.jpg", bytes: Array(try view.load().prefix(300))),
            StitchPhoto(name: "gone.jpg") { throw CocoaError(.fileNoSuchFile) },
        ])
        #expect(rest.photos.map(\.verdict) == [.tooSmall, .notReadable, .noTexture, .notReadable, .notReadable])
        #expect(rest.state == .failed && rest.reason != nil)
    }

    @Test("PANO-334 many copies of one photo are one photo")
    func copies() throws {
        let view = try RenderedRing(RenderedWorld(seed: 3), count: 1, seed: 1).photos()[0]
        let again = try Image.decode(view.load()).image.encoded(as: .jpeg(quality: 80))
        let verdict = try Self.verdict([view, view, StitchPhoto(name: "again.jpg", bytes: again)])
        #expect(verdict.state == .failed)
        #expect(verdict.photos.count { $0.verdict == .duplicateOf && $0.duplicateOf != nil } == 2)
        #expect(verdict.photos.count { $0.verdict == .noOverlap } == 1)
    }

    @Test("PANO-317 what the progress throws ends the work")
    func cancel() throws {
        struct Stop: Error {}
        let photos = try RenderedRing(RenderedWorld(seed: 3), count: 2, span: 50, seed: 1).photos()
        #expect(throws: Stop.self) {
            try Stitcher().stitch(photos, progress: { if $0.stage == .match { throw Stop() } }) { _ in nil }
        }
    }

    @Test("a verdict of photos over the limit says so")
    func overLimit() throws {
        var options = StitchOptions()
        options.photoLimit = 1
        let photos = try RenderedRing(RenderedWorld(seed: 3), count: 2, span: 50, seed: 1).photos()
        let verdict = try Stitcher(options: options).stitch(photos) { _ in nil }
        #expect(verdict.photos[1].verdict == .overLimit)
    }
}
