/// For each code of `a` the nearest among the codes of `b` that lie within a radius of where it is expected, and the
/// nearest of those that stand elsewhere (over three pixels from it).
///
/// - Parameters:
///   - expectedX: Column in `b`'s coordinates for each code of `a`; what is no number has no answer.
///   - x: Columns of the codes of `b`.
package func guidedCodes(
    _ a: PackedCodes, expectedX: [Float], expectedY: [Float], _ b: PackedCodes, x: [Float], y: [Float], radius: Float
) -> [NearestCode] {
    precondition(expectedX.count == a.count && expectedY.count == a.count && x.count == b.count && y.count == b.count)
    precondition(radius > 0)
    // Drawers of one radius each way.
    var drawers: [SIMD2<Int32>: [Int32]] = [:]
    for at in 0..<b.count where abs(x[at]) < 1e6 && abs(y[at]) < 1e6 {
        drawers[SIMD2(Int32((x[at] / radius).rounded(.down)), Int32((y[at] / radius).rounded(.down))), default: []]
            .append(Int32(at))
    }
    return (0..<a.count).map { query in
        let (px, py) = (expectedX[query], expectedY[query])
        var (best, second, index) = (Int32.max, Int32.max, -1)
        guard px.isFinite, py.isFinite, abs(px) < 1e6, abs(py) < 1e6 else {
            return NearestCode(index: -1, best: best, second: second)
        }
        let (column, row) = (Int32((px / radius).rounded(.down)), Int32((py / radius).rounded(.down)))
        var near: [(Int, Int32)] = []
        for dy in -1...1 {
            for dx in -1...1 {
                for candidate in drawers[SIMD2(column + Int32(dx), row + Int32(dy))] ?? [] {
                    let at = Int(candidate)
                    let (ux, uy) = (x[at] - px, y[at] - py)
                    guard ux * ux + uy * uy <= radius * radius else { continue }
                    let distance = a.distance(query, to: b, at)
                    near.append((at, distance))
                    if distance < best || distance == best && at < index { (best, index) = (distance, at) }
                }
            }
        }
        for (at, distance) in near where distance < second {
            let (ux, uy) = (x[at] - x[index], y[at] - y[index])
            if ux * ux + uy * uy > 9 { second = distance }
        }
        return NearestCode(index: index, best: best, second: second)
    }
}

/// How often codes fall into each of 64 cells by the signs of six sums of their values, relative to a middle code.
package func cellCounts(_ codes: PackedCodes, middle: [Float]) -> [Float] {
    precondition(middle.count == 128)
    var counts = [Float](repeating: 0, count: 64)
    for row in 0..<codes.count {
        var sums = SIMD8<Float>.zero
        for d in 0..<128 {
            let value = Float(codes.rows[row * 128 + d]) - middle[d]
            // Six patterns of signs, each of its own period.
            for bit in 0..<6 { sums[bit] += (d * (bit + 3) * 37 >> 4) & 1 == 0 ? value : -value }
        }
        var cell = 0
        for bit in 0..<6 where sums[bit] > 0 { cell |= 1 << bit }
        counts[cell] += 1
    }
    return counts
}

/// The mean of codes, value by value.
package func meanCode(_ codes: PackedCodes) -> [Float] {
    var sums = [Float](repeating: 0, count: 128)
    for row in 0..<codes.count { for d in 0..<128 { sums[d] += Float(codes.rows[row * 128 + d]) } }
    return sums.map { $0 / Float(max(1, codes.count)) }
}
