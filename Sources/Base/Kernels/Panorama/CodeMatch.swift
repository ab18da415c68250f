internal import CKernels

/// Codes of 128 values of 7 bits, laid out for matching against.
package struct PackedCodes: Sendable {
    /// How many codes there are.
    package let count: Int
    /// 128 values a code.
    package let rows: [UInt8]
    fileprivate let packed: [UInt8]
    fileprivate let norms: [Int32]
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

/// What the nearest code of another picture is.
package struct NearestCode: Sendable, Hashable {
    /// Its number.
    package let index: Int
    /// Its squared distance.
    package let best: Int32
    /// The squared distance of the second nearest.
    package let second: Int32
}

/// For each code of `a` the nearest of `b`, and for each of `b` the number of the nearest of `a`; empty without codes.
package func nearestCodes(
    _ a: PackedCodes, _ b: PackedCodes, variant: KernelVariant = .best
) -> (forward: [NearestCode], backward: [Int]) {
    guard a.count > 0, b.count > 0 else { return ([], []) }
    var rows = [vk_nearest](repeating: vk_nearest(), count: a.count)
    var index = [Int32](repeating: -1, count: b.norms.count)
    var best = index
    vk_match_codes(
        a.rows, a.norms, a.count, b.packed, b.norms, b.count, &rows, &index, &best, variant.code)
    return (
        rows.map { NearestCode(index: Int($0.index), best: $0.best, second: $0.second) },
        index[..<b.count].map { Int($0) }
    )
}
