import Basics
import Kernels
import Testing

@Suite("Least cuts and seams")
struct SeamTests {
    /// The least cut by trying all sides.
    private static func bruteForce(_ grid: GridCapacities, width: Int, height: Int, wraps: Bool) -> Int {
        let count = width * height
        return (0..<(1 << count)).reduce(Int.max) { least, sides in
            func isSink(_ at: Int) -> Bool { sides >> at & 1 == 1 }
            var cost = 0
            for at in 0..<count {
                let terminal = Int(grid.terminal[at])
                if isSink(at), terminal > 0 { cost += terminal }
                if !isSink(at), terminal < 0 { cost -= terminal }
                var next: [(Int, Int32, Int32)] = []
                if at % width + 1 < width {
                    next.append((at + 1, grid.right[at], grid.left[at]))
                } else if wraps {
                    next.append((at + 1 - width, grid.right[at], grid.left[at]))
                }
                if at + width < count { next.append((at + width, grid.down[at], grid.up[at])) }
                for (other, forth, back) in next {
                    if !isSink(at), isSink(other) { cost += Int(forth) }
                    if isSink(at), !isSink(other) { cost += Int(back) }
                }
            }
            return min(least, cost)
        }
    }

    @Test("PANO-227 the least cut of two labels is that of trying all sides", arguments: 0..<40)
    func leastCutIsExact(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let (width, height, wraps) = (4, 3, seed % 2 == 1)
        var grid = GridCapacities(count: width * height)
        for at in 0..<(width * height) {
            grid.terminal[at] = Int32(random.next() % 41) - 20
            grid.right[at] = Int32(random.next() % 12)
            grid.left[at] = Int32(random.next() % 12)
            grid.down[at] = Int32(random.next() % 12)
            grid.up[at] = Int32(random.next() % 12)
        }
        let cut = try #require(leastCut(grid, width: width, height: height, wraps: wraps))
        #expect(cut.flow == Self.bruteForce(grid, width: width, height: height, wraps: wraps), "seed \(seed)")
    }

    @Test("PANO-227 the energy of labels never rises, and labels stay where their photo is", arguments: 0..<12)
    func energyFalls(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        let (width, height, wraps) = (24, 10, seed % 2 == 1)
        let pieces = (0..<4).map { index -> SeamPiece in
            let x = wraps ? index * 6 : min(index * 5, width - 9)
            let count = 9 * height
            return SeamPiece(
                x: x, y: 0, width: 9, height: height, rgb: random.bytes(count * 3),
                depth: random.bytes(count).map { $0 > 20 ? $0 : 0 })
        }
        var labels = [Int16](repeating: -1, count: width * height)
        func isValid(_ piece: SeamPiece, _ at: Int) -> Bool {
            let x = (at % width - piece.x + width) % width
            return x < piece.width && piece.depth[at / width * piece.width + x] > 0
        }
        for at in labels.indices {
            for (index, piece) in pieces.enumerated() where isValid(piece, at) { labels[at] = Int16(index) }
        }
        var seams = SeamLabels(
            pieces: pieces, width: width, height: height, wraps: wraps, depthWeight: 30, labels: labels)
        var before = seams.energy
        for round in 0..<8 {
            _ = seams.expand(round % 4)
            #expect(seams.energy <= before, "seed \(seed), move \(round)")
            before = seams.energy
        }
        for at in labels.indices {
            #expect((seams.labels[at] < 0) == (labels[at] < 0))
            if seams.labels[at] >= 0 { #expect(isValid(pieces[Int(seams.labels[at])], at)) }
        }
    }

    @Test("PANO-302 the largest rectangle is that of trying all", arguments: 0..<20)
    func largestRectangleIsExact(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        let (width, height) = (7, 6)
        let mask = (0..<(width * height)).map { _ in random.next() % 5 == 0 ? UInt8(0) : 255 }
        var best = 0
        for y0 in 0..<height {
            for y1 in y0..<height {
                for x0 in 0..<width {
                    for x1 in x0..<width {
                        let isFull = (y0...y1).allSatisfy { y in (x0...x1).allSatisfy { mask[y * width + $0] != 0 } }
                        if isFull { best = max(best, (y1 - y0 + 1) * (x1 - x0 + 1)) }
                    }
                }
            }
        }
        let found = largestRectangle(mask.span, width: width, height: height)
        #expect((found.map { $0.width * $0.height } ?? 0) == best)
    }
}
