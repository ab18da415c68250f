import Foundation
internal import Kernels

/// What can be seen of the seams on the small canvas.
struct SeamMeasures {
    /// Steps of tone between neighbours of two photos, in flat places.
    let tone: GroupVerdict.Tone
    /// Empty areas that the picture encloses.
    let holes: Int
    /// The share of the seams at which the two photos show different things.
    let torn: Double

    init(pieces: [SeamPiece], labels: [Int16], width: Int, height: Int, isClosed: Bool) {
        var steps: [Double] = []
        var byPair: [SIMD2<Int16>: [Double]] = [:]
        for row in 0..<height {
            for column in 0..<(width - 1) {
                let (a, b) = (labels[row * width + column], labels[row * width + column + 1])
                guard a != b, a >= 0, b >= 0,
                    let p = Self.light(pieces[Int(a)], column, row, width),
                    let q = Self.light(pieces[Int(b)], column, row, width)
                else { continue }
                let step = abs(log(p / q))
                guard step < 0.4 else { continue }
                steps.append(step)
                byPair[SIMD2(min(a, b), max(a, b)), default: []].append(step)
            }
        }
        func median(_ values: [Double]) -> Double { values.isEmpty ? 0 : values.sorted()[values.count / 2] }
        let worst = byPair.values.filter { $0.count >= 8 }.map(median).max() ?? 0
        tone = GroupVerdict.Tone(stepMedian: median(steps), worst: worst)
        holes = Self.holes(labels, width: width, height: height, isClosed: isClosed)
        torn = Self.torn(pieces, labels, width: width, height: height)
    }

    /// Levels of 8 bits by which two photos show different things, mean of the channels.
    private static let different = 32

    /// Places of the seams where both photos are seen on both sides and differ on both by over `different` levels.
    private static func torn(_ pieces: [SeamPiece], _ labels: [Int16], width: Int, height: Int) -> Double {
        func differs(_ a: Int16, _ b: Int16, _ x: Int, _ y: Int) -> Bool? {
            guard let p = pieces[Int(a)].place(x: x, y: y, canvasWidth: width),
                let q = pieces[Int(b)].place(x: x, y: y, canvasWidth: width)
            else { return nil }
            let sum = (0..<3).reduce(0) {
                $0 + abs(Int(pieces[Int(a)].rgb[p * 3 + $1]) - Int(pieces[Int(b)].rgb[q * 3 + $1]))
            }
            return sum > 3 * different
        }
        var (all, bad) = (0, 0)
        for y in 0..<max(0, height - 1) {
            for x in 0..<max(0, width - 1) {
                let here = labels[y * width + x]
                for (right, down) in [(1, 0), (0, 1)] {
                    let there = labels[(y + down) * width + x + right]
                    guard here != there, here >= 0, there >= 0, let one = differs(here, there, x, y),
                        let other = differs(here, there, x + right, y + down)
                    else { continue }
                    all += 1
                    bad += one && other ? 1 : 0
                }
            }
        }
        return all > 0 ? Double(bad) / Double(all) : 0
    }

    /// The light of a piece at a place of the canvas, or nil where it is dark, blown out or absent.
    private static func light(_ piece: SeamPiece, _ column: Int, _ row: Int, _ width: Int) -> Double? {
        let x = column >= piece.x ? column - piece.x : column - piece.x + width
        let y = row - piece.y
        guard x < piece.width, y >= 0, y < piece.height, piece.depth[y * piece.width + x] > 0 else { return nil }
        let at = (y * piece.width + x) * 3
        let sum = Double(piece.rgb[at]) + Double(piece.rgb[at + 1]) + Double(piece.rgb[at + 2])
        return sum > 60 && sum < 735 ? sum : nil
    }

    /// Empty areas that do not touch the border of the canvas; what touches at a corner is one area, for a notch of the
    /// border narrower than a pixel is no hole.
    static func holes(_ labels: [Int16], width: Int, height: Int, isClosed: Bool) -> Int {
        var seen = labels.map { $0 >= 0 }
        func fill(_ start: Int) {
            var stack = [start]
            seen[start] = true
            while let at = stack.popLast() {
                let (x, y) = (at % width, at / width)
                for row in max(0, y - 1)...min(height - 1, y + 1) {
                    for side in (x - 1)...(x + 1) where isClosed || (0..<width).contains(side) {
                        let place = row * width + (side + width) % width
                        guard !seen[place] else { continue }
                        seen[place] = true
                        stack.append(place)
                    }
                }
            }
        }
        for x in 0..<width {
            if !seen[x] { fill(x) }
            if !seen[(height - 1) * width + x] { fill((height - 1) * width + x) }
        }
        if !isClosed {
            for y in 0..<height {
                if !seen[y * width] { fill(y * width) }
                if !seen[y * width + width - 1] { fill(y * width + width - 1) }
            }
        }
        var count = 0
        for at in seen.indices where !seen[at] {
            count += 1
            fill(at)
        }
        return count
    }
}
