import Foundation

/// Gains that change over each photo so that the steps along all seams vanish: gradient-domain blending with one coarse
/// spline a photo (Szeliski, Uyttendaele and Steedly 2011).
///
/// Unknowns are logarithms of gains at the nodes of a grid a photo. Along seams ga + ln Ia = gb + ln Ib, with Huber
/// weights; between neighbouring nodes of a photo g shall not change, and a little of it shall be zero.
package struct ToneSplines: Sendable {
    /// Pixels of the small canvas from node to node.
    package var cell = 8
    /// What a pixel of a seam weighs against a step between two nodes.
    package var seamWeight: Float = 3
    /// What a node's own gain costs.
    package var screen: Float = 3e-4
    /// Steps in the logarithm beyond which a pixel of a seam counts less.
    package var huber: Float = 0.5
    /// Steps of conjugate gradients.
    package var steps = 120

    /// Splines with the usual weights.
    package init() {}

    private struct Link {
        var a: SIMD4<Int32>
        var b: SIMD4<Int32>
        var shares: SIMD4<Float>
        var sharesB: SIMD4<Float>
        var step: SIMD4<Float>
        var weight: Float
    }

    /// One grid a piece.
    package func grids(_ pieces: [SeamPiece], labels: [Int16], width: Int, height: Int, wraps: Bool) -> [ToneGrid] {
        precondition(labels.count == width * height)
        var grids = pieces.map { ToneGrid(width: $0.width, height: $0.height, cell: cell) }
        var bases: [Int] = []
        var count = 0
        for grid in grids {
            bases.append(count)
            count += grid.columns * grid.rows
        }
        var links = seams(pieces, grids, bases, labels, width, height, wraps)
        guard links.count >= 8 else { return grids }
        var gains = [SIMD4<Float>](repeating: .zero, count: count)
        for round in 0..<2 {
            if round > 0 { reweigh(&links, gains) }
            solve(&gains, links, grids, bases)
        }
        for index in grids.indices {
            for node in 0..<(grids[index].columns * grids[index].rows) {
                for channel in 0..<3 {
                    let gain = min(max(gains[bases[index] + node][channel], -1.2), 1.2)
                    grids[index].nodes[node * 12 + 4 + channel] = exp(gain)
                }
            }
        }
        return grids
    }

    private func seams(
        _ pieces: [SeamPiece], _ grids: [ToneGrid], _ bases: [Int], _ labels: [Int16], _ width: Int, _ height: Int,
        _ wraps: Bool
    ) -> [Link] {
        var links: [Link] = []
        func join(_ x: Int, _ y: Int, _ a: Int, _ b: Int) {
            guard let inA = pieces[a].place(x: x, y: y, canvasWidth: width),
                let inB = pieces[b].place(x: x, y: y, canvasWidth: width)
            else { return }
            var step = SIMD4<Float>.zero
            for channel in 0..<3 {
                // A few levels on both sides: dark noise is no step.
                step[channel] = log(
                    (Float(pieces[b].rgb[inB * 3 + channel]) + 6) / (Float(pieces[a].rgb[inA * 3 + channel]) + 6))
            }
            let (isClippedA, isClippedB) = (Self.isClipped(pieces[a], inA), Self.isClipped(pieces[b], inB))
            guard !isClippedA || !isClippedB else { return }
            let (nodesA, depthA) = nodes(grids[a], bases[a], inA % pieces[a].width, inA / pieces[a].width)
            let (nodesB, depthB) = nodes(grids[b], bases[b], inB % pieces[b].width, inB / pieces[b].width)
            // White stays white when it is drawn: the other photo must come to it alone.
            let (sharesA, sharesB) = (isClippedA ? .zero : depthA, isClippedB ? .zero : depthB)
            step.clamp(lowerBound: SIMD4(repeating: -1), upperBound: SIMD4(repeating: 1))
            links.append(
                Link(a: nodesA, b: nodesB, shares: sharesA, sharesB: sharesB, step: step, weight: seamWeight / 2))
        }
        for (index, piece) in pieces.enumerated() where wraps && piece.width == width {
            // The two ends of a photo that goes all round are neighbours.
            for row in 0..<grids[index].rows {
                let first = Int32(bases[index] + row * grids[index].columns)
                let last = first + Int32(grids[index].columns - 1)
                links.append(
                    Link(
                        a: SIMD4(repeating: first), b: SIMD4(repeating: last), shares: SIMD4(1, 0, 0, 0),
                        sharesB: SIMD4(1, 0, 0, 0), step: .zero, weight: 8))
            }
        }
        for y in 0..<height {
            for x in 0..<width {
                let a = Int(labels[y * width + x])
                guard a >= 0 else { continue }
                let right = x + 1 < width ? x + 1 : wraps ? 0 : -1
                if right >= 0 {
                    let b = Int(labels[y * width + right])
                    if b >= 0, b != a {
                        join(x, y, a, b)
                        join(right, y, a, b)
                    }
                }
                if y + 1 < height {
                    let b = Int(labels[(y + 1) * width + x])
                    if b >= 0, b != a {
                        join(x, y, a, b)
                        join(x, y + 1, a, b)
                    }
                }
            }
        }
        return links
    }

    private static func isClipped(_ piece: SeamPiece, _ at: Int) -> Bool {
        max(piece.rgb[at * 3], piece.rgb[at * 3 + 1], piece.rgb[at * 3 + 2]) >= 245
    }

    private func nodes(_ grid: ToneGrid, _ base: Int, _ x: Int, _ y: Int) -> (SIMD4<Int32>, SIMD4<Float>) {
        let (u, v) = (Float(x) / grid.stepAcross, Float(y) / grid.stepDown)
        let (left, top) = (min(Int(u), grid.columns - 2), min(Int(v), grid.rows - 2))
        let (p, q) = (u - Float(left), v - Float(top))
        let at = Int32(base + top * grid.columns + left)
        let down = Int32(grid.columns)
        return (
            SIMD4(at, at + 1, at + down, at + down + 1), SIMD4((1 - p) * (1 - q), p * (1 - q), (1 - p) * q, p * q)
        )
    }

    private func error(_ link: Link, _ gains: [SIMD4<Float>]) -> SIMD4<Float> {
        var sum = SIMD4<Float>.zero
        for k in 0..<4 {
            sum += gains[Int(link.a[k])] * link.shares[k] - gains[Int(link.b[k])] * link.sharesB[k]
        }
        return sum - link.step
    }

    /// Huber weights: seams through moving things must not drag the rest along.
    private func reweigh(_ links: inout [Link], _ gains: [SIMD4<Float>]) {
        for index in links.indices {
            let off = error(links[index], gains)
            let size = max(abs(off.x), abs(off.y), abs(off.z))
            links[index].weight = seamWeight / 2 * min(1, huber / max(size, 1e-6))
        }
    }

    /// Conjugate gradients, all channels at once, with the diagonal as preconditioner.
    private func solve(_ gains: inout [SIMD4<Float>], _ links: [Link], _ grids: [ToneGrid], _ bases: [Int]) {
        let count = gains.count
        var diagonal = [Float](repeating: screen, count: count)
        var right = [SIMD4<Float>](repeating: .zero, count: count)
        for link in links {
            for k in 0..<4 {
                diagonal[Int(link.a[k])] += link.weight * link.shares[k] * link.shares[k]
                diagonal[Int(link.b[k])] += link.weight * link.sharesB[k] * link.sharesB[k]
                right[Int(link.a[k])] += link.step * (link.weight * link.shares[k])
                right[Int(link.b[k])] -= link.step * (link.weight * link.sharesB[k])
            }
        }
        for (grid, base) in zip(grids, bases) {
            for row in 0..<grid.rows {
                for column in 0..<grid.columns {
                    let sides =
                        (row > 0 ? 1 : 0) + (column > 0 ? 1 : 0) + (row + 1 < grid.rows ? 1 : 0)
                        + (column + 1 < grid.columns ? 1 : 0)
                    diagonal[base + row * grid.columns + column] += Float(sides)
                }
            }
        }
        var rest = right
        let start = product(gains, links, grids, bases)
        for at in 0..<count { rest[at] -= start[at] }
        var direction = [SIMD4<Float>](repeating: .zero, count: count)
        var last = SIMD4<Float>(repeating: 0)
        var first = Float.infinity
        for step in 0..<steps {
            var rho = SIMD4<Float>.zero
            for at in 0..<count { rho += rest[at] * rest[at] / diagonal[at] }
            if step == 0 { first = rho.sum() }
            guard rho.sum() > first * 1e-6, rho.sum() > 1e-12 else { return }
            for at in 0..<count {
                let fresh = rest[at] / diagonal[at]
                direction[at] = step == 0 ? fresh : fresh + direction[at] * Self.ratio(rho, last)
            }
            last = rho
            let moved = product(direction, links, grids, bases)
            var curvature = SIMD4<Float>.zero
            for at in 0..<count { curvature += direction[at] * moved[at] }
            let length = Self.ratio(rho, curvature)
            for at in 0..<count {
                gains[at] += direction[at] * length
                rest[at] -= moved[at] * length
            }
        }
    }

    private static func ratio(_ a: SIMD4<Float>, _ b: SIMD4<Float>) -> SIMD4<Float> {
        (a / b.replacing(with: 1, where: b .<= 0)).replacing(with: 0, where: b .<= 0)
    }

    /// The matrix of the normal equations times a vector.
    private func product(
        _ vector: [SIMD4<Float>], _ links: [Link], _ grids: [ToneGrid], _ bases: [Int]
    ) -> [SIMD4<Float>] {
        var out = vector.map { $0 * screen }
        for link in links {
            var sum = SIMD4<Float>.zero
            for k in 0..<4 {
                sum += vector[Int(link.a[k])] * link.shares[k] - vector[Int(link.b[k])] * link.sharesB[k]
            }
            sum *= link.weight
            for k in 0..<4 {
                out[Int(link.a[k])] += sum * link.shares[k]
                out[Int(link.b[k])] -= sum * link.sharesB[k]
            }
        }
        for (grid, base) in zip(grids, bases) {
            for row in 0..<grid.rows {
                for column in 0..<grid.columns {
                    let at = base + row * grid.columns + column
                    if column + 1 < grid.columns {
                        let step = vector[at] - vector[at + 1]
                        out[at] += step
                        out[at + 1] -= step
                    }
                    if row + 1 < grid.rows {
                        let step = vector[at] - vector[at + grid.columns]
                        out[at] += step
                        out[at + grid.columns] -= step
                    }
                }
            }
        }
        return out
    }
}
