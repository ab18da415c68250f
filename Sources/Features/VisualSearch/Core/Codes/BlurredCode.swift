internal import Foundation

/// Reads a code whose narrow bars have run together: each digit is held against what blur makes of the digits.
///
/// Only the outer edges of the code have to be seen. The module before and after each digit is known, since all digits
/// of a side begin and end alike, so the blur of the neighbours is known too (Gallo, Manduchi 2011 decode so).
struct BlurredCode {
    private let profile: [Float]

    init(_ profile: [Float]) { self.profile = profile }

    private static let samplesPerModule = 4
    private static let leastModule: Float = 1.2
    private static let quietShare: Float = 0.05
    private static let fewestEdges = 16
    private static let mostSpans = 4
    /// Least correlation of a digit, and of all in the mean.
    private static let leastFit: Float = 0.75
    private static let leastMean: Float = 0.88

    /// The codes between pairs of outer edges with quiet around them.
    func codes(_ edges: [BarcodeLine.Edge]) -> [Barcode1D] {
        spans(edges).flatMap { start, end in
            [BarcodeShape.ean13, .ean8].flatMap { shape in
                [read(shape, from: start, to: end), read(shape, from: end, to: start)].compactMap { $0 }
            }
        }
    }

    /// From an edge to dark to one to light, wide spaces outside.
    private func spans(_ edges: [BarcodeLine.Edge]) -> [(start: Float, end: Float)] {
        guard edges.count >= Self.fewestEdges else { return [] }
        let last = Float(profile.count - 1)
        let before = edges.indices.map { edges[$0].position - ($0 > 0 ? edges[$0 - 1].position : 0) }
        let after = edges.indices.map { ($0 + 1 < edges.count ? edges[$0 + 1].position : last) - edges[$0].position }
        // The shortest code has 67 modules, so no narrower space can be around one.
        let least = Self.quietShare * Self.leastModule * Float(BarcodeShape.ean8.modules)
        let firsts = edges.indices.filter { edges[$0].slope < 0 && before[$0] >= least }
        let ends = edges.indices.filter { edges[$0].slope > 0 && after[$0] >= least }
        var spans: [(start: Float, end: Float)] = []
        for first in firsts {
            for end in ends where end >= first + Self.fewestEdges - 1 {
                let quiet = Self.quietShare * (edges[end].position - edges[first].position)
                if before[first] >= quiet, after[end] >= quiet {
                    spans.append((edges[first].position, edges[end].position))
                }
            }
        }
        // Parts of a code between two of its wide spaces look like codes too; the whole is the longest.
        return Array(spans.sorted { $0.end - $0.start > $1.end - $1.start }.prefix(Self.mostSpans))
    }

    private func read(_ shape: BarcodeShape, from start: Float, to end: Float) -> Barcode1D? {
        let module = (end - start) / Float(shape.modules)
        guard abs(module) >= Self.leastModule else { return nil }
        let firsts = (0..<shape.digits).map { 3 + 7 * $0 } + (0..<shape.digits).map { 8 + 7 * (shape.digits + $0) }
        let samples = firsts.map { normalised(sample(start + Float($0) * module, module)) }
        var best: (mean: Float, digits: [BlurredDigits.Match])?
        for blur in BlurredDigits.all {
            let digits = samples.enumerated().map { place, sample in
                place < shape.digits ? blur.left(sample) : blur.right(sample)
            }
            let mean = digits.reduce(0) { $0 + $1.fit } / Float(digits.count)
            if mean > best?.mean ?? Self.leastMean { best = (mean, digits) }
        }
        guard let best, best.digits.allSatisfy({ $0.fit >= Self.leastFit }) else { return nil }
        let values = best.digits.map { (value: $0.value, isB: $0.isB) }
        return shape.code(Array(values.prefix(shape.digits)), Array(values.suffix(shape.digits)))
    }

    private func sample(_ start: Float, _ module: Float) -> [Float] {
        (0..<7 * Self.samplesPerModule).map { step in
            let at = start + (Float(step) + 0.5) / Float(Self.samplesPerModule) * module
            let place = min(max(at, 0), Float(profile.count - 1))
            let (left, share) = (Int(place), place - Float(Int(place)))
            let right = min(left + 1, profile.count - 1)
            return profile[left] + (profile[right] - profile[left]) * share
        }
    }

    private func normalised(_ values: [Float]) -> [Float] { BlurredDigits.normalised(values) }
}

/// What blur of one width makes of the digits.
struct BlurredDigits: Sendable {
    struct Match {
        let value: Int
        let isB: Bool
        let fit: Float
    }

    private struct Template {
        let value: Int
        let isB: Bool
        let values: [Float]
    }

    private let leftTemplates: [Template]
    private let rightTemplates: [Template]

    /// Blurs by their deviations in modules.
    static let all = [0.35, 0.55, 0.75, 0.95].map { BlurredDigits(deviation: $0) }

    private init(deviation: Double) {
        var (left, right) = ([Template](), [Template]())
        for (value, widths) in BarcodeShape.patterns.enumerated() {
            for isB in [false, true] {
                let bits = Self.bits(isB ? widths.reversed() : widths)
                let dark = Self.blurred([0.5, 1] + bits + [0, 0.5], deviation)
                left.append(Template(value: value, isB: isB, values: dark))
                if isB { continue }
                let light = Self.blurred([0.5, 0] + bits.map { 1 - $0 } + [1, 0.5], deviation)
                right.append(Template(value: value, isB: false, values: light))
            }
        }
        (leftTemplates, rightTemplates) = (left, right)
    }

    /// Spaces and bars in turn, beginning with a space.
    private static func bits(_ widths: [Float]) -> [Double] {
        widths.enumerated().flatMap { place, width in
            [Double](repeating: place % 2 == 0 ? 0 : 1, count: Int(width))
        }
    }

    /// Brightness over the seven middle modules of eleven, four samples each.
    private static func blurred(_ dark: [Double], _ deviation: Double) -> [Float] {
        let samples = (0..<28).map { step -> Float in
            let at = 2 + (Double(step) + 0.5) / 4
            let sum = dark.enumerated().reduce(0.0) { sum, module in
                let (from, to) = (Double(module.offset) - at, Double(module.offset + 1) - at)
                let scale = deviation * 2.0.squareRoot()
                return sum + module.element * (erf(to / scale) - erf(from / scale)) / 2
            }
            return Float(-sum)
        }
        return normalised(samples)
    }

    static func normalised(_ values: [Float]) -> [Float] {
        let mean = values.reduce(0, +) / Float(max(1, values.count))
        let centred = values.map { $0 - mean }
        let length = centred.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return length > 0.5e-3 ? centred.map { $0 / length } : centred.map { _ in 0 }
    }

    func left(_ sample: [Float]) -> Match { Self.best(sample, leftTemplates) }
    func right(_ sample: [Float]) -> Match { Self.best(sample, rightTemplates) }

    private static func best(_ sample: [Float], _ templates: [Template]) -> Match {
        var best = Match(value: 0, isB: false, fit: -2)
        for template in templates {
            var fit: Float = 0
            for at in sample.indices { fit += sample[at] * template.values[at] }
            if fit > best.fit { best = Match(value: template.value, isB: template.isB, fit: fit) }
        }
        return best
    }
}
