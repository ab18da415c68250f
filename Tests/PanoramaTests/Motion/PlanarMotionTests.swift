import Basics
import Foundation
import Imaging
import Panorama
import Testing

@Suite("Motions of the plane")
struct PlanarMotionTests {
    private static func parameters(_ motion: PlanarMotion, seed: UInt64) -> [Double] {
        var random = SeededRandom(seed: seed)
        func small(_ size: Double) -> Double { number(&random, -size...size) }
        switch motion {
        case .translation: return [small(20), small(20)]
        case .rigid: return [small(3), small(20), small(20)]
        case .similarity: return [small(0.4), small(0.4), small(20), small(20)]
        case .affine: return [small(0.3), small(0.3), small(20), small(0.3), small(0.3), small(20)]
        case .homography:
            return [
                small(0.3), small(0.3), small(20), small(0.3), small(0.3), small(20), small(2e-4), small(2e-4),
            ]
        }
    }

    private static func apart(_ a: Matrix3, _ b: Matrix3) -> Double {
        zip(a.values, b.values).reduce(0) { max($0, abs($1.0 - $1.1)) }
    }

    @Test(
        "PANO-101 every planar motion is one 3 x 3 form, exact under composition, inversion and a change of level",
        arguments: PlanarMotion.allCases)
    func oneForm(motion: PlanarMotion) throws {
        for seed in 0..<20 {
            let (p, q) = (Self.parameters(motion, seed: UInt64(seed)), Self.parameters(motion, seed: UInt64(seed) + 99))
            #expect(p.count == motion.parameters)
            let (a, b) = (try #require(motion.map(p)), try #require(motion.map(q)))
            let back = try #require(a.inverse)
            let (whole, small) = (b * a, a.resized(0.5))
            for at in 0..<9 {
                let (x, y) = (Double(at % 3 - 1) * 300, Double(at / 3 - 1) * 200)
                let there = try #require(a.maps(x: x, y: y))
                let home = try #require(back.maps(x: there.x, y: there.y))
                #expect(abs(home.x - x) < 1e-10 * 300 && abs(home.y - y) < 1e-10 * 300)
                let further = try #require(b.maps(x: there.x, y: there.y))
                let composed = try #require(whole.maps(x: x, y: y))
                #expect(abs(further.x - composed.x) < 1e-9 && abs(further.y - composed.y) < 1e-9)
                let half = try #require(small.maps(x: x / 2, y: y / 2))
                #expect(abs(half.x * 2 - there.x) < 1e-10 * 300 && abs(half.y * 2 - there.y) < 1e-10 * 300)
            }
            // Composition and inversion stay in the family.
            let corner = whole * (1 / whole.third.z)
            let again = try #require(motion.map(motion.parameters(of: corner)))
            #expect(Self.apart(again, corner) < 1e-9, "\(motion) \(seed)")
        }
        #expect(motion.map([]) == nil)
        #expect(Calibration.middle(width: 4, height: 3) == (1.5, 1))
    }

    @Test(
        "PANO-102, PANO-103 pairs give back each motion; a rigid one keeps its lengths whatever the pairs say",
        arguments: PlanarMotion.allCases)
    func fits(motion: PlanarMotion) throws {
        let truth = try #require(motion.map(Self.parameters(motion, seed: 7)))
        var random = SeededRandom(seed: 5)
        var pairs: [Double] = []
        for _ in 0..<12 {
            let (x, y) = (number(&random, -300...300), number(&random, -200...200))
            let there = try #require(truth.maps(x: x, y: y))
            pairs += [x, y, there.x, there.y]
        }
        #expect(Self.apart(try #require(motion.fit(pairs)), truth) < 1e-6)
        // Pairs that are 5 % larger: lengths stay all the same.
        let stretched = pairs.enumerated().map { $0.offset % 4 >= 2 ? $0.element * 1.05 : $0.element }
        let rigid = try #require(PlanarMotion.rigid.fit(stretched))
        #expect(abs(rigid.determinant - 1) < 1e-12)
        #expect(motion.fit([]) == nil && motion.fit([1, 2, 3]) == nil)
        #expect(motion.fit(pairs.map { _ in Double.nan }) == nil)
    }

    @Test("PANO-103 any angle comes back to a hundredth of a degree from pairs with noise", arguments: 0..<12)
    func angles(step: Int) throws {
        let angle = Double(step) * 30 - 165
        var random = SeededRandom(seed: UInt64(step))
        let truth = try #require(PlanarMotion.rigid.map([angle * .pi / 180, 12, -7]))
        var pairs: [Double] = []
        for _ in 0..<200 {
            let (x, y) = (number(&random, -300...300), number(&random, -300...300))
            let there = try #require(truth.maps(x: x, y: y))
            pairs += [x, y, there.x + 0.1 * normal(&random), there.y + 0.1 * normal(&random)]
        }
        let found = try #require(PlanarMotion.rigid.fit(pairs))
        let error = PlanarMotion.rigid.parameters(of: found)[0] * 180 / .pi - angle
        #expect(abs(error) < 0.01)
    }

    @Test("PANO-106 straight lines stay straight under a homography")
    func straight() throws {
        let map = try #require(PlanarMotion.homography.map(Self.parameters(.homography, seed: 3)))
        let (a, b) = (try #require(map.maps(x: -300, y: -120)), try #require(map.maps(x: 310, y: 180)))
        for share in stride(from: 0.1, to: 1, by: 0.1) {
            let p = try #require(map.maps(x: -300 + 610 * share, y: -120 + 300 * share))
            let across = (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x)
            #expect(abs(across) / ((b.x - a.x) * (b.x - a.x) + (b.y - a.y) * (b.y - a.y)).squareRoot() < 1e-9)
        }
        // Behind the horizon there is nothing.
        let horizon = Matrix3(rows: Vector3(1, 0, 0), Vector3(0, 1, 0), Vector3(0.01, 0, 1))
        #expect(horizon.maps(x: -100, y: 0) == nil && horizon.maps(x: -150, y: 0) == nil)
    }

    @Test("PANO-107 the calibration without extras is diag(f, f, 1), and with them projects as the formula says")
    func calibration() throws {
        var camera = Calibration(focal: 640)
        #expect(Self.apart(camera.matrix, .diagonal(640, 640, 1)) < 1e-12)
        let point = Vector3(0.3, -0.2, 1.7)
        let plain = try #require(camera.pixel(of: point))
        let usual = try #require(Camera(rotation: .identity, focal: 640).pixel(of: point, halfDiagonal: 500))
        #expect(abs(plain.x - usual.x) < 1e-12 * 640 && abs(plain.y - usual.y) < 1e-12 * 640)
        camera.aspect = 1.02
        camera.skew = 3
        camera.centre = (5, -4)
        let full = try #require(camera.pixel(of: point))
        #expect(abs(full.x - ((640 * 0.3 + 3 * -0.2) / 1.7 + 5)) < 1e-9)
        #expect(abs(full.y - (640 * 1.02 * -0.2 / 1.7 - 4)) < 1e-9)
        #expect(camera.pixel(of: Vector3(0, 0, -1)) == nil)
    }

    @Test("PANO-108 two views of a plane are joined by the homography of equation 1.5, in closed form and in pictures")
    func planeInduced() throws {
        var first = PlacedCamera(
            calibration: Calibration(focal: 90), rotation: .identity, translation: Vector3(0, 0, 0))
        first.calibration.skew = 0.5
        let second = PlacedCamera(
            calibration: Calibration(focal: 95), rotation: .rotation(Vector3(0.03, -0.05, 0.04)),
            translation: Vector3(0.25, -0.1, 0.2))
        let normal = Vector3(0.2, 0.1, -1).normalized
        let map = try #require(PlaneInduced.homography(first, second, normal: normal, distance: 4))
        for at in 0..<9 {
            // Points of the plane: n · p = -4.
            let (x, y) = (Double(at % 3 - 1), Double(at / 3 - 1))
            let point = Vector3(x, y, (-4 - normal.x * x - normal.y * y) / normal.z)
            let (a, b) = (try #require(first.pixel(of: point)), try #require(second.pixel(of: point)))
            let there = try #require(map.maps(x: a.x, y: a.y))
            #expect(abs(there.x - b.x) < 1e-9 && abs(there.y - b.y) < 1e-9)
        }
        #expect(PlaneInduced.homography(first, second, normal: normal, distance: 0) == nil)
        // Rendered and found again by brightness alone.
        let (a, b) = try WavyScene(seed: 8, shortest: 14).pair(map, width: 100, height: 80)
        let found = try DirectAlignment(.homography).align(a, b, start: shift(map.first.z - 2, map.second.z + 2))
        #expect(cornerError(found.map, map, width: 100, height: 80) < 0.1)
    }
}
