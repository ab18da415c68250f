import Basics
import Kernels
import Testing

@Suite("Gradient domain")
struct PoissonGridTests {
    /// The normal equations as a full matrix.
    private static func dense(_ grid: PoissonGrid) -> [Double] {
        let count = grid.width * grid.height
        var matrix = [Double](repeating: 0, count: count * count)
        func join(_ a: Int, _ b: Int, _ weight: Float) {
            matrix[a * count + a] += Double(weight)
            matrix[b * count + b] += Double(weight)
            matrix[a * count + b] -= Double(weight)
            matrix[b * count + a] -= Double(weight)
        }
        for at in 0..<count {
            let (x, y) = (at % grid.width, at / grid.width)
            matrix[at * count + at] += Double(grid.screen[at])
            if x + 1 < grid.width {
                join(at, at + 1, grid.right[at])
            } else if grid.wraps {
                join(at, at + 1 - grid.width, grid.right[at])
            }
            if y + 1 < grid.height { join(at, at + grid.width, grid.down[at]) }
        }
        return matrix
    }

    @Test(
        "PANO-241 the solver's answer is that of the full equations, with holes, odd sides and wrapped columns",
        arguments: 0..<10)
    func equalsExact(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        var grid = PoissonGrid(width: 9 + seed, height: 7 + seed % 4, wraps: seed % 2 == 0)
        let hole = Int(random.next() % UInt64(grid.width * grid.height))
        for at in grid.right.indices {
            let (x, y) = (at % grid.width, at / grid.width)
            grid.screen[at] = 0.01
            let right = y * grid.width + (x + 1) % grid.width
            if at != hole, right != hole, x + 1 < grid.width || grid.wraps {
                grid.right[at] = Float(random.next() % 100) / 50
            }
            if y + 1 < grid.height, at != hole, at + grid.width != hole {
                grid.down[at] = Float(random.next() % 100) / 50
            }
        }
        let target = grid.right.map { _ in Float(random.next() % 2001) / 1000 - 1 }
        let exact = try #require(solveSymmetric(Self.dense(grid), target.map { Double($0) }))
        let found = grid.solved(target, tolerance: 1e-7, limit: 200)
        for at in exact.indices {
            #expect(abs(Double(found[at]) - exact[at]) < 1e-3 * max(1, abs(exact[at])), "seed \(seed) at \(at)")
        }
    }

    @Test("PANO-241 few steps are enough on a large grid")
    func convergesFast() {
        var grid = PoissonGrid(width: 200, height: 120, wraps: true)
        for at in grid.right.indices {
            (grid.right[at], grid.down[at], grid.screen[at]) = (1, at / 200 + 1 < 120 ? 1 : 0, 1e-6)
        }
        var wish = [Float](repeating: 0, count: 200 * 120)
        for y in 0..<120 { (wish[y * 200 + 50], wish[y * 200 + 150]) = (30, -30) }
        let target = grid.divergence(across: wish, down: wish.map { _ in 0 })
        let quick = grid.solved(target, tolerance: 1e-4, limit: 20)
        // Two plateaus, 30 apart.
        #expect(abs(quick[60 * 200 + 100] - quick[60 * 200 + 10] - 30) < 0.3)
    }

    /// Two photos side by side on a canvas; the second is 30 % lighter.
    private static func step(wraps: Bool) -> LayerSheet {
        let (width, height) = (120, 40)
        func piece(_ x: Int, _ wide: Int, _ gain: Float) -> SeamPiece {
            var rgb = [UInt8](repeating: 0, count: wide * height * 3)
            for at in 0..<(wide * height) {
                let (on, row) = ((x + at % wide) % width, at / wide)
                let value = (110 + Float((on * 7 + row * 13) % 5)) * gain
                for channel in 0..<3 { rgb[at * 3 + channel] = UInt8(value + 0.5) }
            }
            return SeamPiece(
                x: x, y: 0, width: wide, height: height, rgb: rgb, depth: [UInt8](repeating: 9, count: wide * height))
        }
        let pieces = wraps ? [piece(100, 80, 1), piece(40, 80, 1.3)] : [piece(0, 80, 1), piece(40, 80, 1.3)]
        return LayerSheet(pieces: pieces, width: width, height: height, wraps: wraps)
    }

    @Test(
        "PANO-241, PANO-328 a step of tone of 30 % at a seam is gone, also over the edge of a closed canvas",
        arguments: [false, true])
    func stepVanishes(wraps: Bool) {
        let sheet = Self.step(wraps: wraps)
        let labels = sheet.heaviest(sheet.distances())
        #expect(Set(labels) == [0, 1] && uncovered(labels, sheet) == 0)
        let made = GradientBlend().blended(sheet, labels: labels)
        func column(_ sheet: LayerSheet.Sheet, _ x: Int) -> Double {
            let from = (x + 120) % 120
            let block = (0..<5).flatMap { dx in (0..<40).map { Double(sheet.rgb[($0 * 120 + (from + dx) % 120) * 3]) } }
            return block.reduce(0, +) / Double(block.count)
        }
        let before = sheet.picked(labels)
        for x in 0..<120 where labels[20 * 120 + x] != labels[20 * 120 + (x + 1) % 120] {
            if !wraps, x < 20 || x > 95 { continue }
            #expect(abs(column(before, x + 20) - column(before, x - 24)) > 20)
            #expect(abs(column(made, x + 20) - column(made, x - 24)) < 1)
        }
    }

    /// Two photos of one edge, two pixels apart, and a step of tone.
    private static func misplacedEdge() -> LayerSheet {
        let (width, height) = (48, 24)
        func piece(_ edge: Int, _ offset: Int) -> SeamPiece {
            var rgb = [UInt8](repeating: 0, count: width * height * 3)
            for at in 0..<(width * height) {
                let value = UInt8((at % width < edge ? 60 : 160) + offset)
                for channel in 0..<3 { rgb[at * 3 + channel] = value }
            }
            return SeamPiece(
                x: 0, y: 0, width: width, height: height, rgb: rgb,
                depth: [UInt8](repeating: 9, count: width * height))
        }
        return LayerSheet(pieces: [piece(23, 0), piece(25, 12)], width: width, height: height, wraps: false)
    }

    @Test("PANO-242 a misplaced edge stays sharper by the sizes of errors (l1) than by their squares (l2)")
    func l1IsSharper() {
        let sheet = Self.misplacedEdge()
        // The first counts a little more everywhere, as a feather does beside its middle.
        let weights = [[Float](repeating: 0.55, count: 48 * 24), [Float](repeating: 0.45, count: 48 * 24)]
        func peak(_ isL1: Bool) -> Int {
            var method = GradientStitch()
            method.isL1 = isL1
            let made = method.stitched(sheet, weights: weights)
            let row = (0..<48).map { Int(made.rgb[(12 * 48 + $0) * 3]) }
            return zip(row, row.dropFirst()).map { abs($1 - $0) }.max() ?? 0
        }
        let (l1, l2) = (peak(true), peak(false))
        #expect(Double(l1) >= 1.3 * Double(l2), "l1 \(l1), l2 \(l2)")
    }
}
