import Foundation
internal import Kernels

/// How a camera turns light into bytes: ln(E Δt) for each byte, a channel.
public struct ResponseCurve: Sendable, Hashable {
    /// 256 logarithms of exposure; the middle byte stands at 0.
    public let logs: [Double]

    /// A curve of 256 rising logarithms; nil for other counts and for what is no number.
    public init?(logs: [Double]) {
        guard logs.count == 256, logs.allSatisfy(\.isFinite) else { return nil }
        self.logs = logs
    }

    /// The curve of bytes that are proportional to light to the power 1 / `gamma`.
    public static func power(_ gamma: Double) -> ResponseCurve {
        let logs = (0..<256).map { gamma * log((Double($0) + 0.5) / 128.5) }
        return ResponseCurve(whole: logs)
    }

    init(whole: [Double]) { logs = whole }

    /// The weight of a byte: a hat, 0 at the ends, 1 in the middle.
    public static func hat(_ byte: UInt8) -> Double { Double(min(byte, 255 - byte)) / 127 }

    /// The curve that explains samples of a stack: least squares of g(Z) - ln E - ln Δt with a smooth g
    /// (Debevec and Malik 1997, equation 3).
    ///
    /// - Parameters:
    ///   - samples: For each place one byte a picture.
    ///   - logTimes: ln Δt of the pictures.
    ///   - smoothness: Weight of g'' against the samples.
    /// - Returns: nil for fewer than two pictures or places that cannot tell.
    public static func solved(samples: [[UInt8]], logTimes: [Double], smoothness: Double = 10) -> ResponseCurve? {
        guard logTimes.count > 1, logTimes.allSatisfy(\.isFinite), samples.count * (logTimes.count - 1) > 100,
            samples.allSatisfy({ $0.count == logTimes.count }), samples.count <= 1000
        else { return nil }
        // Unknowns: g of 256 bytes. ln E of a place follows from them, and is put in at once: the weighted mean of
        // g(Z) - ln Δt.
        var matrix = [Double](repeating: 0, count: 256 * 256)
        var vector = [Double](repeating: 0, count: 256)
        for place in samples {
            let weights = place.map { hat($0) }
            let all = weights.reduce(0, +)
            guard all > 0.1 else { continue }
            let mean = zip(weights, logTimes).reduce(0) { $0 + $1.0 * $1.1 } / all
            // Σ w (g(Zj) - tj - (ḡ - t̄))²: a quadratic form W - w wᵀ / Σw.
            for (j, zj) in place.enumerated() {
                vector[Int(zj)] += weights[j] * (logTimes[j] - mean)
                matrix[Int(zj) * 256 + Int(zj)] += weights[j]
                for (k, zk) in place.enumerated() {
                    matrix[Int(zj) * 256 + Int(zk)] -= weights[j] * weights[k] / all
                }
            }
        }
        for z in 1..<255 {
            let weight = smoothness * max(0.05, hat(UInt8(z)))
            for (i, a) in [(z - 1, 1.0), (z, -2.0), (z + 1, 1.0)] {
                for (k, b) in [(z - 1, 1.0), (z, -2.0), (z + 1, 1.0)] { matrix[i * 256 + k] += weight * a * b }
            }
        }
        // The middle stands at 0; without it only differences are known.
        matrix[128 * 256 + 128] += 1000
        for z in 0..<256 { matrix[z * 256 + z] += 1e-6 }
        guard let g = solveSymmetric(matrix, vector) else { return nil }
        return ResponseCurve(logs: g.map { $0 - g[128] })
    }
}

/// A response that is a polynomial of the byte: E Δt = Σ c_n M^n, M = Z / 255, f(1) = 1 (Mitsunaga and Nayar 1999).
public struct PolynomialResponse: Sendable, Hashable {
    /// c0 ... cN.
    public let coefficients: [Double]

    /// The light of a byte, 0 to about 1.
    public func light(_ byte: Double) -> Double {
        let m = byte / 255
        return coefficients.reversed().reduce(0) { $0 * m + $1 }
    }

