internal import Kernels

/// What is least at the right shift of one picture over another.
public enum ShiftMeasure: Sendable, Hashable {
    /// The mean of [I1(x+u) - I0(x)]² over the overlap (equation 1.7).
    case squares
    /// The mean of a robust loss whose scale is given in samples (0...1).
    case robust(DirectLoss, scale: Float)
    /// The mean of [I1(x+u) - (1+α) I0(x) - β]² for the best α and β, in closed form.
    case gainBias
    /// 1 less the normalised correlation, which is 0...2 and does not depend on gain and bias.
    case correlation
}

/// The best shift of a picture: I1(x + u) is I0(x).
public struct FoundShift: Sendable, Hashable {
    /// Pixels to the right, with fractions.
    public var x: Double
    /// Pixels downwards.
    public var y: Double
    /// The measure there, at whole pixels; lower is better.
    public var score: Double
    /// Pixels of the first picture that were laid over the second one in all, over all shifts that were tried.
    public var samples = 0
}

/// Searches for the shift between two pictures by trying whole-pixel shifts (chapter 3.1).
public struct ShiftSearch: Sendable {
    /// What is made least.
    public var measure: ShiftMeasure
    /// Least overlap as a share of the smaller picture's weight.
    public var leastOverlap = 0.2
    /// Shifts of up to so many pixels are tried, each way.
    public var radius = 32

    /// A search by a measure.
    public init(_ measure: ShiftMeasure = .squares, radius: Int = 32) {
        self.measure = measure
        self.radius = radius
    }

    /// The measure at one shift.
    ///
    /// - Throws: `noOverlap`, or `noTexture` where correlation is asked for and one side is flat.
    public func score(
        _ template: AlignmentPicture, _ picture: AlignmentPicture, x: Int, y: Int
    ) throws(DirectError) -> Double {
        let needed = leastOverlap * min(Self.mass(template), Self.mass(picture))
        return try score(template, picture, x, y, needed: needed)
    }

    private func score(
        _ template: AlignmentPicture, _ picture: AlignmentPicture, _ x: Int, _ y: Int, needed: Double
    ) throws(DirectError) -> Double {
        if case .robust(let loss, let scale) = measure {
            let sum = shiftCost(
                template.plane, picture.plane, shiftX: x, shiftY: y, loss: loss.kernel(scale: scale))
            guard sum.weight > 0, sum.weight >= needed else { throw .noOverlap }
            return sum.cost / sum.weight
        }
        let moments = shiftMoments(template.plane, picture.plane, shiftX: x, shiftY: y)
        return try Self.score(measure, moments, needed: needed)
    }

    /// A measure out of the sums of an overlap; robust ones have no such form and are taken as squares.
    static func score(_ measure: ShiftMeasure, _ s: ShiftMoments, needed: Double) throws(DirectError) -> Double {
        guard s.weight > 1e-9, s.weight >= needed else { throw .noOverlap }
        let aa = max(0, s.aa - s.a * s.a / s.weight)
        let bb = max(0, s.bb - s.b * s.b / s.weight)
        let ab = s.ab - s.a * s.b / s.weight
        // Half a thousandth of the range: nobody tells that from noise.
        let flat = 2.5e-7 * s.weight
        switch measure {
        case .squares, .robust: return max(0, s.aa - 2 * s.ab + s.bb) / s.weight
        case .gainBias:
            guard aa > flat else { throw .noTexture }
            return max(0, bb - ab * ab / aa) / s.weight
        case .correlation:
            guard aa > flat, bb > flat else { throw .noTexture }
            return 1 - ab / (aa * bb).squareRoot()
        }
    }

    static func mass(_ picture: AlignmentPicture) -> Double {
        guard let weights = picture.plane.weights else { return Double(picture.width * picture.height) }
        return weights.reduce(0.0) { $0 + Double(max(0, $1)) }
    }

    /// The best of all shifts within the radius of a start, with the fraction of a pixel by a parabola.
    ///
    /// - Throws: `noOverlap` or `noTexture` when no shift has a score.
    public func full(
        _ template: AlignmentPicture, _ picture: AlignmentPicture, aroundX: Int = 0, aroundY: Int = 0
    ) throws(DirectError) -> FoundShift {
        try search(template, picture, aroundX, aroundY, radius: radius)
    }

    /// Coarse to fine: all shifts on the smallest of at most `levels` levels, then twice the shift and ±1 on each next.
    ///
    /// - Throws: As `full`.
    public func hierarchical(
        _ template: AlignmentPicture, _ picture: AlignmentPicture, levels: Int = 3
    ) throws(DirectError) -> FoundShift {
        guard let a = try? template.pyramid(levels: levels), let b = try? picture.pyramid(levels: levels) else {
            throw .noOverlap
        }
        let count = min(a.count, b.count)
        let reach = max(1, (radius + (1 << (count - 1)) - 1) >> (count - 1))
        var found = try search(a[count - 1], b[count - 1], 0, 0, radius: reach)
        for level in (0..<(count - 1)).reversed() {
            let before = found.samples
            found = try search(
                a[level], b[level], Int((2 * found.x).rounded()), Int((2 * found.y).rounded()), radius: 1)
            found.samples += before
        }
        return found
    }

    private func search(
        _ template: AlignmentPicture, _ picture: AlignmentPicture, _ atX: Int, _ atY: Int, radius: Int
    ) throws(DirectError) -> FoundShift {
        let needed = leastOverlap * min(Self.mass(template), Self.mass(picture))
        var known: [SIMD2<Int>: Double] = [:]
        var why = DirectError.noOverlap
        var samples = 0
        func score(_ x: Int, _ y: Int) -> Double? {
            if let value = known[SIMD2(x, y)] { return value }
            samples += Self.overlap(template.width, picture.width, x) * Self.overlap(template.height, picture.height, y)
            do throws(DirectError) {
                let value = try self.score(template, picture, x, y, needed: needed)
                known[SIMD2(x, y)] = value
                return value
            } catch {
                if error == .noTexture { why = error }
                return nil
            }
        }
        var best: (x: Int, y: Int, score: Double)?
        for y in (atY - radius)...(atY + radius) {
            for x in (atX - radius)...(atX + radius) {
                guard let value = score(x, y), value < (best?.score ?? .infinity) else { continue }
                best = (x, y, value)
            }
        }
        guard let best else { throw why }
        let around = (-1...1).flatMap { row in (-1...1).map { score(best.x + $0, best.y + row) ?? .infinity } }
        let fraction = around.allSatisfy(\.isFinite) ? SubpixelPeak.offset(around) : (0, 0)
        return FoundShift(
            x: Double(best.x) + fraction.0, y: Double(best.y) + fraction.1, score: best.score, samples: samples)
    }

    /// Columns or rows that a shift leaves in common.
    private static func overlap(_ first: Int, _ second: Int, _ shift: Int) -> Int {
        max(0, min(first, second - shift) - max(0, -shift))
    }
}
