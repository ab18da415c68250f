import Basics
import Foundation
import Imaging
import Panorama
import Testing

@Suite("High dynamic range")
struct RadianceTests {
    /// A camera's answer to light: not a power, and the same for all channels.
    static func response(_ exposure: Double) -> UInt8 {
        let x = min(1, max(0, exposure))
        return UInt8((255 * (0.85 * pow(x, 0.45) + 0.15 * x)).rounded())
    }

    /// Light over four decades, smooth with some edges.
    static func scene(_ width: Int, _ height: Int) -> [Double] {
        (0..<(width * height)).map { at in
            let (x, y) = (Double(at % width) / Double(width), Double(at / width) / Double(height))
            let box = x > 0.4 && x < 0.6 && y > 0.3 && y < 0.7 ? 6.0 : 1
            return box * exp(-6 + 9 * x) * (0.6 + 0.4 * cos(9 * y))
        }
    }

    static func picture(_ light: [Double], _ width: Int, _ height: Int, seconds: Double) throws -> Image {
        let bytes = light.flatMap { [UInt8](repeating: response($0 * seconds), count: 3) }
        return try Image(width: width, height: height, format: .rgb8, bytes: bytes)
    }

    @Test("PANO-255 the response and the light of three exposures come back, the median to under 3 %")
    func debevec() throws {
        let (width, height) = (96, 64)
        let light = Self.scene(width, height)
        let seconds = [1.0 / 8, 1, 8]
        let stack = try seconds.map { try Self.picture(light, width, height, seconds: $0) }
        let places = stride(from: 0, to: width * height, by: 23)
        let samples = places.map { at in stack.map { $0.bytes[at * 3] } }
        let curve = try #require(ResponseCurve.solved(samples: samples, logTimes: seconds.map { log($0) }))
        #expect(zip(curve.logs, curve.logs.dropFirst()).dropFirst(8).dropLast(8).allSatisfy { $0 < $1 })
        let map = try #require(RadianceMap.merged(stack, curves: [curve], seconds: seconds))
        // The unit is free: compared after one factor.
        let ratios = (0..<(width * height)).map { Double(map.light[$0 * 3]) / light[$0] }
        let unit = ratios.sorted()[ratios.count / 2]
        let errors = ratios.map { abs($0 / unit - 1) }.sorted()
        #expect(errors[errors.count / 2] < 0.03)
    }

    @Test("PANO-255 what does not fit together is refused")
    func refused() throws {
        let one = try Image(width: 4, height: 4, format: .rgb8, filledWith: Pixel(red: 9, green: 9, blue: 9))
        let two = try Image(width: 5, height: 4, format: .rgb8, filledWith: Pixel(red: 9, green: 9, blue: 9))
        let curve = ResponseCurve.power(2.2)
        #expect(RadianceMap.merged([one, two], curves: [curve], seconds: [1, 2]) == nil)
        #expect(RadianceMap.merged([one], curves: [curve], seconds: [0]) == nil)
        #expect(RadianceMap.merged([], curves: [curve], seconds: []) == nil)
        #expect(RadianceMap.merged([one], curves: [], seconds: [1]) == nil)
        #expect(ResponseCurve(logs: [1, 2]) == nil)
        #expect(ResponseCurve.solved(samples: [], logTimes: [0, 1]) == nil)
        #expect(RadianceMap(width: 1, height: 1, light: [1, .nan, 1]) == nil)
    }

