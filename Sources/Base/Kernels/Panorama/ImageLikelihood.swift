import Foundation

extension LayerSheet {
    /// How unlikely each pixel of each photo is among all photos of the place: -ln P, P = (1/n) Σ exp(-|Ii - Ik|²/2σ²);
    /// 0 where no other photo shows the place (Agarwala et al. 2004, section 2).
    package func surprise(sigma: Float = 12) -> [[Float]] {
        precondition(sigma > 0)
        let scale = 1 / (2 * sigma * sigma)
        return pieces.map { piece in
            var out = [Float](repeating: 0, count: piece.width * piece.height)
            for row in 0..<piece.height {
                for column in 0..<piece.width {
                    let at = row * piece.width + column
                    guard piece.depth[at] > 0 else { continue }
                    let (x, y) = ((piece.x + column) % width, piece.y + row)
                    var (sum, count) = (Float(0), Float(0))
                    for other in pieces {
                        guard let there = other.place(x: x, y: y, canvasWidth: width) else { continue }
                        var square: Float = 0
                        for channel in 0..<3 {
                            let step = Float(piece.rgb[at * 3 + channel]) - Float(other.rgb[there * 3 + channel])
                            square += step * step
                        }
                        sum += exp(-square * scale)
                        count += 1
                    }
                    out[at] = count > 1 ? -log(sum / count) : 0
                }
            }
            return out
        }
    }

    /// Lengths of the photos' gradients in levels, the greatest of the channels, at most 255.
    package func gradients() -> [[UInt8]] {
        pieces.map { piece in
            var out = [UInt8](repeating: 0, count: piece.width * piece.height)
            for row in 0..<piece.height {
                for column in 0..<piece.width where piece.depth[row * piece.width + column] > 0 {
                    let at = row * piece.width + column
                    let right = column + 1 < piece.width && piece.depth[at + 1] > 0 ? at + 1 : at
                    let below =
                        row + 1 < piece.height && piece.depth[at + piece.width] > 0 ? at + piece.width : at
                    var most = 0
                    for channel in 0..<3 {
                        let here = Int(piece.rgb[at * 3 + channel])
                        let (dx, dy) = (
                            Int(piece.rgb[right * 3 + channel]) - here, Int(piece.rgb[below * 3 + channel]) - here
                        )
                        most = max(most, abs(dx) + abs(dy))
                    }
                    out[at] = UInt8(min(255, most))
                }
            }
            return out
        }
    }

    /// Low frequencies feathered, high ones from one photo a pixel (two bands; Brown and Lowe 2007, section 7).
    ///
    /// - Parameter radius: Of the three box blurs that part the bands.
    package func twoBands(labels: [Int16], weights: [[Float]], radius: Int = 4) -> Sheet {
        precondition(labels.count == width * height && weights.count == pieces.count)
        var low = [SIMD4<Float>](repeating: .zero, count: width * height)
        var high = low
        for (index, piece) in pieces.enumerated() {
            let (w, h) = (piece.width, piece.height)
            let mask = piece.depth.map { $0 > 0 ? Float(1) : 0 }
            var counts = mask
            var blurred = (0..<3).map { channel in mask.indices.map { mask[$0] * Float(piece.rgb[$0 * 3 + channel]) } }
            for _ in 0..<3 {
                counts = boxSums(counts, w, h, radius)
                for channel in 0..<3 { blurred[channel] = boxSums(blurred[channel], w, h, radius) }
            }
            for at in mask.indices where mask[at] > 0 {
                let on = place(piece, at % w, at / w)
                let smooth = SIMD4(blurred[0][at], blurred[1][at], blurred[2][at], counts[at]) / counts[at]
                low[on] += smooth * max(weights[index][at], 1e-6)
                if labels[on] == Int16(index) {
                    let sharp = SIMD4(
                        Float(piece.rgb[at * 3]), Float(piece.rgb[at * 3 + 1]), Float(piece.rgb[at * 3 + 2]), 1)
                    high[on] = sharp - smooth
                }
            }
        }
        for at in low.indices where low[at].w > 0 {
            low[at] = low[at] / low[at].w + high[at]
            low[at].w = 1
        }
        return settled(low)
    }
}
