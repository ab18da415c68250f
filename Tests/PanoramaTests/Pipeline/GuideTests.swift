import Foundation
import Imaging
import Panorama
import Testing

@Suite("The capture guide")
struct GuideTests {
    /// Views of one world, each so many degrees to the right.
    private static func photos(_ degrees: [Double], seed: UInt64 = 5) throws -> [StitchPhoto] {
        let world = try RenderedWorld(seed: seed)
        let focal = 160 / tan(30 * Double.pi / 180)
        return try degrees.map { degree in
            let turn = Matrix3.rotation(Vector3(0, -degree * .pi / 180, 0))
            let bytes = try world.view(turn, focal: focal, width: 320, height: 240).encoded(as: .jpeg(quality: 92))
            return StitchPhoto(name: "at\(degree).jpg", identity: "\(degree) \(seed)") { bytes }
        }
    }

    @Test("PANO-332 the share of the newest photo that another shows is told to six hundredths")
    func share() throws {
        for turn in [12.0, 24, 36] {
            let answer = try CaptureGuide().answer(try Self.photos([0, turn]))
            let found = try #require(answer.overlaps.first)
            // Of a view of 60° turned by an angle: what lies between its left side and the other's right side.
            let edge = tan((30 - turn) * .pi / 180) / tan(30 * .pi / 180)
            #expect(abs(found.share - (edge + 1) / 2) < 0.06, "\(turn): \(found.share)")
            #expect(found.photo == 0 && found.name == "at0.0.jpg")
        }
    }

    @Test("PANO-332 each answer says what to do next")
    func advice() throws {
        func advice(_ degrees: [Double]) throws -> CaptureGuide.Advice {
            try CaptureGuide().answer(Self.photos(degrees)).advice
        }
        #expect(try advice([0]) == .first)
        #expect(try advice([0, 25]) == .good)
        #expect(try advice([0, 2]) == .further)
        #expect(try advice([0, 25, 150]) == .turnBack)
        // Back to where it began.
        let back = try CaptureGuide().answer(Self.photos([0, 40, 80, 20]))
        #expect(back.advice == .good && Set(back.overlaps.map(\.photo)) == [0, 1])
        let grey = try Image(width: 320, height: 240, format: .gray8, bytes: [UInt8](repeating: 90, count: 76_800))
        let bytes = try grey.encoded(as: .png)
        #expect(try CaptureGuide().answer([StitchPhoto(name: "g", bytes: bytes)]).advice == .noTexture)
        #expect(try CaptureGuide().answer([StitchPhoto(name: "x", bytes: [1, 2, 3])]).advice == .unusable)
        #expect(try CaptureGuide().answer([]).advice == .unusable)
    }

    @Test("PANO-332 each photo is read once and each pair compared once, and the stitch finds both")
    func kept() throws {
        let photos = try Self.photos([0, 25, 50])
        var kept: [String: [UInt8]] = [:]
        var found = 0
        let cache = StitchCache { key in
            found += kept[key] == nil ? 0 : 1
            return kept[key]
        } keep: {
            kept[$0] = $1
        }
        for count in 1...3 { _ = try CaptureGuide().answer(Array(photos[..<count]), cache: cache) }
        // Three photos and three pairs; the first was read again twice, the second once.
        #expect(kept.count == 6 && found == 3)
        found = 0
        let verdict = try Stitcher().outcome(photos, cache: cache) { _ in nil }.verdict
        #expect(verdict.groups.first?.used == 3 && found == 6)
    }
}
