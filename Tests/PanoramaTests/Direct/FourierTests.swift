import Basics
import Foundation
import Imaging
import Kernels
import Testing

@testable import Panorama

@Suite("Shifts and turns by Fourier transforms")
struct FourierTests {
    @Test("PANO-129 the fast transform is the plain sum, and its inverse leads back")
    func transform() {
        var random = SeededRandom(seed: 2)
        var plane = ComplexPlane(width: 8, height: 4)
        for at in 0..<32 {
            plane.real[at] = number(&random, -1...1)
            plane.imaginary[at] = number(&random, -1...1)
        }
        let fast = plane.transformed()
        for v in 0..<4 {
            for u in 0..<8 {
                var (re, im) = (0.0, 0.0)
                for y in 0..<4 {
                    for x in 0..<8 {
                        let angle = -2 * .pi * (Double(u * x) / 8 + Double(v * y) / 4)
                        let (a, b) = (plane.real[y * 8 + x], plane.imaginary[y * 8 + x])
                        re += a * cos(angle) - b * sin(angle)
                        im += a * sin(angle) + b * cos(angle)
                    }
                }
                #expect(abs(fast.real[v * 8 + u] - re) < 1e-9 && abs(fast.imaginary[v * 8 + u] - im) < 1e-9)
            }
        }
        let back = fast.transformed(inverse: true)
        #expect(zip(back.real, plane.real).allSatisfy { abs($0 - $1) < 1e-12 })
    }

    @Test("PANO-129 all shifts at once score as each shift by itself, with masks")
    func sameScores() throws {
        let scene = WavyScene(seed: 6)
        var weights = try FloatImage(width: 24, height: 20, channels: 1, filledWith: 1)
        weights.withMutableValues { for at in 0..<100 { $0[at] = at % 3 == 0 ? 0 : 0.5 } }
        let a = try AlignmentPicture(scene.view(.identity, width: 24, height: 20), weights: weights)
        let b = try AlignmentPicture(scene.view(shift(3, -2), width: 22, height: 25))
        let all = FourierSearch.moments(a, b)
        let needed = 0.2 * min(ShiftSearch.mass(a), ShiftSearch.mass(b))
        for measure in [ShiftMeasure.squares, .gainBias, .correlation] {
            let (fast, slow) = (FourierSearch(measure), ShiftSearch(measure))
            for dy in -18...23 {
                for dx in -22...20 {
                    let direct = try? slow.score(a, b, x: dx, y: dy)
                    let transformed = try? fast.score(all, x: dx, y: dy, needed: needed)
                    guard let direct, let transformed else { continue }
                    #expect(abs(direct - transformed) < 1e-3)
                }
            }
        }
        let found = try FourierSearch().shift(a, b)
        // The middles of both pictures lie (-1, 2.5) apart.
        #expect(abs(found.x + 4) < 0.15 && abs(found.y - 4.5) < 0.15, "\(found)")
    }

    /// A picture of boxes, and what a camera sees of it through a map, both as wide as asked.
    private static func pair(
        _ seed: UInt64, _ map: Matrix3, side: Int, gain: Double = 1
    ) throws -> (AlignmentPicture, AlignmentPicture) {
        let image = try PointTests.picture(seed)
        let other = try PointTests.warped(image, map, gain: gain)
        func middle(_ image: Image) throws -> AlignmentPicture {
            let box = PixelBox(
                x: (image.width - side) / 2, y: (image.height - side) / 2, width: side, height: side)
            return try AlignmentPicture(image.cropped(to: box).floats())
        }
        return (try middle(image), try middle(other))
    }

    @Test("PANO-130 phases find a shift to a tenth of a pixel at half the light, and refuse strangers")
    func phases() throws {
        var random = SeededRandom(seed: 3)
        for seed in 0..<6 {
            let (x, y) = (number(&random, -20...20), number(&random, -20...20))
            let (a, b) = try Self.pair(UInt64(seed), shift(x, y), side: 128, gain: 0.5)
            let found = try PhaseCorrelation().shift(a, b)
            #expect(abs(found.x - x) < 0.1 && abs(found.y - y) < 0.1, "seed \(seed): \(found) for \(x) \(y)")
            let (stranger, _) = try Self.pair(UInt64(seed) + 50, .identity, side: 128)
            #expect(throws: DirectError.unsure) { try PhaseCorrelation().shift(a, stranger) }
        }
    }

    @Test("PANO-131 spectra tell turn and scale within 20 degrees and a quarter, and say when it is more")
    func mellin() throws {
        for (degrees, scale) in [(0.0, 1.0), (8, 1.1), (-14, 0.9), (19, 1.0), (3, 1.22)] {
            let angle = degrees * .pi / 180
            let (c, s) = (scale * cos(angle), scale * sin(angle))
            let map = Matrix3(rows: Vector3(c, -s, 5), Vector3(s, c, -4), Vector3(0, 0, 1))
            let (a, b) = try Self.pair(3, map, side: 192)
            let found = try FourierMellin().similarity(a, b)
            let p = found.values
            let (turn, size) = (atan2(p[3], p[0]) * 180 / .pi, (p[0] * p[0] + p[3] * p[3]).squareRoot())
            #expect(abs(turn - degrees) < 0.5, "\(turn) for \(degrees)")
            #expect(abs(size / scale - 1) < 0.01, "\(size) for \(scale)")
            #expect(abs(p[2] - 5) < 1 && abs(p[5] + 4) < 1, "\(p)")
        }
        let (a, b) = try Self.pair(3, .rotation(Vector3(0, 0, 40 * .pi / 180)), side: 192)
        do throws(DirectError) {
            _ = try FourierMellin().similarity(a, b)
            Issue.record("a turn of 40 degrees was accepted")
        } catch {
            guard case .outOfRange(let degrees, _) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(abs(degrees - 40) < 1)
        }
    }
}