    @Test("PANO-256 a polynomial response and unknown ratios of exposure come back to within 2 %")
    func mitsunaga() throws {
        // M = Z / 255 with light = 0.3 M + 0.7 M³: a polynomial of degree 3.
        func byte(_ light: Double) -> UInt8 {
            var (low, high) = (0.0, 1.0)
            for _ in 0..<40 {
                let m = (low + high) / 2
                if 0.3 * m + 0.7 * m * m * m < light { low = m } else { high = m }
            }
            return UInt8((low * 255).rounded())
        }
        let (truth, rough) = ([0.25, 0.4], [0.5, 0.5])
        let samples = (1...400).map { step -> [UInt8] in
            let bright = Double(step) / 400
            return [byte(bright * truth[0] * truth[1]), byte(bright * truth[1]), byte(bright)]
        }
        let found = try #require(PolynomialResponse.solved(samples: samples, ratios: rough, degree: 3))
        for (ratio, wanted) in zip(found.ratios, truth) { #expect(abs(ratio / wanted - 1) < 0.02, "\(found.ratios)") }
        for byte in stride(from: 40.0, through: 250, by: 30) {
            let m = byte / 255
            #expect(abs(found.response.light(byte) - (0.3 * m + 0.7 * m * m * m)) < 0.02)
        }
    }

    /// A room and what its window shows: 14 stops.
    private static func room() throws -> RadianceMap {
        let (width, height) = (96, 64)
        let light = (0..<(width * height)).flatMap { at -> [Float] in
            let (x, y) = (at % width, at / width)
            let isWindow = x > 56 && x < 88 && y > 12 && y < 44
            let stripe = Float(1 + 0.5 * sin(Double(x + y) / 3))
            let value = (isWindow ? 1 : Float(1.0 / 16_384)) * stripe * 100
            return [value, value * 0.9, value * 0.7]
        }
        return try #require(RadianceMap(width: width, height: height, light: light))
    }

    @Test("PANO-257 both ends of 14 stops can be seen by weaker gradients, and no curve turns light and dark round")
    func toneMapping() throws {
        let map = try Self.room()
        let (curve, gradients) = (try #require(map.reinhard()), try #require(map.fattal()))
        for made in [curve, gradients] {
            func green(_ x: Int, _ y: Int) -> Int { Int(made.bytes[(y * 96 + x) * 3 + 1]) }
            let (room, window) = ((4..<50).map { green($0, 54) }, (60..<84).map { green($0, 28) })
            #expect((room.max() ?? 0) - (room.min() ?? 0) >= 8, "room \(room.min() ?? 0) to \(room.max() ?? 0)")
            #expect((room.reduce(0, +)) / room.count < window.reduce(0, +) / window.count)
            if made == gradients { #expect((window.max() ?? 0) - (window.min() ?? 0) >= 8) }
            // Stripes keep their order: no band turns round.
            for (x, y) in (4..<50).map({ ($0, 54) }) + (60..<84).map({ ($0, 28) }) {
                let step = map.light[(y * 96 + x + 1) * 3 + 1] / map.light[(y * 96 + x) * 3 + 1]
                if step > 1.08 { #expect(green(x + 1, y) >= green(x, y)) }
                if step < 0.92 { #expect(green(x + 1, y) <= green(x, y)) }
            }
        }
    }

    @Test("PANO-313 fused exposures show what each of them shows best; one picture comes back as it is")
    func fusion() throws {
        let (width, height) = (96, 64)
        let light = Self.scene(width, height)
        let stack = try [1.0 / 16, 1, 16].map { try Self.picture(light, width, height, seconds: $0) }
        let fused = try #require(ExposureFusion.fused(stack))
        func spread(_ image: Image, _ columns: Range<Int>) -> Int {
            let values = columns.flatMap { x in (4..<60).map { Int(image.bytes[($0 * width + x) * 3]) } }
            return (values.max() ?? 0) - (values.min() ?? 0)
        }
        // Dark at the left, clipped at the right in the middle exposure; neither in the fused picture.
        #expect(spread(fused, 4..<16) > spread(stack[0], 4..<16) && spread(fused, 84..<94) > spread(stack[2], 84..<94))
        let same = try #require(ExposureFusion.fused([stack[1]]))
        #expect(zip(same.bytes, stack[1].bytes).allSatisfy { abs(Int($0) - Int($1)) <= 1 })
        #expect(ExposureFusion.fused([]) == nil)
    }

    @Test("PANO-313 brackets are found by time, camera and exposure")
    func brackets() {
        func shot(_ second: Double, _ exposure: Double, _ camera: String = "a") -> BracketGroups.Shot {
            BracketGroups.Shot(second: second, exposure: exposure, camera: camera)
        }
        // Six stacks of three, four seconds apart.
        let ring = (0..<6).flatMap { turn in
            [1, 0.25, 4].enumerated().map { shot(Double(turn * 4 + $0), $1) }
        }
        #expect(BracketGroups.found(ring) == (0..<6).map { [$0 * 3, $0 * 3 + 1, $0 * 3 + 2] })
        #expect(BracketGroups.found([shot(0, 1), shot(1, 1), shot(2, 1)]).isEmpty)
        #expect(BracketGroups.found([shot(0, 1), shot(60, 4)]).isEmpty)
        #expect(BracketGroups.found([shot(0, 1), shot(1, 4, "b")]).isEmpty)
        #expect(BracketGroups.found([shot(0, 1), nil, shot(1, 4)]).isEmpty)
    }

    @Test("PANO-258 of a walker in a stack held by hand one is left, whole, where the reference shows him")
    func walker() throws {
        let (width, height) = (120, 80)
        var random = SeededRandom(seed: 17)
        let ground = (0..<((width + 8) * (height + 8))).map { _ in 0.03 + 0.25 * Double(random.next() % 100) / 100 }
        let seconds = [0.25, 1, 3]
        let stack = try seconds.enumerated().map { index, time -> Image in
            // Each is displaced by a pixel or two, and the walker stands elsewhere.
            let (dx, dy) = ([0, 2, 3][index], [1, 2, 0][index])
            let walker = [20, 60, 95][index]
            var light = [Double](repeating: 0, count: width * height)
            for y in 0..<height {
                for x in 0..<width {
                    // Blobs of four pixels: texture that survives noise.
                    light[y * width + x] = ground[(y + dy) / 4 * 32 + (x + dx) / 4]
                    if abs(x + dx - 3 - walker) <= 5, y + dy > 22, y + dy < 62 { light[y * width + x] = 0.008 }
                }
            }
            return try Self.picture(light, width, height, seconds: time)
        }
        let logs = (0..<256).map { byte -> Double in
            var (low, high) = (1e-6, 1.0)
            for _ in 0..<50 {
                let middle = (low * high).squareRoot()
                if 255 * (0.85 * pow(middle, 0.45) + 0.15 * middle) < Double(byte) {
                    low = middle
                } else {
                    high = middle
                }
            }
            return log(low)
        }
        let curve = try #require(ResponseCurve(logs: logs))
        let map = try #require(MovingStack().merged(stack, curve: curve, seconds: seconds, reference: 1))
        let dark = (0..<width).filter { x in
            let column = (30..<56).map { map.light[($0 * width + x) * 3] }
            return column.reduce(0, +) / Float(column.count) < 0.02
        }
        // The reference's walker stands at 60 + 3 - 2, eleven columns wide.
        #expect(dark == Array(56...66))
    }
}
