import Foundation
internal import Kernels

/// The shift between two pictures by the phases of their transforms alone: F⁻¹{F0 F1* / (|F0| |F1|)}.
///
/// Does not depend on gain, and hardly on slow changes of light. High frequencies are weakened like a blur of one pixel,
/// so that the peak is a Gaussian whose place has a closed form.
public struct PhaseCorrelation: Sendable {
    /// Least quotient of the highest peak and the next one elsewhere.
    public var leastRatio = 1.5
    /// Least normalised correlation of the pictures at the shift found, which tells a peak from an accident.
    public var leastCorrelation = 0.3

    /// A search with the usual settings.
    public init() {}

    /// A shift and how clear it is.
    public struct Found: Sendable, Hashable {
        /// Pixels to the right: I1(x + u) is I0(x).
        public var x: Double
        /// Pixels downwards.
        public var y: Double
        /// The highest peak over the next one elsewhere.
        public var ratio: Double
        /// Normalised correlation of the overlap, -1...1.
        public var correlation: Double
    }

    /// Share of the greatest shift of a side that can be found: the windows must still share something.
    private static let reach = 0.7

    /// The shift of `picture` over `template`.
    ///
    /// - Throws: `unsure` when no peak stands out or the pictures do not agree there.
    public func shift(_ template: AlignmentPicture, _ picture: AlignmentPicture) throws(DirectError) -> Found {
        let width = ComplexPlane.side(holding: max(template.width, picture.width))
        let height = ComplexPlane.side(holding: max(template.height, picture.height))
        let planes = [template, picture].map {
            ComplexPlane(Self.windowed($0), of: ($0.width, $0.height), width: width, height: height).transformed()
        }
        let surface = planes[1].timesConjugate(planes[0]).phases(sigma: 1).transformed(inverse: true).real
        guard let peak = CorrelationPeak.highest(surface, width: width, height: height) else { throw .unsure }
        var best: Found?
        // A shift is known up to whole turns of the plane: the pictures themselves decide.
        for x in [peak.x, peak.x - Double(width)] where abs(x) < Self.reach * Double(max(template.width, picture.width))
        {
            for y in [peak.y, peak.y - Double(height)]
            where abs(y) < Self.reach * Double(max(template.height, picture.height)) {
                var search = ShiftSearch(.correlation)
                search.leastOverlap = 0.1
                guard
                    let score = try? search.score(
                        template, picture, x: Int(x.rounded()), y: Int(y.rounded())),
                    1 - score > best?.correlation ?? -2
                else { continue }
                best = Found(x: x, y: y, ratio: peak.ratio, correlation: 1 - score)
            }
        }
        guard let best, best.ratio >= leastRatio, best.correlation >= leastCorrelation else { throw .unsure }
        return best
    }

    /// Values less their mean under Hann's window; what is not there is 0.
    static func windowed(_ picture: AlignmentPicture) -> [Double] {
        let (values, weights) = (picture.plane.values, picture.plane.weights)
        var (sum, mass) = (0.0, 0.0)
        for at in values.indices {
            let w = Double(weights?[at] ?? 1)
            guard w > 0 else { continue }
            sum += w * Double(values[at])
            mass += w
        }
        let mean = mass > 0 ? sum / mass : 0
        func hann(_ count: Int) -> [Double] {
            (0..<count).map { 0.5 - 0.5 * cos(2 * .pi * (Double($0) + 0.5) / Double(count)) }
        }
        let (across, down) = (hann(picture.width), hann(picture.height))
        var out = [Double](repeating: 0, count: values.count)
        for row in 0..<picture.height {
            for column in 0..<picture.width {
                let at = row * picture.width + column
                let w = Double(weights?[at] ?? 1)
                if w > 0 { out[at] = (Double(values[at]) - mean) * across[column] * down[row] * min(1, w) }
            }
        }
        return out
    }
}

/// The highest place of a periodic surface.
enum CorrelationPeak {
    /// Column and row with fractions, 0 up to the size, and the quotient to the highest value over four pixels away.
    static func highest(_ v: [Double], width: Int, height: Int) -> (x: Double, y: Double, ratio: Double)? {
        guard let at = v.indices.max(by: { v[$0] < v[$1] }), v[at] > 0 else { return nil }
        let (column, row) = (at % width, at / width)
        func value(_ x: Int, _ y: Int) -> Double {
            v[(y + height) % height * width + (x + width) % width]
        }
        var second = 1e-300
        for y in 0..<height {
            let dy = abs(y - row)
            for x in 0..<width where v[y * width + x] > second {
                let dx = abs(x - column)
                if min(dy, height - dy) > 4 || min(dx, width - dx) > 4 { second = v[y * width + x] }
            }
        }
        // A Gaussian's logarithm is a parabola.
        let floor = 1e-3 * v[at]
        func logarithm(_ x: Int, _ y: Int) -> Double { log(max(floor, value(x, y))) }
        let x = SubpixelPeak.offset(logarithm(column - 1, row), logarithm(column, row), logarithm(column + 1, row))
        let y = SubpixelPeak.offset(logarithm(column, row - 1), logarithm(column, row), logarithm(column, row + 1))
        return (Double(column) + x, Double(row) + y, v[at] / second)
    }
}
