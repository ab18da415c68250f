import Foundation
import Imaging
import Panorama
import Testing

@Suite("Stabilised clips")
struct StabiliserTests {
    /// A slow pan with shake: from the pixels of each frame to those of the scene.
    private static func poses(count: Int = 30, seed: UInt64 = 3, tilt: Bool = false) -> [Matrix3] {
        var normal = RenderedClip.Normal(seed: seed)
        return (0..<count).map { index in
            let pose = RenderedClip.pose(
                x: 2.0 * Double(index) - 30 + normal.next(2.5), y: normal.next(2.5), degrees: normal.next(0.4),
                scale: 1 + normal.next(0.003))
            guard tilt else { return pose }
            return pose
                * Matrix3(
                    rows: Vector3(1, 0, 0), Vector3(0, 1, 0), Vector3(normal.next(2e-5), normal.next(2e-5), 1))
        }
    }

    /// From each frame to the next one, in pixels from the middles.
    private static func steps(_ poses: [Matrix3]) throws -> [Matrix3] {
        try zip(poses, poses.dropFirst()).map { first, second in try #require(second.inverse) * first }
    }

    /// The farthest that two maps put a corner of a frame apart.
    private static func distance(_ a: Matrix3, _ b: Matrix3, width: Double, height: Double) throws -> Double {
        try [(-1.0, -1.0), (1, -1), (-1, 1), (1, 1), (0, 0)].map { corner in
            let (x, y) = (corner.0 * width / 2, corner.1 * height / 2)
            let (p, q) = (try #require(a.maps(x: x, y: y)), try #require(b.maps(x: x, y: y)))
            return hypot(p.x - q.x, p.y - q.y)
        }.max() ?? 0
    }

    @Test(
        "PANO-267 the path that is found is that of the camera, to a fraction of a pixel, and under a fifth of the shake is left",
        arguments: [VideoStabiliser.Motion.similarity, .homography])
    func shaky(_ motion: VideoStabiliser.Motion) throws {
        let poses = Self.poses(tilt: motion == .homography)
        let truth = try Self.steps(poses)
        let (width, height) = (160, 120)
        let clip = try RenderedClip.clip(
            RenderedClip.views(of: RenderedClip.scene(seed: 12), poses, width: width, height: height))
        var stabiliser = VideoStabiliser()
        stabiliser.motion = motion
        let plan = try stabiliser.plan(clip)
        #expect(plan.count == poses.count && plan.cuts.isEmpty && plan.window == 0.5)
        let errors = try zip(plan.steps, truth).map { found, step in
            try Self.distance(try #require(found), step, width: Double(width), height: Double(height))
        }.sorted()
        #expect(errors[errors.count / 2] < 0.15 && (errors.last ?? 9) < 0.5, "\(errors)")
        // By the truth, not by what was measured: where the steps lead once frames stand where they are put.
        let left = try truth.indices.map { at in
            plan.corrections[at + 1] * truth[at] * (try #require(plan.corrections[at].inverse))
        }
        let (before, after) = (CameraPath.jitter(truth), CameraPath.jitter(left))
        #expect(after < 0.2 * before, "\(before) \(after)")
        #expect(abs(plan.jitterBefore - before) < 0.1 * before && plan.jitterAfter < 0.2 * before)
        // The pan is kept: the middle goes as far as before, less what the shake of the ends is.
        let all = left.reduce(Matrix3.identity) { $1 * $0 }
        let whole = truth.reduce(Matrix3.identity) { $1 * $0 }
        #expect(abs(all.first.z - whole.first.z) < 8)
        #expect(plan.cropShare > 0.6 && plan.cropShare < 1)
    }

    @Test("PANO-267 the frames that are written are steady and full, and as wide as the report says")
    func frames() throws {
        let poses = Self.poses(count: 20)
        let scene = try RenderedClip.scene(seed: 12)
        let clip = try RenderedClip.clip(RenderedClip.views(of: scene, poses, width: 160, height: 120))
        let stabiliser = VideoStabiliser()
        let plan = try stabiliser.plan(clip)
        var bytes: [UInt8] = []
        var writer = try Y4MWriter(format: plan.format) { bytes += $0 }
        var told = 0
        try stabiliser.apply(plan, to: clip, progress: { told = $0.done }) { try writer.append($0) }
        let steady = try Y4MReader(bytes: bytes)
        #expect(told == 20 && steady.frameCount == 20 && steady.format == plan.format)
        #expect((160 - plan.format.width) % 4 == 0 && (120 - plan.format.height) % 4 == 0)
        // What a frame shows is the scene where the plan puts it.
        for index in [0, 7, 19] {
            let back = try #require(plan.corrections[index].inverse)
            let wanted = try RenderedClip.views(
                of: scene, [poses[index] * back], width: plan.format.width, height: plan.format.height)[0]
            let shown = try steady.frame(index).luma
            let grey = try VideoFrame(wanted, format: plan.format).luma
            let off = zip(shown.bytes, grey.bytes).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
            #expect(Double(off) / Double(shown.pixelCount) < 4, "frame \(index)")
        }
        // Measured again, next to nothing is left of the shake.
        let again = try stabiliser.plan(steady)
        #expect(again.jitterBefore < 0.2 * plan.jitterBefore, "\(again.jitterBefore) of \(plan.jitterBefore)")
    }

    @Test(
        "PANO-267 a clip that stands still stays as it is; cuts are not smoothed over; a narrow crop shrinks the window"
    )
    func limits() throws {
        let (a, b) = (try RenderedClip.scene(seed: 4), try RenderedClip.scene(seed: 71))
        let views = try RenderedClip.views(
            of: a, (0..<6).map { _ in RenderedClip.pose(x: 0, y: 0) }, width: 128, height: 96)
        let still = try RenderedClip.clip(views)
        let calm = try VideoStabiliser().plan(still)
        #expect(calm.cropShare > 0.93 && calm.jitterBefore < 0.02)
        let other = try RenderedClip.views(
            of: b, (0..<6).map { RenderedClip.pose(x: Double($0), y: 0) }, width: 128, height: 96)
        let cut = try VideoStabiliser().plan(RenderedClip.clip(views + other))
        #expect(cut.cuts == [6] && cut.corrections.count == 12)
        for index in 0..<6 {
            #expect(try Self.distance(cut.corrections[index], .identity, width: 128, height: 96) < 0.1)
        }
        var strict = VideoStabiliser()
        strict.leastShare = 0.97
        let poses = Self.poses(count: 14)
        let shaky = try RenderedClip.clip(RenderedClip.views(of: a, poses, width: 128, height: 96))
        let plan = try strict.plan(shaky)
        #expect(plan.window < 0.5 && plan.cropShare > 0.85)
        #expect(throws: CancellationError.self) {
            try strict.plan(shaky) { if $0.done == 4 { throw CancellationError() } }
        }
    }

    @Test("PANO-267 an even pan, turn or zoom is smooth already; a shaken one comes near it")
    func paths() throws {
        let even = RenderedClip.pose(x: 3, y: -1, degrees: 0.5, scale: 1.002)
        let path = CameraPath(steps: [Matrix3?](repeating: even, count: 40), kind: .similarities)
        for map in path.corrections(deviation: 6) {
            #expect(try Self.distance(map, .identity, width: 200, height: 150) < 0.6)
        }
        #expect(path.corrections(deviation: 0) == [Matrix3](repeating: .identity, count: 41))
        let none = CameraPath(steps: [], kind: .homographies)
        #expect(none.corrections(deviation: 4) == [.identity])
        #expect(CameraPath(steps: [nil, nil], kind: .shifts).corrections(deviation: 4).count == 3)
        // Whole pixels of shift cost what they must.
        let shifts = [RenderedClip.pose(x: 5, y: 0), RenderedClip.pose(x: -5, y: 0)]
        #expect(abs(CameraPath.covered(shifts, width: 101, height: 51) - 0.9) < 1e-3)
        #expect(CameraPath.covered([.identity], width: 10, height: 10) == 1)
    }
}
