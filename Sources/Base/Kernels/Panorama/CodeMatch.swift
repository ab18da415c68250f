internal import CKernels

/// Codes of 128 values of 7 bits, laid out for matching against.
package struct PackedCodes: Sendable {
    /// How many codes there are.
    package let count: Int
    /// 128 values a code.
    package let rows: [UInt8]
    fileprivate let packed: [UInt8]
    let norms: [Int32]
    /// The squared lengths of the codes.
    package var squaredLengths: [Int32] { Array(norms.prefix(count)) }

    /// Takes rows of 128 values 0...127 and their squared lengths.
    package init(rows: [UInt8], norms: [Int32]) {
        precondition(rows.count == norms.count * 128)
        count = norms.count
        self.rows = rows
        let padded = (count + 15) / 16 * 16
        var packed = [UInt8](repeating: 0, count: padded * 128)
        vk_pack_codes(rows, count, &packed)
        self.packed = packed
        // Padding is farther away than any code.
        self.norms = norms + [Int32](repeating: 1 << 29, count: padded - count)
    }
}

extension PackedCodes {
    /// The squared distance of code `index` to code `other` of another set.
    @inline(__always)
    func distance(_ index: Int, to other: PackedCodes, _ otherIndex: Int) -> Int32 {
        rows.withUnsafeBufferPointer { a in
            other.rows.withUnsafeBufferPointer { b in
                var sum = SIMD16<Int16>.zero
                var total: Int32 = 0
                guard let p = a.baseAddress, let q = b.baseAddress else { return 0 }
                let (left, right) = (UnsafeRawPointer(p) + index * 128, UnsafeRawPointer(q) + otherIndex * 128)
                for part in 0..<8 {
                    let x = left.loadUnaligned(fromByteOffset: part * 16, as: SIMD16<UInt8>.self)
                    let y = right.loadUnaligned(fromByteOffset: part * 16, as: SIMD16<UInt8>.self)
                    let d = SIMD16<Int16>(truncatingIfNeeded: x) &- SIMD16<Int16>(truncatingIfNeeded: y)
                    sum = d &* d
                    // 127² twice would leave 16 bits: each part is widened.
                    total &+= SIMD16<Int32>(truncatingIfNeeded: sum).wrappedSum()
                }
                return total
            }
        }
    }
}

/// What the nearest code of another picture is.
package struct NearestCode: Sendable, Hashable {
    /// Its number.
    package let index: Int
    /// Its squared distance.
    package let best: Int32
    /// The squared distance of the second nearest.
    package let second: Int32

    /// A nearest code of the given values.
    package init(index: Int, best: Int32, second: Int32) {
        self.index = index
        self.best = best
        self.second = second
    }
}

/// For each code of `a` the nearest of `b`, and for each of `b` the number of the nearest of `a`; empty without codes.
package func nearestCodes(
    _ a: PackedCodes, _ b: PackedCodes, variant: KernelVariant = .best
) -> (forward: [NearestCode], backward: [Int]) {
    let (forward, backward) = nearestCodesWithDistances(a, b, variant: variant)
    return (forward, backward.map(\.index))
}

/// The same with the squared distances of the way back.
func nearestCodesWithDistances(
    _ a: PackedCodes, _ b: PackedCodes, variant: KernelVariant = .best
) -> (forward: [NearestCode], backward: [(index: Int, best: Int32)]) {
    guard a.count > 0, b.count > 0 else { return ([], []) }
    var rows = [vk_nearest](repeating: vk_nearest(), count: a.count)
    var index = [Int32](repeating: -1, count: b.norms.count)
    var best = index
    vk_match_codes(
        a.rows, a.norms, a.count, b.packed, b.norms, b.count, &rows, &index, &best, variant.code)
    return (
        rows.map { NearestCode(index: Int($0.index), best: $0.best, second: $0.second) },
        (0..<b.count).map { (Int(index[$0]), best[$0]) }
    )
}
