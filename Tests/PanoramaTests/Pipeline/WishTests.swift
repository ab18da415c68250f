import Basics
import Foundation
import Imaging
import Panorama
import Testing

@Suite("What people ask for, and what is wrong with their photos")
struct WishTests {
    private static func stitched(
        _ photos: [StitchPhoto], _ options: StitchOptions = .small
    ) throws -> (verdict: StitchVerdict, panoramas: [Stitcher.Panorama]) {
        var made: [Stitcher.Panorama] = []
        let verdict = try Stitcher(options: options).stitch(photos) { panorama in
            made.append(panorama)
            return nil
        }
        return (verdict, made)
    }

    @Test("PANO-307 three photos one above the other stay a strip that stands upright")
    func strip() throws {
        let world = try RenderedWorld(seed: 9)
        let images = try [-38.0, 0, 38].map { pitch in
            try world.view(
                .rotation(Vector3(pitch * .pi / 180, 0, 0)), focal: 260, width: 300, height: 225)
        }
        let photos = try images.enumerated().map {
            StitchPhoto(name: "s\($0).jpg", bytes: try $1.encoded(as: .jpeg(quality: 94)))
        }
        let (verdict, panoramas) = try Self.stitched(photos)
        #expect(verdict.groups.map(\.used) == [3])
        let image = try #require(panoramas.first?.image)
        #expect(image.height > image.width * 5 / 4, "\(image.width) \(image.height)")
        let angles = try #require(verdict.groups.first?.fovDegrees)
        #expect(angles[1] > 90 && angles[0] < 110, "\(angles)")
        // Not bent: a plumb line of the world, yaw 0, is a straight column.
        guard case .rotation(let cameras) = try #require(panoramas.first).geometry else { return }
        let upright = Straightening.upright((0..<3).compactMap { cameras[$0] })
        for camera in cameras.values {
            #expect(abs((camera.rotation * upright.transposed).first.y) < 0.02)
        }
    }

    @Test("PANO-306 photos that share too little for any search hang together by four pairs of places")
    func pins() throws {
        let ring = try RenderedRing(RenderedWorld(seed: 5), count: 2, span: 108, seed: 7)
        let photos = try ring.photos()
        #expect(try Self.stitched(photos).verdict.state == .failed)
        let turn = ring.rotations[1] * ring.rotations[0].transposed
        let map = RotationMotion.homography(turn, focal0: ring.focal, focal1: ring.focal)
        let pairs = try [(160.0, -110.0), (176, -40), (162, 60), (175, 120)].map { place in
            let there = try #require(map.maps(x: place.0, y: place.1))
            return [place.0 + 179.5, place.1 + 134.5, there.x + 179.5, there.y + 134.5]
        }
        var options = StitchOptions.small
        options.pins = [StitchPin(a: "v1.jpg", b: "v0.jpg", pairs: pairs.map { [$0[2], $0[3], $0[0], $0[1]] })]
        #expect(try Self.stitched(photos, options).verdict.groups.map(\.used) == [2])
        // Places outside, too few, strangers: nobody is harmed.
        options.pins = [
            StitchPin(a: "v0.jpg", b: "v1.jpg", pairs: [[1, 2, 3, .nan]]), StitchPin(a: "x", b: "y", pairs: pairs),
            StitchPin(a: "v0.jpg", b: "v1.jpg", pairs: pairs.map { $0.map { $0 + 1e9 } }),
            StitchPin(a: "v0.jpg", b: "v0.jpg", pairs: pairs), StitchPin(a: "v0.jpg", b: "v1.jpg", pairs: []),
        ]
        #expect(try Self.stitched(photos, options).verdict.state == .failed)
    }

    @Test("PANO-334 of a photo that came small and soft as well the better one is used")
    func bestCopy() throws {
        let ring = try RenderedRing(RenderedWorld(seed: 5), count: 2, span: 50, seed: 7)
        let poor = try ring.images[0].resized(width: 270, height: 202).gaussianBlurred(sigma: 0.7)
        let photos = [
            StitchPhoto(name: "a.jpg", bytes: try poor.encoded(as: .jpeg(quality: 70))),
            StitchPhoto(name: "b.jpg", bytes: try ring.images[0].encoded(as: .jpeg(quality: 92))),
            StitchPhoto(name: "c.jpg", bytes: try ring.images[1].encoded(as: .jpeg(quality: 92))),
        ]
        let verdict = try Self.stitched(photos).verdict
        #expect(verdict.photos.map(\.verdict) == [.duplicateOf, .used, .used])
        #expect(verdict.photos[0].duplicateOf == "b.jpg")
    }

    @Test("PANO-322 a photo that is blurred is told from a stranger and from one without a thing in it")
    func faults() throws {
        let ring = try RenderedRing(RenderedWorld(seed: 5, width: 2048), count: 3, span: 75, seed: 7)
        var photos = try ring.photos()
        let soft = try ring.images[2].gaussianBlurred(sigma: 9)
        photos[2] = StitchPhoto(name: "v2.jpg", bytes: try soft.encoded(as: .jpeg(quality: 92)))
        photos.append(try RenderedRing(RenderedWorld(seed: 77, width: 2048), count: 1, seed: 3).photos("y")[0])
        let wall = try Image(
            width: 360, height: 270, format: .gray8, bytes: (0..<(360 * 270)).map { UInt8(100 + $0 % 360 / 40) })
        photos.append(StitchPhoto(name: "z.png", bytes: try wall.encoded(as: .png)))
        let verdict = try Self.stitched(photos).verdict
        let reasons = verdict.photos.map(\.verdict)
        #expect(Array(reasons.prefix(3)) == [.used, .used, .blurred])
        #expect(reasons[3] == .noOverlap || reasons[3] == .overlapTooSmall)
        #expect(reasons[4] == .noTexture)
    }

