import Foundation
internal import Imaging

/// A solved group as a project of Hugin (`.pto`), to be opened and worked on there (PANO-312).
///
/// Angles as Hugin has them: yaw to the right, pitch upwards, roll clockwise; lenses by the third-order coefficient that
/// comes nearest to the division model.
public struct HuginProject: Sendable {
    /// The file; empty for flat things, which have no angles.
    public let text: String

    /// The project of a panorama whose photos have these names, in the order in which they were handed in.
    public init(_ panorama: Stitcher.Panorama, names: [String]) {
        guard case .rotation(let cameras) = panorama.geometry, !cameras.isEmpty else {
            text = ""
            return
        }
        let ordered = cameras.keys.sorted()
        let upright = Straightening.upright(ordered.compactMap { cameras[$0] })
        let projection =
            ["plane": 0, "cylinder": 1, "sphere": 2, "mercator": 5, "panini": 19, "stereographic": 4, "fisheye": 3][
                panorama.frame.surface] ?? 2
        let angles = panorama.verdict.fovDegrees ?? [360, 180]
        var lines = [
            "# made by vitrine",
            "p f\(projection) w\(panorama.image.width) h\(panorama.image.height) v\(Self.short(angles.first ?? 360)) "
                + "n\"TIFF_m c:LZW\"",
            "m g1 i0 f0 m2 p0.00784314",
        ]
        for photo in ordered {
            guard let camera = cameras[photo], let size = panorama.photoSizes[photo], names.indices.contains(photo)
            else {
                continue
            }
            lines.append(Self.line(camera, upright, width: size[0], height: size[1], name: names[photo]))
        }
        text = lines.joined(separator: "\n") + "\n"
    }

    private static func line(
        _ camera: Camera, _ upright: Matrix3, width: Int, height: Int, name: String
    ) -> String {
        let angles = Self.angles(camera.rotation * upright.transposed)
        let scale = PhotoIntake.matchingScale(width: width, height: height)
        let (across, down) = (Double(width) * scale, Double(height) * scale)
        // λ for radii in half diagonals, for those in half short sides.
        let side = min(across, down) / 2
        let bend = camera.lens * side * side / ((across * across + down * down) / 4)
        let b = bend / (1 + bend)
        let focal = camera.focal * (1 + bend)
        let degrees = 360 / Double.pi * atan(across / 2 / focal)
        let plain = String(name.map { $0 == "\"" || $0.isNewline ? "_" : $0 })
        return "i w\(width) h\(height) f0 v\(short(degrees)) Ra0 Rb0 Rc0 Rd0 Re0 Eev0 Er1 Eb1 r\(short(angles.roll)) "
            + "p\(short(angles.pitch)) y\(short(angles.yaw)) TrX0 TrY0 TrZ0 j0 a0 b\(short(b)) c0 d0 e0 g0 t0 Va1 Vb0 Vc0 "
            + "Vd0 Vx0 Vy0 Vm5 n\"\(plain)\""
    }

    /// Degrees of a rotation from the world to a camera.
    static func angles(_ rotation: Matrix3) -> (yaw: Double, pitch: Double, roll: Double) {
        let ahead = rotation.third
        let yaw = atan2(ahead.x, ahead.z)
        let pitch = -asin(min(1, max(-1, ahead.y)))
        // What the camera's x axis would be without roll, and down from there.
        let level = Vector3(cos(yaw), 0, -sin(yaw))
        let below = ahead.cross(level)
        let roll = atan2(rotation.first.dot(below), rotation.first.dot(level))
        return (yaw * 180 / .pi, pitch * 180 / .pi, roll * 180 / .pi)
    }

    private static func short(_ value: Double) -> String { "\((value * 100_000).rounded() / 100_000)" }
}