    /// Response and true ratios of exposure from rough ones.
    ///
    /// For given ratios the response is one linear least squares (section 3.1). A response to a power explains ratios to
    /// the same power nearly as well, so that taking both in turns stands still far off: instead the ratios are searched,
    /// one by one and all together, for the least error relative to the light it is of.
    ///
    /// - Parameters:
    ///   - samples: For each place one byte a picture, darkest picture first.
    ///   - ratios: Rough exposure of each picture against the next, under 1; one less than pictures.
    ///   - degree: Of the polynomial, 1 to 5.
    /// - Returns: The response and the ratios; nil where samples cannot tell.
    public static func solved(
        samples: [[UInt8]], ratios: [Double], degree: Int = 3
    ) -> (response: PolynomialResponse, ratios: [Double])? {
        guard (1...5).contains(degree), !ratios.isEmpty, ratios.allSatisfy({ $0 > 0 && $0 < 1 }),
            samples.allSatisfy({ $0.count == ratios.count + 1 })
        else { return nil }
        // Clipped bytes say nothing about light.
        let pairs = ratios.indices.map { q in
            samples.compactMap { place -> (low: Double, high: Double)? in
                let (a, b) = (place[q], place[q + 1])
                return a >= 5 && b >= 5 && a <= 250 && b <= 250 ? (Double(a) / 255, Double(b) / 255) : nil
            }
        }
        guard pairs.contains(where: { $0.count > degree * 4 }) else { return nil }
        var logs = ratios.map { log($0) }
        guard var least = cost(pairs, logs, degree) else { return nil }
        var step = 0.2
        let moves = [logs.map { _ in 1.0 }] + logs.indices.map { q in logs.indices.map { $0 == q ? 1.0 : 0 } }
        while step > 1e-5 {
            var isBetter = false
            for move in moves {
                for sign in [1.0, -1] {
                    // A power of all ratios together, a factor of one alone.
                    let tried = zip(logs, move).map { min($0 * (1 + sign * step * $1), -1e-4) }
                    guard let now = cost(pairs, tried, degree), now < least else { continue }
                    (logs, least, isBetter) = (tried, now, true)
                }
            }
            if !isBetter { step /= 2 }
        }
        let found = logs.map { exp($0) }
        return fit(pairs, found, degree).map { ($0, found) }
    }

    /// Σ (f(low) - R f(high))² / Σ (R f(high))².
    private static func cost(_ pairs: [[(low: Double, high: Double)]], _ logs: [Double], _ degree: Int) -> Double? {
        let ratios = logs.map { exp($0) }
        guard let response = fit(pairs, ratios, degree) else { return nil }
        var (errors, whole) = (0.0, 0.0)
        for (q, list) in pairs.enumerated() {
            for pair in list {
                let wanted = ratios[q] * response.light(pair.high * 255)
                let error = response.light(pair.low * 255) - wanted
                errors += error * error
                whole += wanted * wanted
            }
        }
        return whole > 0 ? errors / whole : nil
    }

    /// Least Σ (f(low) - R f(high))² with f(1) = 1, by the coefficients below the last.
    private static func fit(
        _ pairs: [[(low: Double, high: Double)]], _ ratios: [Double], _ degree: Int
    ) -> PolynomialResponse? {
        var matrix = [Double](repeating: 0, count: degree * degree)
        var vector = [Double](repeating: 0, count: degree)
        for (q, list) in pairs.enumerated() {
            for pair in list {
                let (a, b) = (powers(pair.low, degree), powers(pair.high, degree))
                let d = (0...degree).map { a[$0] - ratios[q] * b[$0] }
                for i in 0..<degree {
                    vector[i] -= (d[i] - d[degree]) * d[degree]
                    for j in 0..<degree { matrix[i * degree + j] += (d[i] - d[degree]) * (d[j] - d[degree]) }
                }
            }
        }
        for i in 0..<degree { matrix[i * degree + i] *= 1 + 1e-12 }
        guard let c = solveSymmetric(matrix, vector) else { return nil }
        return PolynomialResponse(coefficients: c + [1 - c.reduce(0, +)])
    }

    private static func powers(_ m: Double, _ degree: Int) -> [Double] {
        var out = [1.0]
        for _ in 0..<degree { out.append((out.last ?? 1) * m) }
        return out
    }
}
