/// One larger picture from several smaller ones that are displaced by fractions of a pixel (Irani and Peleg 1991): what a
/// guess would look like in each of them is compared with it, and the difference goes back.
package struct BackProjection: Sendable {
    /// Sides against those of the pictures.
    package var factor = 2
    /// Rounds.
    package var rounds = 20

    /// Twice the sides.
    package init() {}

    /// One channel of the larger picture.
    ///
    /// - Parameters:
    ///   - start: A first guess, `factor` times the sides.
    ///   - frames: The pictures, one number a pixel.
    ///   - shifts: Where pixel (0, 0) of the first picture lies in each, in its pixels.
    package func solved(
        _ start: [Float], frames: [[Float]], shifts: [SIMD2<Float>], width: Int, height: Int
    ) -> [Float] {
        precondition(start.count == width * height * factor * factor && frames.count == shifts.count)
        precondition(frames.allSatisfy { $0.count == width * height } && factor > 0)
        let (w, h) = (width * factor, height * factor)
        var guess = start
        for _ in 0..<rounds {
            var sums = [Float](repeating: 0, count: guess.count)
            var weights = sums
            for (frame, shift) in zip(frames, shifts) {
                for y in 0..<height {
                    for x in 0..<width {
                        // The square of the large picture that this pixel saw.
                        let left = (Float(x) - shift.x) * Float(factor)
                        let top = (Float(y) - shift.y) * Float(factor)
                        guard left >= 0, top >= 0, left + Float(factor) < Float(w), top + Float(factor) < Float(h)
                        else { continue }
                        project(frame[y * width + x], left, top, w, guess, &sums, &weights)
                    }
                }
            }
            for at in guess.indices where weights[at] > 0 {
                guess[at] = min(max(guess[at] + sums[at] / weights[at], 0), 255)
            }
        }
        return guess
    }

    /// The mean over a square with broken borders, and its error back onto the same square.
    @inline(__always)
    private func project(
        _ seen: Float, _ left: Float, _ top: Float, _ width: Int, _ guess: [Float], _ sums: inout [Float],
        _ weights: inout [Float]
    ) {
        let (x0, y0) = (Int(left), Int(top))
        let (p, q) = (left - Float(x0), top - Float(y0))
        var mean: Float = 0
        for j in 0...factor {
            let down = j == 0 ? 1 - q : j == factor ? q : 1
            for i in 0...factor {
                let across = i == 0 ? 1 - p : i == factor ? p : 1
                mean += down * across * guess[(y0 + j) * width + x0 + i]
            }
        }
        let error = seen - mean / Float(factor * factor)
        for j in 0...factor {
            let down = j == 0 ? 1 - q : j == factor ? q : 1
            for i in 0...factor {
                let weight = down * (i == 0 ? 1 - p : i == factor ? p : 1)
                sums[(y0 + j) * width + x0 + i] += weight * error
                weights[(y0 + j) * width + x0 + i] += weight
            }
        }
    }
}
