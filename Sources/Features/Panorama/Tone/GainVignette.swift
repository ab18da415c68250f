import Foundation
package import Kernels

/// How light a photo is against the others: a gain a channel, and the fall-off of its lens.
package struct PhotoTone: Sendable, Hashable {
    /// Factors for red, green and blue.
    package var gains: [Float] = [1, 1, 1]
    /// v1 and v2 of 1 + v1 r² + v2 r⁴.
    package var falloff: SIMD2<Float> = .zero

    /// A photo as it is.
    package init() {}
}

/// Gains and the common fall-off, from what photos show of the same places.
///
/// (ln Ii - gi - v1 ri² - v2 ri⁴) - (ln Ij - gj - v1 rj² - v2 rj⁴) = 0 over samples of all overlaps, with Huber weights.
/// Samples are as stored: for a power-law response a factor in light is a factor there.
package enum GainVignette {
    private struct Sample {
        let i: Int
        let j: Int
        let logs: SIMD3<Double>
        let square: Double
        let fourth: Double
    }

    /// Samples a pair of photos at most.
    private static let most = 300

    /// The tones of the photos whose pieces these are.
    package static func solve(_ pieces: [(piece: SeamPiece, radii: [Float])], width: Int, isClosed: Bool) -> [PhotoTone]
    {
        var tones = [PhotoTone](repeating: PhotoTone(), count: pieces.count)
        var samples: [Sample] = []
        for j in pieces.indices.dropFirst() {
            for i in 0..<j { samples += overlap(pieces, i, j, width: width) }
        }
        guard samples.count >= 20 else { return tones }
        let light = solved(samples, count: pieces.count, fallsOff: true) { ($0.x + $0.y + $0.z) / 3 }
        guard let light else { return tones }
        let (v1, v2) = (light[pieces.count], light[pieces.count + 1])
        let flat = samples.map { sample in
            let fall = v1 * sample.square + v2 * sample.fourth
            return Sample(i: sample.i, j: sample.j, logs: sample.logs - fall, square: 0, fourth: 0)
        }
        for channel in 0..<3 {
            guard let gains = solved(flat, count: pieces.count, fallsOff: false, { $0[channel] }) else { return tones }
            // The photo of middle brightness stays as it is.
            let middle = gains[..<pieces.count].sorted()[pieces.count / 2]
            for index in pieces.indices {
                tones[index].gains[channel] = Float(min(max(exp(middle - gains[index]), 0.3), 3.3))
                tones[index].falloff = SIMD2(Float(v1), Float(v2))
            }
        }
        return tones
    }

    private static func overlap(
        _ pieces: [(piece: SeamPiece, radii: [Float])], _ i: Int, _ j: Int, width: Int
    ) -> [Sample] {
        let (a, b) = (pieces[i].piece, pieces[j].piece)
        let rows = max(a.y, b.y)..<max(max(a.y, b.y), min(a.y + a.height, b.y + b.height))
        var found: [Sample] = []
        for row in rows where row % 2 == 0 {
            for column in stride(from: 1, to: b.width - 1, by: 2) {
                let on = (b.x + column) % width
                let inA = on >= a.x ? on - a.x : on - a.x + width
                guard inA > 0, inA < a.width - 1 else { continue }
                let atA = (row - a.y) * a.width + inA
                let atB = (row - b.y) * b.width + column
                guard let logs = compared(a, atA, b, atB) else { continue }
                let (ra, rb) = (Double(pieces[i].radii[atA]), Double(pieces[j].radii[atB]))
                found.append(Sample(i: i, j: j, logs: logs, square: ra - rb, fourth: ra * ra - rb * rb))
            }
        }
        let step = max(1, found.count / most)
        return stride(from: 0, to: found.count, by: step).map { found[$0] }
    }

    /// ln Ia - ln Ib where both are well lit and flat.
    private static func compared(_ a: SeamPiece, _ atA: Int, _ b: SeamPiece, _ atB: Int) -> SIMD3<Double>? {
        guard a.depth[atA] > 4, b.depth[atB] > 4, isFlat(a, atA), isFlat(b, atB) else { return nil }
        var logs = SIMD3<Double>.zero
        for channel in 0..<3 {
            let (p, q) = (a.rgb[atA * 3 + channel], b.rgb[atB * 3 + channel])
            guard p >= 8, q >= 8, p <= 248, q <= 248 else { return nil }
            logs[channel] = log(Double(p) / Double(q))
        }
        return logs
    }

    private static func isFlat(_ piece: SeamPiece, _ at: Int) -> Bool {
        let middle = Int(piece.rgb[at * 3 + 1])
        let (left, right) = (Int(piece.rgb[at * 3 - 2]), Int(piece.rgb[at * 3 + 4]))
        return abs(left - middle) + abs(right - middle) < 24
    }

    private static func solved(
        _ samples: [Sample], count: Int, fallsOff: Bool, _ value: (SIMD3<Double>) -> Double
    ) -> [Double]? {
        let size = count + (fallsOff ? 2 : 0)
        var answer = [Double](repeating: 0, count: size)
        for _ in 0..<5 {
            var matrix = [Double](repeating: 0, count: size * size)
            var vector = [Double](repeating: 0, count: size)
            for sample in samples {
                var columns = [(sample.i, 1.0), (sample.j, -1.0)]
                if fallsOff { columns += [(count, sample.square), (count + 1, sample.fourth)] }
                let target = value(sample.logs)
                let error = target - columns.reduce(0.0) { $0 + answer[$1.0] * $1.1 }
                let weight = min(1, 0.1 / max(abs(error), 1e-9))
                for (p, vp) in columns {
                    vector[p] += weight * vp * target
                    for (q, vq) in columns { matrix[p * size + q] += weight * vp * vq }
                }
            }
            // A gain is worth σ 0.5, a fall-off σ 0.3, against samples of σ 0.05.
            for index in 0..<size {
                matrix[index * size + index] += index < count ? 0.01 : 0.03 * Double(samples.count) / 100
            }
            guard let next = solveSymmetric(matrix, vector) else { return nil }
            answer = next
        }
        return answer
    }
}

extension SeamPiece {
    /// The piece with a photo's tone made even.
    ///
    /// - Parameters:
    ///   - exposure: What is done to light afterwards, over a canvas of `step` times smaller sides.
    ///   - step: How much smaller they are.
    package func toned(
        _ tone: PhotoTone, radii: [Float], exposure: ExposureField? = nil, step: Int = 1
    ) -> SeamPiece {
        var toned = rgb
        var factors = [Float](repeating: 1, count: width)
        for at in depth.indices {
            if at % width == 0, let exposure {
                let pace = 1 / Float(step)
                exposure.fill(
                    &factors, at: 0, count: width, x: (Float(x) + 0.5) * pace - 0.5, pace: pace,
                    y: (Float(y + at / width) + 0.5) * pace - 0.5)
            }
            guard depth[at] > 0 else { continue }
            let fall = 1 + radii[at] * (tone.falloff.x + tone.falloff.y * radii[at])
            for channel in 0..<3 {
                let gain = tone.gains[channel] / max(fall, 0.2)
                // As in the drawing: a channel that the camera clipped keeps its light.
                let over = max(0, (Float(rgb[at * 3 + channel]) - 230) / 25)
                let kept = gain < 1 ? gain + (1 - gain) * over * over : gain
                let value = Float(rgb[at * 3 + channel]) * kept * factors[at % width]
                toned[at * 3 + channel] = UInt8(min(max(value, 0), 255))
            }
        }
        return SeamPiece(x: x, y: y, width: width, height: height, rgb: toned, depth: depth)
    }
}
