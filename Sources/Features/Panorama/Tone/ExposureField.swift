import Foundation
package import Kernels

/// How far a panorama goes back to what the camera chose for each direction, where gains alone would burn one end.
///
/// A camera that turns from shade to the sun exposes each photo for what it sees. Gains make all photos one exposure,
/// which a screen of 8 bits shows white at one end and black at the other. The field is a smooth factor over the canvas:
/// with `e` the mean of the logarithms of the photos' gains around a place (weights fall off from each photo's middle),
/// it is `exp(-a e)`, with `a` such that two thirds of a stop are left of it. It is applied to the finished picture, so
/// photos meet as they did before.
package struct ExposureField: Sendable, Hashable {
    /// What `e` may span before anything is done, and spans afterwards: two thirds of a stop.
    static let room = Float(0.45)
    /// Small pixels between two nodes.
    private static let cell = 16

    private let columns: Int
    private let rows: Int
    private let wraps: Bool
    private let factors: [Float]

    /// The field of photos with these tones; nil where they span no more than a stop.
    package init?(_ pieces: [SeamPiece], tones: [PhotoTone], width: Int, height: Int, isClosed: Bool) {
        precondition(pieces.count == tones.count && width > 0 && height > 0)
        wraps = isClosed
        // On a closed canvas the nodes divide the round; else the last one stands on the edge or beyond.
        columns = isClosed ? max(2, width / Self.cell) : width / Self.cell + 2
        rows = height / Self.cell + 2
        let across = isClosed ? Float(width) / Float(columns) : Float(Self.cell)
        var logs = [Float](repeating: 0, count: columns * rows)
        for row in 0..<rows {
            for column in 0..<columns {
                var (sum, weights) = (Float(0), Float(1e-12))
                for (piece, tone) in zip(pieces, tones) {
                    var dx = abs(Float(column) * across - Float(piece.x) - Float(piece.width) / 2)
                    if isClosed {
                        dx = dx.truncatingRemainder(dividingBy: Float(width))
                        dx = min(dx, Float(width) - dx)
                    }
                    let dy = Float(row * Self.cell) - Float(piece.y) - Float(piece.height) / 2
                    let (u, v) = (dx / (0.4 * Float(piece.width)), dy / (0.4 * Float(piece.height)))
                    // Nowhere zero, so that the nearest photo decides where none is near.
                    let weight = 1 / (1 + (u * u + v * v) * (u * u + v * v))
                    sum += weight * tone.gains.reduce(0) { $0 + log(max($1, 1e-3)) } / 3
                    weights += weight
                }
                logs[row * columns + column] = sum / weights
            }
        }
        let span = (logs.max() ?? 0) - (logs.min() ?? 0)
        guard span > Self.room else { return nil }
        let share = 1 - Self.room / span
        factors = logs.map { exp(-share * $0) }
        step = across
    }

    /// Small pixels from node to node in a row.
    private let step: Float

    /// Puts the factors of pixels `x`, `x + pace`, ... of the small canvas at height `y` into `out` from `place` on.
    package func fill(_ out: inout [Float], at place: Int, count: Int, x: Float, pace: Float, y: Float) {
        precondition(place >= 0 && count >= 0 && place + count <= out.count)
        let down = min(max(y / Float(Self.cell), 0), Float(rows - 1))
        let upper = min(Int(down), rows - 2)
        let v = down - Float(upper)
        let line = (0..<columns).map {
            factors[upper * columns + $0] * (1 - v) + factors[(upper + 1) * columns + $0] * v
        }
        for index in 0..<count {
            var at = (x + Float(index) * pace) / step
            if wraps {
                at -= (at / Float(columns)).rounded(.down) * Float(columns)
                let left = min(Int(at), columns - 1)
                let u = at - Float(left)
                out[place + index] = line[left] * (1 - u) + line[left + 1 == columns ? 0 : left + 1] * u
            } else {
                at = min(max(at, 0), Float(columns - 1))
                let left = min(Int(at), columns - 2)
                let u = at - Float(left)
                out[place + index] = line[left] * (1 - u) + line[left + 1] * u
            }
        }
    }
}
