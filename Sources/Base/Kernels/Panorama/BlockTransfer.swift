import Foundation

/// Tone by blocks: z' = a + b z + c z² from a photo to the composite, a block of 32 x 32 pixels, averaged with the
/// neighbouring blocks and interpolated between them, some rounds long (Uyttendaele, Eden and Szeliski 2001, section 4).
package struct BlockTransfer: Sendable {
    /// Pixels a block; fewer on a canvas that shows the photos smaller.
    package var block = 32
    /// Rounds of composite and fit.
    package var rounds = 3
    /// How much a block holds on to no change, in pixels of full contrast.
    package var prior = 1.0

    /// The usual blocks.
    package init() {}

    /// One grid a piece.
    package func grids(_ pieces: [SeamPiece], width: Int, height: Int, wraps: Bool) -> [ToneGrid] {
        var grids = pieces.map { ToneGrid(width: $0.width, height: $0.height, cell: block) }
        for _ in 0..<rounds {
            let bent = zip(pieces, grids).map { $1.bent($0) }
            let composite = Self.composite(bent, width: width, height: height)
            for index in pieces.indices {
                fit(pieces[index], composite, width, &grids[index])
            }
        }
        return grids
    }

    /// Mean of all photos by their depth: four floats a pixel, colour and weight.
    static func composite(_ pieces: [SeamPiece], width: Int, height: Int) -> [SIMD4<Float>] {
        var sums = [SIMD4<Float>](repeating: .zero, count: width * height)
        for piece in pieces {
            for row in 0..<piece.height {
                for column in 0..<piece.width {
                    let at = row * piece.width + column
                    guard piece.depth[at] > 0 else { continue }
                    let weight = Float(piece.depth[at])
                    let on = (piece.y + row) * width + (piece.x + column) % width
                    sums[on] +=
                        weight
                        * SIMD4(
                            Float(piece.rgb[at * 3]), Float(piece.rgb[at * 3 + 1]), Float(piece.rgb[at * 3 + 2]), 1)
                }
            }
        }
        for at in sums.indices where sums[at].w > 0 { sums[at] /= sums[at].w }
        return sums
    }

    private func fit(_ piece: SeamPiece, _ composite: [SIMD4<Float>], _ width: Int, _ grid: inout ToneGrid) {
        let count = grid.columns * grid.rows
        var raw = [Double](repeating: 0, count: count * 9)
        for node in 0..<count {
            let (cx, cy) = (
                Int(Float(node % grid.columns) * grid.stepAcross), Int(Float(node / grid.columns) * grid.stepDown)
            )
            let half = max(1, block / 2)
            for channel in 0..<3 {
                var sums = Moments()
                for y in max(0, cy - half)..<min(piece.height, cy + half) {
                    for x in max(0, cx - half)..<min(piece.width, cx + half) {
                        let at = y * piece.width + x
                        guard piece.depth[at] > 0 else { continue }
                        let on = (piece.y + y) * width + (piece.x + x) % width
                        sums.add(Double(piece.rgb[at * 3 + channel]) / 255, Double(composite[on][channel]) / 255)
                    }
                }
                let found = sums.parabola(prior: prior)
                for part in 0..<3 { raw[node * 9 + channel * 3 + part] = found[part] }
            }
        }
        smooth(raw, &grid)
    }

    /// 1 2 1 both ways over the nodes, and back to the units of bytes.
    private func smooth(_ raw: [Double], _ grid: inout ToneGrid) {
        for row in 0..<grid.rows {
            for column in 0..<grid.columns {
                for channel in 0..<3 {
                    var sum = SIMD3<Double>.zero
                    var weights = 0.0
                    for dy in -1...1 where row + dy >= 0 && row + dy < grid.rows {
                        for dx in -1...1 where column + dx >= 0 && column + dx < grid.columns {
                            let weight = (dx == 0 ? 2.0 : 1) * (dy == 0 ? 2.0 : 1)
                            let at = ((row + dy) * grid.columns + column + dx) * 9 + channel * 3
                            sum += weight * SIMD3(raw[at], raw[at + 1], raw[at + 2])
                            weights += weight
                        }
                    }
                    sum /= weights
                    let node = (row * grid.columns + column) * 12 + channel
                    grid.nodes[node] = Float(sum.x * 255)
                    grid.nodes[node + 4] = Float(sum.y)
                    grid.nodes[node + 8] = Float(sum.z / 255)
                }
            }
        }
    }

    /// Sums for a parabola by least squares.
    private struct Moments {
        var z = [Double](repeating: 0, count: 5)
        var c = [Double](repeating: 0, count: 3)

        mutating func add(_ from: Double, _ to: Double) {
            var power = 1.0
            for k in 0..<5 {
                z[k] += power
                if k < 3 { c[k] += power * to }
                power *= from
            }
        }

        /// a, b, c, held to 0, 1, 0: bends are dearer than gains, gains dearer than shifts.
        func parabola(prior: Double) -> [Double] {
            let hold = [prior, prior, prior * 4]
            var matrix = [Double](repeating: 0, count: 9)
            for i in 0..<3 {
                for j in 0..<3 { matrix[i * 3 + j] = z[i + j] }
                matrix[i * 3 + i] += hold[i]
            }
            return solveSymmetric(matrix, [c[0], c[1] + hold[1], c[2]]) ?? [0, 1, 0]
        }
    }
}
