/// What the nearest code of another picture is, by codes that were not rounded.
package struct NearestRoot: Sendable, Hashable {
    /// Its number; -1 where there is none.
    package var index = -1
    /// Its squared distance.
    package var best = Float.infinity
    /// The squared distance of the second nearest.
    package var second = Float.infinity
}

/// For each row of `a` the nearest of `b`, rows of 128 values; the plain form that codes of 7 bits are held against.
package func nearestRoots(_ a: [Float], _ b: [Float]) -> [NearestRoot] {
    precondition(a.count % 128 == 0 && b.count % 128 == 0)
    return a.withUnsafeBytes { a in
        b.withUnsafeBytes { b in
            stride(from: 0, to: a.count, by: 512).map { row in
                var found = NearestRoot()
                for other in stride(from: 0, to: b.count, by: 512) {
                    let distance = squaredDistance(a, row, b, other)
                    if distance < found.best {
                        found.second = found.best
                        (found.index, found.best) = (other / 512, distance)
                    } else if distance < found.second {
                        found.second = distance
                    }
                }
                return found
            }
        }
    }
}

@inline(__always)
private func squaredDistance(
    _ a: UnsafeRawBufferPointer, _ row: Int, _ b: UnsafeRawBufferPointer, _ other: Int
) -> Float {
    var sum = SIMD16<Float>.zero
    for part in 0..<8 {
        let p = a.loadUnaligned(fromByteOffset: row + part * 64, as: SIMD16<Float>.self)
        let q = b.loadUnaligned(fromByteOffset: other + part * 64, as: SIMD16<Float>.self)
        sum += (p - q) * (p - q)
    }
    return sum.sum()
}
