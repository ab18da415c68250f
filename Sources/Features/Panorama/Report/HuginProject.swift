import Foundation
internal import Imaging

/// A solved group as a project of Hugin (`.pto`), to be opened and worked on there (PANO-312).
///
/// Angles as Hugin has them: yaw to the right, pitch upwards, roll clockwise; lenses by the third-order coefficient that
/// comes nearest to the division model. The canvas is the panorama's, cut where it was cropped, and pairs of points that
/// agree are control points.
public struct HuginProject: Sendable {
    /// The file; empty for flat things, which have no angles.
    public let text: String

    /// Most control points of two photos.
    private static let mostPoints = 24

    /// The project of a panorama whose photos have these names, in the order in which they were handed in.
    public init(_ panorama: Stitcher.Panorama, names: [String]) {
        let placed = panorama.editor.placed.filter { number, placed in
            placed.camera != nil && panorama.photoSizes[number] != nil && names.indices.contains(number)
        }
        guard !placed.isEmpty else {
            text = ""
            return
        }
        var lines = ["# made by vitrine", Self.canvas(panorama.frame), "m g1 i0 f0 m2 p0.00784314"]
        for (number, photo) in placed {
            guard let camera = photo.camera, let size = panorama.photoSizes[number] else { continue }
            lines.append(Self.line(camera, width: size[0], height: size[1], name: names[number]))
        }
        let places = Dictionary(uniqueKeysWithValues: placed.enumerated().map { ($1.0, $0) })
        for edge in panorama.edges {
            guard let a = places[edge.first], let b = places[edge.second] else { continue }
            lines += Self.points(edge, a, b, placed[a].1, placed[b].1)
        }
        text = lines.joined(separator: "\n") + "\n"
    }

    /// The canvas: as wide and high on both sides of the middle, of which the panorama's part is kept.
    private static func canvas(_ frame: PanoramaFrame) -> String {
        let scale = frame.scale
        let (left, top) = (frame.left - 0.5 / scale, frame.top - 0.5 / scale)
        let (right, bottom) = (left + Double(frame.width) / scale, top + Double(frame.height) / scale)
        func half(_ low: Double, _ high: Double) -> Int { max(1, Int((max(-low, high) * scale - 1e-6).rounded(.up))) }
        let (across, down) = (frame.closed ? frame.width / 2 : half(left, right), half(top, bottom))
        let reach = Double(across) / scale
        let (number, radians): (Int, Double) =
            switch frame.surface {
            case "plane": (0, 2 * atan(reach))
            case "cylinder": (1, 2 * reach)
            case "fisheye": (3, 2 * reach)
            case "stereographic", "planet": (4, 4 * atan(reach / 2))
            case "mercator": (5, 2 * reach)
            case "panini": (19, 4 * atan(reach / 2))
            default: (2, 2 * reach)
            }
        let x = across + Int((left * scale).rounded())
        let y = down + Int((top * scale).rounded())
        let crop = "S\(max(0, x)),\(x + frame.width),\(max(0, y)),\(y + frame.height)"
        return "p f\(number) w\(2 * across) h\(2 * down) v\(short(radians * 180 / .pi)) \(crop) n\"TIFF_m c:LZW\""
            + (number == 19 ? " P\"100 0 0\"" : "")
    }

    private static func line(_ camera: Camera, width: Int, height: Int, name: String) -> String {
        let angles = Self.angles(camera.rotation)
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

    private static func points(
        _ edge: MatchEdge, _ a: Int, _ b: Int, _ one: PlacedPhoto, _ other: PlacedPhoto
    ) -> [String] {
        func pixel(_ value: Double, _ photo: PlacedPhoto, isAcross: Bool) -> String {
            let size = (isAcross ? photo.width : photo.height) * photo.magnification
            return short(value * photo.magnification + (size - 1) / 2)
        }
        let step = max(1, (edge.inliers + mostPoints - 1) / mostPoints)
        return stride(from: 0, to: edge.inliers, by: step).map { index in
            let p = edge.pairs[(index * 4)..<(index * 4 + 4)]
            let at = p.startIndex
            return "c n\(a) N\(b) x\(pixel(p[at], one, isAcross: true)) y\(pixel(p[at + 1], one, isAcross: false)) "
                + "X\(pixel(p[at + 2], other, isAcross: true)) Y\(pixel(p[at + 3], other, isAcross: false)) t0"
        }
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
