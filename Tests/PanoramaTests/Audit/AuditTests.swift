import Foundation
import Imaging
import Panorama
import Testing

@Suite("The audit of a picture by its photos")
struct AuditTests {
    /// Views 40° apart, and the panorama of those that are asked for.
    private static func made(_ views: Range<Int>? = nil) throws -> (photos: [StitchPhoto], picture: Image) {
        let ring = try RenderedRing(
            RenderedWorld(seed: 11), count: 5, span: 200, seed: 3, width: 400, height: 300, gains: 0.85...1)
        let photos = try ring.photos()
        var picture: Image?
        _ = try Stitcher().stitch(views.map { Array(photos[$0]) } ?? photos) {
            if picture == nil { picture = $0.image }
            return nil
        }
        return (photos, try #require(picture))
    }

    /// The box that is spoiled: in the middle, a sixth of the width.
    private static func box(_ image: Image) -> (x: Int, y: Int, width: Int, height: Int) {
        (image.width * 5 / 12, image.height / 4, image.width / 6, image.height / 2)
    }

    @Test("PANO-336 a clean panorama has hardly a square that no photo shows, and all photos are in it")
    func clean() throws {
        let (photos, picture) = try Self.made()
        let audit = try PictureAudit(picture: picture, photos: photos)
        #expect(audit.cells > 60 && audit.torn <= 0.02 && audit.fidelity > 0.8, "\(audit)")
        #expect(audit.holes == 0 && audit.black < 0.001 && audit.photos.allSatisfy { !$0.isMissing }, "\(audit.photos)")
        #expect(audit.tone.stepMedian < 0.05)
        // It is a value that can be written down.
        #expect(try JSONDecoder().decode(PictureAudit.self, from: JSONEncoder().encode(audit)) == audit)
    }

    @Test("PANO-336 planted ghosts, smears and bends are found where they are", arguments: PlantedFault.allCases)
    func planted(fault: PlantedFault) throws {
        let (photos, picture) = try Self.made()
        let box = Self.box(picture)
        let spoiled = fault.planted(in: picture, box: [box.x, box.y, box.width, box.height])
        let clean = try PictureAudit(picture: picture, photos: photos)
        let audit = try PictureAudit(picture: spoiled, photos: photos)
        #expect(audit.torn > clean.torn + 0.02, "\(audit)")
        let worst = try #require(audit.faults.first, "\(audit)")
        let middle = (worst.box[0] + worst.box[2] / 2, worst.box[1] + worst.box[3] / 2)
        #expect((box.x..<(box.x + box.width)).contains(middle.0), "\(worst) \(box)")
        #expect((box.y..<(box.y + box.height)).contains(middle.1), "\(worst) \(box)")
        if fault == .smear { #expect(worst.kind == .smeared, "\(worst)") }
    }

    @Test("PANO-336 a photo that is not in the picture is named, and so are holes")
    func missing() throws {
        let (photos, picture) = try Self.made(0..<4)
        let audit = try PictureAudit(picture: picture, photos: photos)
        #expect(audit.photos.filter(\.isMissing).map(\.name) == ["v4.jpg"], "\(audit.photos)")
        let box = Self.box(picture)
        var holed = picture
        let stride = picture.stride
        holed.withMutablePixels { pixels in
            for y in box.y..<(box.y + 40) { for x in (box.x * 3)..<(box.x * 3 + 150) { pixels[y * stride + x] = 0 } }
        }
        let found = try PictureAudit(picture: holed, photos: photos)
        #expect(found.holes == 1 && found.black > 0.002)
    }

    @Test("PANO-336 a flat photo at the end, of which a crop takes a part, is not called missing")
    func cropped() throws {
        let trial = try WorldTrial(seed: 18)
        var made: Stitcher.Panorama?
        _ = try Stitcher().stitch(trial.photos) {
            if made == nil { made = $0 }
            return nil
        }
        let panorama = try #require(made)
        let audit = try PictureAudit(picture: panorama.image, photos: trial.photos)
        for (index, photo) in audit.photos.enumerated() {
            let share = trial.share(of: index, in: panorama)
            #expect(!photo.isMissing || share < PictureAudit.present, "\(photo) \(share)")
        }
    }

    @Test("PANO-336 a smear that leaves no texture is found")
    func faded() throws {
        let (photos, picture) = try Self.made()
        let box = Self.box(picture)
        var spoiled = picture
        let (stride, clean) = (picture.stride, picture.bytes)
        // One colour, and slopes that are no texture.
        spoiled.withMutablePixels { pixels in
            for y in box.y..<(box.y + box.height) {
                for x in box.x..<(box.x + box.width) {
                    for channel in 0..<3 {
                        let mean = Int(clean[(box.y + 20) * stride + (box.x + 20) * 3 + channel])
                        pixels[y * stride + x * 3 + channel] = UInt8(min(255, mean / 2 + 40 + (x + y) % 96 / 4))
                    }
                }
            }
        }
        let audit = try PictureAudit(picture: spoiled, photos: photos)
        let found = audit.faults.contains { fault in
            let middle = (fault.box[0] + fault.box[2] / 2, fault.box[1] + fault.box[3] / 2)
            return fault.kind == .smeared && (box.x..<(box.x + box.width)).contains(middle.0)
                && (box.y..<(box.y + box.height)).contains(middle.1)
        }
        #expect(found, "\(audit.faults) \(box)")
    }
}