    @Test("PANO-322 matches on epipolar lines that no homography explains tell of a camera that moved")
    func moved() {
        var random = SeededRandom(seed: 4)
        func pairs(_ isMoved: Bool) -> [Double] {
            (0..<60).flatMap { _ -> [Double] in
                let (x, y) = (number(&random, -200...200), number(&random, -150...150))
                let depth = number(&random, 1...4)
                guard isMoved else { return [x, y, number(&random, -200...200), number(&random, -150...150)] }
                // A step to the right and ahead, focal length 300.
                let (px, py, pz) = (x / 300 * depth - 0.4, y / 300 * depth, depth - 0.2)
                return [x, y, 300 * px / pz + 0.2 * normal(&random), 300 * py / pz + 0.2 * normal(&random)]
            }
        }
        let check = EpipolarCheck()
        #expect(check.hasMoved(pairs(true), size: 250, homography: 12, seed: 1))
        #expect(!check.hasMoved(pairs(true), size: 250, homography: 55, seed: 1))
        #expect(!check.hasMoved(pairs(false), size: 250, homography: 5, seed: 1))
        #expect(!check.hasMoved(Array(pairs(true).prefix(40)), size: 250, homography: 0, seed: 1))
    }

    @Test("PANO-156, PANO-221, PANO-236 a preview by patches, paths and two bands has all members of a ring")
    func preview() throws {
        let ring = try RenderedRing(RenderedWorld(seed: 5), count: 10, seed: 7, width: 320, height: 240)
        var options = StitchOptions.small
        options.code = .patch
        let (verdict, panoramas) = try Self.stitched(ring.photos(), options)
        let group = try #require(verdict.groups.first)
        #expect(group.used == 10 && group.closed && group.holes == 0 && panoramas.count == 1)
    }

    @Test("PANO-263 a photo at three times the zoom joins, and the verdict tells its focal length")
    func zoom() throws {
        let world = try RenderedWorld(seed: 5, width: 2048)
        let wide = try RenderedRing(world, count: 2, span: 50, seed: 7, width: 480, height: 360)
        var photos = try wide.photos()
        let near = try world.view(wide.rotations[0], focal: wide.focal * 3, width: 480, height: 360)
        photos.append(StitchPhoto(name: "zoom.jpg", bytes: try near.encoded(as: .jpeg(quality: 94))))
        let verdict = try Self.stitched(photos).verdict
        #expect(verdict.groups.map(\.used) == [3], "\(verdict.photos)")
        let focals = verdict.photos.compactMap(\.focal)
        #expect(focals.count == 3 && abs(focals[2] / focals[0] - 3) < 0.06, "\(focals)")
    }

    @Test(
        "PANO-263 where a photo shows more, the panorama does: drawn at its scale, with it in front, and the verdict tells"
    )
    func finerScale() throws {
        let world = try RenderedWorld(seed: 5, width: 2048)
        let wide = try RenderedRing(world, count: 2, span: 50, seed: 7, width: 360, height: 270)
        var photos = try wide.photos()
        var options = StitchOptions()
        options.crops = false
        let plain = try Self.stitched(photos, options)
        let near = try world.view(wide.rotations[0], focal: wide.focal * 2.5, width: 360, height: 270)
        photos.append(StitchPhoto(name: "zoom.jpg", bytes: try near.encoded(as: .jpeg(quality: 94))))
        let (verdict, panoramas) = try Self.stitched(photos, options)
        let group = try #require(verdict.groups.first)
        let panorama = try #require(panoramas.first)
        #expect(group.used == 3 && group.scaleReduced == 1)
        let before = try #require(plain.panoramas.first)
        #expect(abs(Double(panorama.image.width) / Double(before.image.width) - 2.5) < 0.2)
        #expect(group.warnings.contains { $0.hasPrefix("finerScale: drawn at 2.") }, "\(group.warnings)")
        #expect(plain.verdict.groups[0].warnings.allSatisfy { !$0.hasPrefix("finerScale") })
        // Where the near photo is, it is the one that is shown, but for its rim.
        for at in 0..<25 {
            let (x, y) = (0.15 + 0.7 * Double(at % 5) / 4, 0.15 + 0.7 * Double(at / 5) / 4)
            let spot = try #require(panorama.editor.place(photo: 2, x: x, y: y, frame: panorama.frame))
            let column = Int(spot.x) * panorama.shares.width / panorama.frame.width
            let row = Int(spot.y) * panorama.shares.height / panorama.frame.height
            #expect(panorama.shares.photos[row * panorama.shares.width + column] == 2, "\(x) \(y)")
        }
    }
}

extension StitchOptions {
    /// Small pictures, for tests that look at something else.
    static var small: StitchOptions {
        var options = StitchOptions()
        options.isPreview = true
        return options
    }
}
