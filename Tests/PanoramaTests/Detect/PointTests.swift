import Basics
import Foundation
import Imaging
import Kernels
import Panorama
import Testing

@Suite("Points that are found again")
struct PointTests {
    /// A picture of boxes and spots.
    static func picture(_ seed: UInt64 = 3, width: Int = 320, height: Int = 256) throws -> Image {
        let sphere = try RenderedWorld(seed: seed, width: 512).sphere
        return try sphere.cropped(to: PixelBox(x: 40, y: 0, width: width, height: height)).converted(to: .gray8)
    }

    /// The picture under a map about its middle, with another light and noise.
    static func warped(
        _ image: Image, _ map: Matrix3, gain: Double = 1, noise: Double = 0, blur: Double = 0
    ) throws -> Image {
        let back = try #require(map.inverse)
        let middle = (x: Double(image.width - 1) / 2, y: Double(image.height - 1) / 2)
        let pixels = back.moved(from: (-middle.x, -middle.y), to: (-middle.x, -middle.y))
        let plane = try #require(PlaneMap(pixels.values))
        let soft = blur > 0 ? try image.gaussianBlurred(sigma: blur) : image
        var out = soft.warped(
            by: try PlaceMap(width: image.width, height: image.height, plane), sampling: .bicubic, border: .reflect
        ).image
        var random = SeededRandom(seed: 9)
        out.withMutablePixels { pixels in
            for at in 0..<pixels.count {
                pixels[at] = UInt8(min(255, max(0, Double(pixels[at]) * gain + noise * normal(&random))))
            }
        }
        return out
    }

    /// The share of points of the first picture that have one of the second within the radius where the map leads
    /// (Schmid, Mohr and Bauckhage 2000): both counted inside the other picture only.
    static func repeatability(
        _ a: [(Double, Double)], _ b: [(Double, Double)], _ map: Matrix3, width: Double, height: Double, radius: Double
    ) throws -> Double {
        let back = try #require(map.inverse)
        func inside(_ x: Double, _ y: Double) -> Bool { abs(x) < width / 2 - 8 && abs(y) < height / 2 - 8 }
        let first = a.compactMap { map.maps(x: $0.0, y: $0.1) }.filter { inside($0.x, $0.y) }
        let second = b.filter { point in back.maps(x: point.0, y: point.1).map { inside($0.x, $0.y) } ?? false }
        let found = first.count { p in
            second.contains { ($0.0 - p.x) * ($0.0 - p.x) + ($0.1 - p.y) * ($0.1 - p.y) <= radius * radius }
        }
        return Double(found) / Double(max(1, min(first.count, second.count)))
    }

    @Test(
        "PANO-151 corners are found again at 1.5 px after any turn, with 30 % less or more light and noise",
        arguments: [(0.0, 1.3), (20, 0.7), (45, 1), (90, 1.3), (137, 0.7)])
    func corners(degrees: Double, gain: Double) throws {
        let image = try Self.picture()
        let map = Matrix3.rotation(Vector3(0, 0, degrees * .pi / 180))
        let other = try Self.warped(image, map, gain: gain * 0.75, noise: 4)
        func points(_ image: Image) throws -> [(Double, Double)] {
            try HarrisCorners().corners(image.floats()).prefix(300).map {
                (Double($0.x) - Double(image.width - 1) / 2, Double($0.y) - Double(image.height - 1) / 2)
            }
        }
        let share = try Self.repeatability(
            points(image), points(other), map, width: 320, height: 256, radius: 1.5)
        #expect(share >= 0.7, "\(degrees): \(share)")
    }

    @Test("PANO-152 points of the scale space are found again at half to double size", arguments: [0.5, 0.7, 1.4, 2])
    func scales(scale: Double) throws {
        let image = try Self.picture()
        let map = Matrix3(rows: Vector3(scale, 0, 0), Vector3(0, scale, 0), Vector3(0, 0, 1))
        // What shrinks is blurred first, as a lens would.
        let other = try Self.warped(image, map, blur: scale < 1 ? 0.6 / scale : 0)
        let detector = PointDetector()
        func points(_ image: Image) throws -> [(Double, Double)] {
            let found = try detector.points(of: image, scale: 1)
            return (0..<found.count).map { (Double(found.x[$0]), Double(found.y[$0])) }
        }
        let share = try Self.repeatability(
            points(image), points(other), map, width: 320, height: 256, radius: 2 * max(1, scale))
        #expect(share >= 0.6, "\(scale): \(share)")
    }

    @Test("PANO-154 turning the picture turns both kinds of directions by as much, to 2 degrees")
    func directions() throws {
        // A slope with a bump: one direction that both forms agree on.
        func field(_ degrees: Double) -> GradientField {
            let angle = degrees * .pi / 180
            let values = (0..<(61 * 61)).map { at -> Float in
                let (x, y) = (Double(at % 61 - 30), Double(at / 61 - 30))
                let (u, v) = (x * cos(angle) + y * sin(angle), y * cos(angle) - x * sin(angle))
                return Float(0.5 + 0.3 * tanh(u / 9) + 0.02 * sin(v / 3))
            }
            return GradientField(values.span, width: 61, height: 61)
        }
        func apart(_ a: Double, _ b: Double) -> Double { abs((a - b + 540).truncatingRemainder(dividingBy: 360) - 180) }
        let start = field(0)
        let peak = try #require(start.dominantTurns(x: 30, y: 30, sigma: 3).first)
        let mean = try #require(start.meanTurn(x: 30, y: 30, sigma: 3))
        for degrees in stride(from: 15.0, to: 360, by: 33) {
            let turned = field(degrees)
            let peaks = turned.dominantTurns(x: 30, y: 30, sigma: 3)
            #expect(peaks.contains { apart(Double($0 - peak) * 360, degrees) < 2 }, "\(degrees)")
            let other = try #require(turned.meanTurn(x: 30, y: 30, sigma: 3))
            #expect(apart(Double(other - mean) * 360, degrees) < 2, "\(degrees)")
        }
        let flat = [Float](repeating: 0.5, count: 61 * 61)
        #expect(GradientField(flat.span, width: 61, height: 61).meanTurn(x: 30, y: 30, sigma: 3) == nil)
    }

