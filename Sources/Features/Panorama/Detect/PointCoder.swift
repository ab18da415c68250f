import Imaging
internal import Kernels

/// Where points come from.
package enum PointFinder: String, Sendable, CaseIterable {
    /// Extrema of differences of Gaussians over place and scale (Lowe 2004).
    case scaleSpace
    /// Corners of one scale (Harris and Stephens 1988).
    case corners
}

/// What points are told apart by.
public enum PointCode: String, Sendable, CaseIterable {
    /// 4 x 4 x 8 histograms of gradients (Lowe 2004), rooted (Arandjelovic and Zisserman 2012).
    case gradients
    /// 8 x 8 samples of mean 0 and size 1 (Brown, Szeliski and Winder 2005).
    case patch
}

/// Makes the codes of points of one level of blur.
struct PointCoder {
    private let field: GradientField
    private let plane: WeightedPlane?
    private let code: PointCode
    private let normalisesShape: Bool

    init(field: GradientField, level: FloatImage, code: PointCode, normalisesShape: Bool) {
        self.field = field
        self.code = code
        self.normalisesShape = normalisesShape
        plane =
            code == .patch || normalisesShape
            ? WeightedPlane(width: level.width, height: level.height, values: level.values) : nil
    }

    /// Appends one code for each direction of a point; returns how many.
    func append(_ point: ScalePoint, sigma: Float, codes: inout [UInt8], norms: inout [Int32]) -> Int {
        if normalisesShape, let plane,
            let shape = AffineShape(plane, x: Double(point.x), y: Double(point.y), sigma: Double(sigma))
        {
            return append(through: shape, plane, point, sigma: sigma, codes: &codes, norms: &norms)
        }
        var count = 0
        for turn in field.dominantTurns(x: point.x, y: point.y, sigma: sigma) {
            let place = codes.count
            codes.append(contentsOf: repeatElement(0, count: 128))
            if code == .patch, let plane {
                guard
                    let norm = patchCode(
                        plane, x: point.x, y: point.y, spacing: 1.5 * sigma, turn: turn, into: &codes, at: place)
                else {
                    codes.removeLast(128)
                    continue
                }
                norms.append(norm)
            } else {
                norms.append(field.code(x: point.x, y: point.y, sigma: sigma, turn: turn, into: &codes, at: place))
            }
            count += 1
        }
        return count
    }

    /// What the codes of gradients of a point were before they were rounded, one after the other.
    func roots(_ point: ScalePoint, sigma: Float) -> [Float] {
        field.dominantTurns(x: point.x, y: point.y, sigma: sigma).flatMap {
            field.roots(x: point.x, y: point.y, sigma: sigma, turn: $0)
        }
    }

    /// The codes of a patch that was made round, 1.6 samples to sigma.
    private func append(
        through shape: AffineShape, _ plane: WeightedPlane, _ point: ScalePoint, sigma: Float, codes: inout [UInt8],
        norms: inout [Int32]
    ) -> Int {
        let half = 20
        let values = AffineShape.patch(
            plane, x: Double(point.x), y: Double(point.y), shape: shape, spacing: Double(sigma) / 1.6, half: half)
        let side = 2 * half + 1
        let round = GradientField(values.span, width: side, height: side)
        let turns = round.dominantTurns(x: Float(half), y: Float(half), sigma: 1.6)
        for turn in turns {
            let place = codes.count
            codes.append(contentsOf: repeatElement(0, count: 128))
            norms.append(round.code(x: Float(half), y: Float(half), sigma: 1.6, turn: turn, into: &codes, at: place))
        }
        return turns.count
    }
}
