#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The lowest frequencies of a 32 x 32 picture in whole numbers.
enum CosineTransform {
    private static let side = 32
    private static let low = 8

    /// Row u of the orthonormal DCT-II, times 2^20 and rounded: 8 x 32. Whole numbers make the hash the same wherever
    /// cosines differ in their last bit.
    private static let basis: [Int] = (0..<low).flatMap { u in
        (0..<side).map { x in
            let norm = u == 0 ? (1 / Double(side)).squareRoot() : (2 / Double(side)).squareRoot()
            return Int((norm * cos(Double.pi * (Double(x) + 0.5) * Double(u) / Double(side)) * 1_048_576).rounded())
        }
    }

    /// 64 coefficients, rows first; the first is the constant. Sums have at most 8 + 5 + 2 x 20 bits and a few more.
    static func lowest(_ pixels: [UInt8]) -> [Int] {
        precondition(pixels.count == side * side)
        var rows = [Int](repeating: 0, count: side * low)
        for y in 0..<side {
            for u in 0..<low {
                var sum = 0
                for x in 0..<side { sum += basis[u * side + x] * Int(pixels[y * side + x]) }
                rows[y * low + u] = sum
            }
        }
        var result = [Int](repeating: 0, count: low * low)
        for v in 0..<low {
            for u in 0..<low {
                var sum = 0
                for y in 0..<side { sum += basis[v * side + y] * rows[y * low + u] }
                result[v * low + u] = sum
            }
        }
        return result
    }
}
