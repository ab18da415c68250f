import Foundation
import Imaging
internal import Kernels

/// A small similarity between two pictures by Fourier transforms: turn and scale from the sizes of the spectra in
/// logarithmic polar form, then the shift by phases (Reddy and Chatterji 1996).
///
/// For turns up to 20° and scales of 0.8 to 1.25; other answers are refused with what was found.
public struct FourierMellin: Sendable {
    /// Greatest turn in degrees.
    public var greatestDegrees = 20.0
    /// Greatest scale, and 1 over the least.
    public var greatestScale = 1.25

    /// A search with the usual settings.
    public init() {}

    private static let angles = 256
    private static let radii = 256

    /// The similarity from the template to the picture, in pixels from their middles.
    ///
    /// - Throws: `outOfRange` for large turns and scales, `unsure` when nothing stands out.
    public func similarity(_ template: AlignmentPicture, _ picture: AlignmentPicture) throws(DirectError) -> Matrix3 {
        let side = ComplexPlane.side(
            holding: max(max(template.width, template.height), max(picture.width, picture.height)))
        let polar = [template, picture].map { Self.logPolar($0, side: side) }
        let planes = polar.map {
            ComplexPlane($0, of: (Self.angles, Self.radii), width: Self.angles, height: Self.radii).transformed()
        }
        let surface = planes[1].timesConjugate(planes[0]).phases(sigma: 1.5).transformed(inverse: true).real
        guard let peak = CorrelationPeak.highest(surface, width: Self.angles, height: Self.radii) else {
            throw .unsure
        }
        let half = { (value: Double, size: Int) in value > Double(size) / 2 ? value - Double(size) : value }
        let turn = half(peak.x, Self.angles) * .pi / Double(Self.angles)
        let scale = exp(-half(peak.y, Self.radii) * Self.step(side))
        let degrees = turn * 180 / .pi
        guard abs(degrees) <= greatestDegrees + 0.5, scale <= greatestScale * 1.01, scale >= 0.99 / greatestScale
        else { throw .outOfRange(degrees: degrees, scale: scale) }
        return try shifted(template, picture, turn: turn, scale: scale)
    }

    private func shifted(
        _ template: AlignmentPicture, _ picture: AlignmentPicture, turn: Double, scale: Double
    ) throws(DirectError) -> Matrix3 {
        let (c, s) = (scale * cos(turn), scale * sin(turn))
        let around = Matrix3(rows: Vector3(c, -s, 0), Vector3(s, c, 0), Vector3(0, 0, 1))
        let pixels = around.moved(
            from: (-template.middle.x, -template.middle.y), to: (-picture.middle.x, -picture.middle.y))
        // The picture as the template would see it but for a shift.
        let seen = samplePlane(
            picture.plane, map: pixels.values, width: template.width, height: template.height, cubic: false,
            withSlopes: false)
        let turned = AlignmentPicture(
            plane: WeightedPlane(
                width: template.width, height: template.height, values: seen.values, weights: seen.weights))
        var phase = PhaseCorrelation()
        phase.leastRatio = 1.2
        let found = try phase.shift(template, turned)
        // turned(x + u) = template(x), and turned(x) = picture(around x).
        return around * Matrix3(rows: Vector3(1, 0, found.x), Vector3(0, 1, found.y), Vector3(0, 0, 1))
    }

    private static func step(_ side: Int) -> Double { log(Double(side) / 2 / 4) / Double(radii) }

    /// The size of the spectrum over half a turn (columns) and logarithmic radii from 4 to half the side (rows).
    private static func logPolar(_ picture: AlignmentPicture, side: Int) -> [Double] {
        let plane = ComplexPlane(
            PhaseCorrelation.windowed(picture), of: (picture.width, picture.height), width: side, height: side)
        let spectrum = plane.transformed()
        func size(_ x: Int, _ y: Int) -> Double {
            let at = (y + side) % side * side + (x + side) % side
            return (spectrum.real[at] * spectrum.real[at] + spectrum.imaginary[at] * spectrum.imaginary[at])
                .squareRoot()
        }
        var out = [Double](repeating: 0, count: angles * radii)
        for row in 0..<radii {
            let radius = 4 * exp(Double(row) * step(side))
            // The window fades at both ends; the strong low frequencies are held back (their emphasis filter).
            let window = 0.5 - 0.5 * cos(2 * .pi * (Double(row) + 0.5) / Double(radii))
            for column in 0..<angles {
                let angle = .pi * Double(column) / Double(angles)
                let (x, y) = (radius * cos(angle), radius * sin(angle))
                let (x0, y0) = (x.rounded(.down), y.rounded(.down))
                let (s, t) = (x - x0, y - y0)
                let (i, j) = (Int(x0), Int(y0))
                let top = size(i, j) * (1 - s) + size(i + 1, j) * s
                let bottom = size(i, j + 1) * (1 - s) + size(i + 1, j + 1) * s
                out[row * angles + column] = window * log(1 + 100 * (top * (1 - t) + bottom * t))
            }
        }
        let mean = out.reduce(0, +) / Double(out.count)
        return out.map { $0 - mean }
    }
}
