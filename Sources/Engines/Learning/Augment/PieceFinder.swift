internal import Imaging

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Finds single pieces in photographs of many, such as one apple of a pile: round, brighter than the gaps around it, and
/// with others of its colour in the same picture.
///
/// Pieces are the largest differences of neighbouring Gaussians over place and size (Lindeberg 1998, section 4), on the
/// brightest channel of a small picture.
enum PieceFinder {
    /// The side of the small picture that is looked at.
    static let side = 64
    /// How many pieces a picture has at most.
    static let most = 12

    /// A disc in a picture, in shares of its sides from 0 to 1.
    struct Piece: Hashable, Sendable {
        var x: Double
        var y: Double
        var radius: Double
    }

    /// How much brighter than its surroundings a piece is at least.
    private static let contrast: Float = 0.012
    /// How near colours of one kind of thing are, and how many of the others must be as near.
    private static let kinship: (distance: Float, count: Int) = (0.25, 3)
    /// How far from the middle a piece may stand, in shares of half a side.
    private static let reach = 0.7

    /// The pieces near the middle that have others of their colour, in no order that means anything.
    static func pieces(of image: Image) throws -> [Piece] {
        let small = try image.resized(width: side, height: side, by: .area).converted(to: .rgb8)
        let pixels = small.withPixels { bytes in
            (0..<(side * side)).map { at -> SIMD3<Float> in
                let from = at / side * small.stride + 3 * (at % side)
                return SIMD3(Float(bytes[from]), Float(bytes[from + 1]), Float(bytes[from + 2])) / 255
            }
        }
        let found = Spots(pixels.map { $0.max() }).found.sorted { $0.height > $1.height }.prefix(most)
        let colours = found.map { colour(pixels, at: $0.x, $0.y) }
        return found.indices.compactMap { own in
            let kin = colours.count { difference($0, colours[own]) < kinship.distance } - 1
            let piece = found[own].piece
            guard kin >= kinship.count, abs(piece.x * 2 - 1) < reach, abs(piece.y * 2 - 1) < reach else { return nil }
            return piece
        }
    }

    private static func colour(_ pixels: [SIMD3<Float>], at x: Int, _ y: Int) -> SIMD3<Float> {
        var sum = SIMD3<Float>()
        for down in -1...1 {
            for across in -1...1 {
                let (column, row) = (min(side - 1, max(0, x + across)), min(side - 1, max(0, y + down)))
                sum += pixels[row * side + column]
            }
        }
        return sum / 9
    }

    private static func difference(_ left: SIMD3<Float>, _ right: SIMD3<Float>) -> Float {
        let gap = left - right
        return abs(gap.x) + abs(gap.y) + abs(gap.z)
    }

    /// A place that is brighter than its surroundings at one size.
    private struct Spot {
        let x: Int
        let y: Int
        let height: Float
        let radius: Double

        var piece: Piece {
            Piece(
                x: (Double(x) + 0.5) / Double(side), y: (Double(y) + 0.5) / Double(side), radius: radius / Double(side))
        }
    }

    /// Differences of Gaussians of growing size, and where they are largest.
    private struct Spots {
        /// The size of the first Gaussian, what each next one is larger by, and radius of a piece over size.
        private static let sizes: (first: Double, factor: Double, radius: Double) = (2, 1.4, 1.7)
        private static let count = 5
        private var differences: [[Float]] = []

        init(_ values: [Float]) {
            var size = Self.sizes.first
            var last = Gaussian.blurred(values, side: side, deviation: size)
            for _ in 0..<Self.count {
                size *= Self.sizes.factor
                let next = Gaussian.blurred(values, side: side, deviation: size)
                differences.append(zip(last, next).map { $0 - $1 })
                last = next
            }
        }

        var found: [Spot] {
            var spots: [Spot] = []
            var radius = Self.sizes.first * Self.sizes.radius
            for level in differences.indices {
                let inner = max(1, Int(radius.rounded()) - 1)
                for y in inner..<(side - inner) {
                    for x in inner..<(side - inner) where isLargest(level, x, y) {
                        spots.append(Spot(x: x, y: y, height: differences[level][y * side + x], radius: radius))
                    }
                }
                radius *= Self.sizes.factor
            }
            return spots
        }

        private func isLargest(_ level: Int, _ x: Int, _ y: Int) -> Bool {
            let at = y * side + x
            let own = differences[level][at]
            guard own > contrast else { return false }
            for next in [level - 1, level + 1] where differences.indices.contains(next) {
                if differences[next][at] > own { return false }
            }
            for row in max(0, y - 1)...min(side - 1, y + 1) {
                for column in max(0, x - 1)...min(side - 1, x + 1) where differences[level][row * side + column] > own {
                    return false
                }
            }
            return true
        }
    }
}

/// Blurs that cost the same at every size: three running means a direction, which come near a Gaussian.
enum Gaussian {
    /// A square of values, blurred; beyond the edge the nearest value goes on.
    static func blurred(_ values: [Float], side: Int, deviation: Double) -> [Float] {
        // Three means over 2 r + 1 values have a variance of r (r + 1).
        let radius = max(1, Int(((1 + 4 * deviation * deviation).squareRoot() / 2 - 0.5).rounded()))
        var result = values
        for _ in 0..<3 {
            result = mean(result, side: side, radius: radius, step: 1, line: side)
            result = mean(result, side: side, radius: radius, step: side, line: 1)
        }
        return result
    }

    private static func mean(_ values: [Float], side: Int, radius: Int, step: Int, line: Int) -> [Float] {
        var result = values
        let share = 1 / Float(2 * radius + 1)
        for number in 0..<side {
            let start = number * line
            func value(_ place: Int) -> Float { values[start + min(side - 1, max(0, place)) * step] }
            var sum: Float = 0
            for place in -radius...radius { sum += value(place) }
            for place in 0..<side {
                result[start + place * step] = sum * share
                sum += value(place + radius + 1) - value(place - radius)
            }
        }
        return result
    }
}
