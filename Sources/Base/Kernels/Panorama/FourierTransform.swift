import Foundation

/// A plane of complex numbers whose sides are powers of two.
package struct ComplexPlane: Sendable {
    /// Width, a power of two.
    package let width: Int
    /// Height, a power of two.
    package let height: Int
    /// Real parts, row by row.
    package var real: [Double]
    /// Imaginary parts.
    package var imaginary: [Double]

    /// Zeros.
    package init(width: Int, height: Int) {
        precondition(width > 0 && width.nonzeroBitCount == 1 && height > 0 && height.nonzeroBitCount == 1)
        self.width = width
        self.height = height
        real = [Double](repeating: 0, count: width * height)
        imaginary = real
    }

    /// A picture in the corner of a larger plane of zeros.
    package init(_ values: [Double], of size: (width: Int, height: Int), width: Int, height: Int) {
        self.init(width: width, height: height)
        precondition(size.width <= width && size.height <= height && values.count == size.width * size.height)
        for row in 0..<size.height {
            for column in 0..<size.width { real[row * width + column] = values[row * size.width + column] }
        }
    }

    /// The least power of two that holds so many values.
    package static func side(holding count: Int) -> Int {
        var side = 1
        while side < count { side *= 2 }
        return side
    }

    /// The discrete transform Σ x e^(-2πi kn / N) in both directions, or its inverse with the factor 1 / N.
    package func transformed(inverse: Bool = false) -> ComplexPlane {
        var out = self
        let rows = TransformPlan(size: width, inverse: inverse)
        let columns = TransformPlan(size: height, inverse: inverse)
        for row in 0..<height {
            rows.run(&out.real, &out.imaginary, start: row * width, step: 1)
        }
        for column in 0..<width {
            columns.run(&out.real, &out.imaginary, start: column, step: width)
        }
        if inverse {
            let scale = 1 / Double(width * height)
            for at in out.real.indices {
                out.real[at] *= scale
                out.imaginary[at] *= scale
            }
        }
        return out
    }

    /// This plane times the conjugate of another: the transform of their correlation.
    package func timesConjugate(_ other: ComplexPlane) -> ComplexPlane {
        precondition(width == other.width && height == other.height)
        var out = self
        for at in real.indices {
            let (a, b, c, d) = (real[at], imaginary[at], other.real[at], other.imaginary[at])
            out.real[at] = a * c + b * d
            out.imaginary[at] = b * c - a * d
        }
        return out
    }

    /// Each number divided by its size, and weakened at high frequencies like a blur of `sigma` pixels.
    package func phases(sigma: Double) -> ComplexPlane {
        var out = self
        func falls(_ index: Int, _ size: Int) -> Double {
            let frequency = 2 * .pi * Double(index <= size / 2 ? index : index - size) / Double(size)
            return exp(-0.5 * sigma * sigma * frequency * frequency)
        }
        let across = (0..<width).map { falls($0, width) }
        for row in 0..<height {
            let down = falls(row, height)
            for column in 0..<width {
                let at = row * width + column
                let size = (real[at] * real[at] + imaginary[at] * imaginary[at]).squareRoot()
                let factor = size > 1e-12 ? across[column] * down / size : 0
                out.real[at] *= factor
                out.imaginary[at] *= factor
            }
        }
        return out
    }
}

/// Twiddles and the order of one line (Cooley and Tukey 1965, radix 2).
private struct TransformPlan {
    let size: Int
    let cosines: [Double]
    let sines: [Double]
    let order: [Int]

    init(size: Int, inverse: Bool) {
        self.size = size
        let sign = inverse ? 2.0 : -2.0
        cosines = (0..<max(1, size / 2)).map { cos(sign * .pi * Double($0) / Double(size)) }
        sines = (0..<max(1, size / 2)).map { sin(sign * .pi * Double($0) / Double(size)) }
        let bits = size.trailingZeroBitCount
        order = (0..<size).map { index in
            (0..<bits).reduce(0) { $0 << 1 | (index >> $1 & 1) }
        }
    }

    func run(_ real: inout [Double], _ imaginary: inout [Double], start: Int, step: Int) {
        var (re, im) = ([Double](repeating: 0, count: size), [Double](repeating: 0, count: size))
        for index in 0..<size {
            re[order[index]] = real[start + index * step]
            im[order[index]] = imaginary[start + index * step]
        }
        var half = 1
        while half < size {
            let skip = size / (2 * half)
            for block in stride(from: 0, to: size, by: 2 * half) {
                for inner in 0..<half {
                    let (c, s) = (cosines[inner * skip], sines[inner * skip])
                    let (p, q) = (block + inner, block + inner + half)
                    let (x, y) = (re[q] * c - im[q] * s, re[q] * s + im[q] * c)
                    re[q] = re[p] - x
                    im[q] = im[p] - y
                    re[p] += x
                    im[p] += y
                }
            }
            half *= 2
        }
        for index in 0..<size {
            real[start + index * step] = re[index]
            imaginary[start + index * step] = im[index]
        }
    }
}
