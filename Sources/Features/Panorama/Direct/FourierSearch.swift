internal import Kernels

/// All shifts at once by Fourier transforms: F⁻¹{F1 F0*}, with masks and normalised by the overlap (Padfield 2012).
///
/// Gives the same scores as trying each shift, for the measures that follow from sums of products.
public struct FourierSearch: Sendable {
    /// What is made least; robust measures have no such form and count as squares.
    public var measure: ShiftMeasure
    /// Least overlap as a share of the smaller picture's weight.
    public var leastOverlap = 0.2

    /// A search by a measure.
    public init(_ measure: ShiftMeasure = .correlation) { self.measure = measure }

    /// Sums of products of two pictures for every shift.
    struct AllMoments {
        let width: Int
        let height: Int
        let planes: [[Double]]

        /// The sums at a shift of less than the picture's size.
        func moments(x: Int, y: Int) -> ShiftMoments {
            let at = (y < 0 ? y + height : y) * width + (x < 0 ? x + width : x)
            return ShiftMoments(
                weight: planes[0][at] < 1e-6 ? 0 : planes[0][at],
                a: planes[1][at], b: planes[2][at], aa: planes[3][at], bb: planes[4][at], ab: planes[5][at])
        }
    }

    /// The measure at one shift out of the sums of all.
    func score(_ all: AllMoments, x: Int, y: Int, needed: Double) throws(DirectError) -> Double {
        try ShiftSearch.score(measure, all.moments(x: x, y: y), needed: needed)
    }

    static func moments(_ template: AlignmentPicture, _ picture: AlignmentPicture) -> AllMoments {
        let width = ComplexPlane.side(holding: template.width + picture.width)
        let height = ComplexPlane.side(holding: template.height + picture.height)
        func spectra(_ p: AlignmentPicture) -> [ComplexPlane] {
            let weights = p.plane.weights?.map { Double(max(0, $0)) }
            let w = weights ?? [Double](repeating: 1, count: p.plane.values.count)
            let values = zip(p.plane.values, w).map { $1 > 0 ? Double($0) : 0 }
            let (once, twice) = (zip(w, values).map { $0 * $1 }, zip(w, values).map { $0 * $1 * $1 })
            return [w, once, twice].map {
                ComplexPlane($0, of: (p.width, p.height), width: width, height: height).transformed()
            }
        }
        let (a, b) = (spectra(template), spectra(picture))
        let pairs = [(0, 0), (1, 0), (0, 1), (2, 0), (0, 2), (1, 1)]
        let planes = pairs.map { b[$0.1].timesConjugate(a[$0.0]).transformed(inverse: true).real }
        return AllMoments(width: width, height: height, planes: planes)
    }

    /// The best of all shifts, with the fraction of a pixel by a parabola.
    ///
    /// - Throws: `noOverlap` or `noTexture` when no shift has a score.
    public func shift(
        _ template: AlignmentPicture, _ picture: AlignmentPicture
    ) throws(DirectError) -> FoundShift {
        let all = Self.moments(template, picture)
        let needed = leastOverlap * min(ShiftSearch.mass(template), ShiftSearch.mass(picture))
        var best: (x: Int, y: Int, score: Double)?
        var why = DirectError.noOverlap
        for y in (1 - template.height)..<picture.height {
            for x in (1 - template.width)..<picture.width {
                do throws(DirectError) {
                    let value = try score(all, x: x, y: y, needed: needed)
                    if value < (best?.score ?? .infinity) { best = (x, y, value) }
                } catch {
                    if error == .noTexture { why = error }
                }
            }
        }
        guard let best else { throw why }
        let around = (-1...1).flatMap { row in
            (-1...1).map { (try? score(all, x: best.x + $0, y: best.y + row, needed: needed)) ?? .infinity }
        }
        let fraction = around.allSatisfy(\.isFinite) ? SubpixelPeak.offset(around) : (0, 0)
        return FoundShift(x: Double(best.x) + fraction.0, y: Double(best.y) + fraction.1, score: best.score)
    }
}