    @Test(
        "PANO-157 every part with texture has points beside a loud sign, which takes a quarter of them at most",
        arguments: [(0, 0), (60, 48), (137, 99)])
    func spread(left: Int, top: Int) throws {
        // Faint texture everywhere, a sign of hard black and white in a sixteenth of the picture.
        let image = try Self.picture(5, width: 320, height: 256)
        var loud = image
        loud.withMutablePixels { pixels in
            for at in 0..<pixels.count {
                let (x, y) = (at % image.width, at / image.width)
                if (left..<(left + 80)).contains(x), (top..<(top + 64)).contains(y) {
                    pixels[at] = (x / 5 + y / 5) % 2 == 0 ? 255 : 0
                } else {
                    pixels[at] = UInt8(110 + Int(pixels[at]) / 8)
                }
            }
        }
        var detector = PointDetector()
        detector.limit = 400
        detector.contrast = 0.001
        let points = try detector.points(of: loud, scale: 1)
        // A place with several directions counts once.
        let places = Set((0..<points.count).map { SIMD2(points.x[$0], points.y[$0]) })
        var cells = [Int](repeating: 0, count: 64)
        var sign = 0
        for place in places {
            let (x, y) = (Double(place.x) + 160, Double(place.y) + 128)
            cells[min(7, max(0, Int(y / 32))) * 8 + min(7, max(0, Int(x / 40)))] += 1
            let (column, row) = (Int(x) - left, Int(y) - top)
            if (0..<80).contains(column), (0..<64).contains(row) { sign += 1 }
        }
        #expect(cells.allSatisfy { $0 > 0 }, "\(cells)")
        #expect(sign * 4 <= places.count, "\(sign) of \(places.count)")
    }

    @Test("PANO-153 a plane tilted by 50 degrees has more right matches when shapes are made round")
    func tilted() throws {
        let image = try Self.picture(7)
        let squeeze = cos(50 * Double.pi / 180)
        let map = Matrix3(rows: Vector3(squeeze, 0, 0), Vector3(0, 1, 0), Vector3(0, 0, 1))
        let other = try Self.warped(image, map, blur: 0.7)
        func right(_ normalises: Bool) throws -> Int {
            var detector = PointDetector()
            detector.normalisesShape = normalises
            let (a, b) = (try detector.points(of: image, scale: 1), try detector.points(of: other, scale: 1))
            return MutualRatio.matches(a, b).count { match in
                guard let there = map.maps(x: Double(a.x[match.0]), y: Double(a.y[match.0])) else { return false }
                let (dx, dy) = (there.x - Double(b.x[match.1]), there.y - Double(b.y[match.1]))
                return dx * dx + dy * dy < 9
            }
        }
        let (plain, round) = (try right(false), try right(true))
        #expect(round > plain, "\(round) \(plain)")
    }

    @Test("PANO-325 points of two contrasts from one scale space are those of each by itself", arguments: [150, 5000])
    func contrasts(limit: Int) throws {
        let picture = try Self.warped(try Self.picture(), .identity, noise: 3)
        var detector = PointDetector()
        detector.limit = limit
        let both = try detector.points(of: picture, scale: 1, contrasts: [detector.contrast, 0.002])
        let usual = try detector.points(of: picture, scale: 1)
        #expect(both[0].x == usual.x && both[0].y == usual.y && both[0].codes.rows == usual.codes.rows)
        // Where the usual ones are as many as may be, fainter ones are not looked for.
        guard limit > 150 else { return #expect(both.count == 1 && usual.count >= limit) }
        detector.contrast = 0.002
        let faint = try detector.points(of: picture, scale: 1)
        #expect(both.count == 2 && faint.count > usual.count)
        #expect(both[1].x == faint.x && both[1].y == faint.y && both[1].codes.rows == faint.codes.rows)
    }

    @Test("PANO-325 points of two contrasts that are more than the limit are thinned out as by themselves")
    func thinned() throws {
        let picture = try Self.warped(try Self.picture(), .identity, noise: 3)
        var detector = PointDetector()
        detector.limit = try detector.points(of: picture, scale: 1).count + 20
        let both = try detector.points(of: picture, scale: 1, contrasts: [detector.contrast, 0.002])
        detector.contrast = 0.002
        let faint = try detector.points(of: picture, scale: 1)
        #expect(both.count == 2 && both[1].x == faint.x && both[1].codes.rows == faint.codes.rows)
        detector.limit = 5000
        #expect(try faint.count < detector.points(of: picture, scale: 1).count)
    }
}
