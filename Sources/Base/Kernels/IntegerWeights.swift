/// Whole-number weights in 1/16,384 whose sum is the rounded sum of the given ones.
///
/// What rounding leaves over goes, one unit each, to the weights that it changed most (largest remainders), so that one
/// colour stays that colour and no single weight stands out.
package func integerWeights(_ weights: [Double]) -> [Int16] {
    let exact = weights.map { $0 * 16_384 }
    var whole = exact.map { Int($0.rounded()) }
    let rest = Int(exact.reduce(0, +).rounded()) - whole.reduce(0, +)
    let step = rest.signum()
    let order = exact.indices.sorted { first, second in
        let one = (exact[first] - Double(whole[first])) * Double(step)
        let other = (exact[second] - Double(whole[second])) * Double(step)
        return one != other ? one > other : first < second
    }
    for index in order.prefix(abs(rest)) { whole[index] += step }
    return whole.map { Int16(clamping: $0) }
}

/// Whole-number weights in 1/16,384 whose sum is the rounded sum of the given ones.
package func integerWeights(_ weights: [Float]) -> [Int16] { integerWeights(weights.map { Double($0) }) }
