import Foundation
public import Imaging
internal import Kernels

/// Light a pixel, in units that only ratios of mean anything: three floats, red, green, blue.
public struct RadianceMap: Sendable, Hashable {
    /// Columns.
    public let width: Int
    /// Rows.
    public let height: Int
    /// Three numbers a pixel, not negative.
    public internal(set) var light: [Float]

    /// A map; nil when the count does not fit or a value is no number or negative.
    public init?(width: Int, height: Int, light: [Float]) {
        guard width > 0, height > 0, light.count == width * height * 3, light.allSatisfy({ $0 >= 0 && $0.isFinite })
        else { return nil }
        self.width = width
        self.height = height
        self.light = light
    }

    /// Merges a stack that was taken from one place: ln E = Σ w (g(Z) - ln Δt) / Σ w, w a hat (Debevec and Malik 1997,
    /// equation 6).
    ///
    /// - Parameters:
    ///   - stack: Packed `rgb8` pictures of one size.
    ///   - curves: One a channel, or one for all.
    ///   - seconds: Exposure times.
    /// - Returns: nil for what does not fit together.
    public static func merged(_ stack: [Image], curves: [ResponseCurve], seconds: [Double]) -> RadianceMap? {
        guard let first = stack.first, seconds.count == stack.count, seconds.allSatisfy({ $0 > 0 && $0.isFinite }),
            stack.allSatisfy({
                $0.width == first.width && $0.height == first.height && $0.format == .rgb8 && $0.isPacked
            }), curves.count == 1 || curves.count == 3
        else { return nil }
        let shortest = seconds.indices.min { seconds[$0] < seconds[$1] } ?? 0
        let longest = seconds.indices.max { seconds[$0] < seconds[$1] } ?? 0
        let merged = mergedRadiance(
            stack.map(\.bytes), curves: (0..<3).map { curves[min($0, curves.count - 1)].logs },
            logTimes: seconds.map { log($0) }, shortest: shortest, longest: longest)
        return RadianceMap(width: first.width, height: first.height, light: merged)
    }

    /// The luminance a pixel (Rec. 709).
    public var luminance: [Float] {
        stride(from: 0, to: light.count, by: 3).map {
            0.2126 * light[$0] + 0.7152 * light[$0 + 1] + 0.0722 * light[$0 + 2]
        }
    }

    /// The picture of new luminances: colours keep their ratios to the power `saturation`.
    func picture(_ mapped: [Float], saturation: Float = 1) -> Image? {
        let bytes = tonedBytes(light, luminance: luminance, mapped: mapped, saturation: saturation)
        return try? Image(width: width, height: height, format: .rgb8, bytes: bytes)
    }
}

extension RadianceMap {
    /// Eight bits by one curve for all pixels: Lm = a L / L̄, Ld = Lm (1 + Lm / white²) / (1 + Lm) (Reinhard et al. 2002,
    /// equations 1, 2 and 4).
    ///
    /// - Parameters:
    ///   - key: a, the grey that the mean becomes.
    ///   - white: The least luminance that becomes white, against the scaled ones; nil for the greatest there is.
    public func reinhard(key: Float = 0.18, white: Float? = nil) -> Image? {
        let all = luminance
        let mean = exp(all.reduce(0.0) { $0 + log(Double($1) + 1e-6) } / Double(max(1, all.count)))
        let scaled = all.map { key * $0 / Float(max(mean, 1e-9)) }
        let top = max(white ?? scaled.max() ?? 1, 1e-3)
        return picture(scaled.map { $0 * (1 + $0 / (top * top)) / (1 + $0) })
    }

    /// Eight bits by weakening large gradients of ln L: Φ = Π (α/|∇|) (|∇|/α)^β over a pyramid, then one Poisson equation
    /// (Fattal, Lischinski and Werman 2002).
    ///
    /// - Parameters:
    ///   - alpha: The gradient that stays, as a share of the mean one of its level.
    ///   - beta: Under 1; the smaller, the weaker large gradients become.
    ///   - saturation: Exponent of the colours' ratios.
    public func fattal(alpha: Float = 0.1, beta: Float = 0.85, saturation: Float = 0.6) -> Image? {
        guard alpha > 0, beta > 0, beta <= 1 else { return nil }
        let logs = luminance.map { log(max($0, 1e-6)) }
        let mapped = attenuatedLogs(logs, width: width, height: height, alpha: alpha, beta: beta)
        let sorted = mapped.sorted()
        guard let low = sorted[safe: sorted.count / 200], let high = sorted[safe: sorted.count - 1 - sorted.count / 200]
        else { return nil }
        // The middle 99 % fill what eight bits can tell, 1 to 400 in light at most.
        let span = max(high - low, 1e-3)
        let scale = min(1, log(400) / span)
        return picture(mapped.map { exp(min(0, ($0 - high) * scale)) }, saturation: saturation)
    }
}

extension Array {
    subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
