import Basics
import Kernels
import Testing

/// The plain definitions, in doubles.
private enum Oracle {
    static func dot(_ a: [Float], _ b: [Float]) -> Double { zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) } }

    static func distance(_ a: [Float], _ b: [Float]) -> Double {
        zip(a, b).reduce(0) { $0 + (Double($1.0) - Double($1.1)) * (Double($1.0) - Double($1.1)) }
    }
}

@Suite("Distances of vectors")
struct DistanceTests {
    @Test("every variant agrees with the definition on floats of 1 to 300 values", arguments: KernelVariant.supported)
    func floats(variant: KernelVariant) {
        var random = SeededRandom(seed: 1)
        for count in 0...300 {
            let a = (0..<count).map { _ in Float.random(in: -2...2, using: &random) }
            let b = (0..<count).map { _ in Float.random(in: -2...2, using: &random) }
            let scale = 1e-5 * Double(max(1, count))
            let dot = Double(dotProduct(a.span, b.span, variant: variant))
            let apart = Double(squaredDistance(a.span, b.span, variant: variant))
            #expect(abs(dot - Oracle.dot(a, b)) <= scale, "\(count) values")
            #expect(abs(apart - Oracle.distance(a, b)) <= 4 * scale, "\(count) values")
            let lengths = (Oracle.dot(a, a) * Oracle.dot(b, b)).squareRoot()
            let cosine = lengths > 0 ? Oracle.dot(a, b) / lengths : 0
            #expect(abs(Double(cosineSimilarity(a.span, b.span, variant: variant)) - cosine) <= 1e-4, "\(count) values")
        }
    }

    @Test("every variant agrees with the definition on half floats", arguments: KernelVariant.supported)
    func halves(variant: KernelVariant) {
        var random = SeededRandom(seed: 2)
        for count in 0...300 {
            let a = (0..<count).map { _ in Float16(Float.random(in: -2...2, using: &random)) }
            let b = (0..<count).map { _ in Float16(Float.random(in: -2...2, using: &random)) }
            let (wideA, wideB) = (a.map { Float($0) }, b.map { Float($0) })
            let scale = 1e-5 * Double(max(1, count))
            let dot = Double(dotProduct(a.span, b.span, variant: variant))
            let apart = Double(squaredDistance(a.span, b.span, variant: variant))
            #expect(abs(dot - Oracle.dot(wideA, wideB)) <= scale, "\(count) values")
            #expect(abs(apart - Oracle.distance(wideA, wideB)) <= 4 * scale, "\(count) values")
            let cosine = cosineSimilarity(wideA.span, wideB.span, variant: .plain)
            #expect(abs(cosineSimilarity(a.span, b.span, variant: variant) - cosine) <= 1e-4, "\(count) values")
        }
    }

    @Test("bytes are exact in every variant, the smallest and the largest too", arguments: KernelVariant.supported)
    func bytes(variant: KernelVariant) {
        var random = SeededRandom(seed: 3)
        for count in 0...300 {
            let extremes: [(Int8, Int8)] = [(-128, -128), (-128, 127), (127, 127), (0, -128)]
            var pairs = extremes.map { ends in
                ([Int8](repeating: ends.0, count: count), [Int8](repeating: ends.1, count: count))
            }
            pairs.append(
                (
                    (0..<count).map { _ in Int8.random(in: .min ... .max, using: &random) },
                    (0..<count).map { _ in Int8.random(in: .min ... .max, using: &random) }
                ))
            for (a, b) in pairs {
                let dot = zip(a, b).reduce(0) { $0 + Int32($1.0) * Int32($1.1) }
                let apart = zip(a, b).reduce(Int32(0)) { sum, pair in
                    let step = Int32(pair.0) - Int32(pair.1)
                    return sum + step * step
                }
                #expect(dotProduct(a.span, b.span, variant: variant) == dot, "\(count) values")
                #expect(squaredDistance(a.span, b.span, variant: variant) == apart, "\(count) values")
            }
        }
    }

    @Test("the cosine is 0 where a vector has no length, and never leaves -1...1")
    func cosines() {
        let zero: [Float] = [0, 0, 0]
        let one: [Float] = [3, 4, 0]
        #expect(cosineSimilarity(zero.span, one.span) == 0)
        #expect(cosineSimilarity(one.span, one.span) == 1)
        let bytes: [Int8] = [-128, 5, 127]
        #expect(abs(cosineSimilarity(bytes.span, bytes.span) - 1) <= 1e-6)
    }

    @Test("half floats come and go without loss, and round to the nearest even one", arguments: KernelVariant.supported)
    func conversion(variant: KernelVariant) {
        let all = (UInt16.min ... .max).map { Float16(bitPattern: $0) }.filter { !$0.isNaN }
        let wide = Kernels.floats(of: all.span, variant: variant)
        #expect(zip(all, wide).allSatisfy { Float($0) == $1 })
        #expect(zip(halfFloats(of: wide.span, variant: variant), all).allSatisfy { $0.bitPattern == $1.bitPattern })
        var random = SeededRandom(seed: 4)
        let values =
            [Float](arrayLiteral: 65_519, 65_520, -70_000, .infinity, 1e-8, 5.97e-8, 3e-8, 0.1, 1.00048828125)
            + (0..<5000).map { _ in
                Float(bitPattern: UInt32.random(in: .min ... .max, using: &random))
            }.filter { !$0.isNaN }
        let rounded = halfFloats(of: values.span, variant: variant)
        #expect(zip(values, rounded).allSatisfy { Float16($0).bitPattern == $1.bitPattern })
    }
}
