import Basics
import Kernels
import Testing

@Suite("Nearest codes")
struct CodeMatchTests {
    private static func codes(_ count: Int, seed: UInt64) -> (rows: [UInt8], norms: [Int32]) {
        var random = SeededRandom(seed: seed)
        let rows = random.bytes(count * 128).map { $0 & 127 }
        return (rows, norms(rows))
    }

    private static func norms(_ rows: [UInt8]) -> [Int32] {
        (0..<(rows.count / 128)).map { row in
            (0..<128).reduce(Int32(0)) { $0 + Int32(rows[row * 128 + $1]) * Int32(rows[row * 128 + $1]) }
        }
    }

    @Test(
        "PANO-159 the nearest and the second are those of a plain loop, in every variant, for every count",
        arguments: KernelVariant.supported, [1, 2, 15, 16, 17, 40])
    func equalsOracle(variant: KernelVariant, count: Int) {
        let a = Self.codes(7, seed: 1)
        var b = Self.codes(count, seed: 2)
        // A copy makes a tie: the lower number wins.
        if count > 20 { b.rows.replaceSubrange((20 * 128)..<(21 * 128), with: b.rows[(3 * 128)..<(4 * 128)]) }
        b.norms = Self.norms(b.rows)
        func distance(_ i: Int, _ j: Int) -> Int32 {
            (0..<128).reduce(Int32(0)) { sum, k in
                let apart = Int32(a.rows[i * 128 + k]) - Int32(b.rows[j * 128 + k])
                return sum + apart * apart
            }
        }
        let found = nearestCodes(
            PackedCodes(rows: a.rows, norms: a.norms), PackedCodes(rows: b.rows, norms: b.norms), variant: variant)
        for i in 0..<7 {
            let all = (0..<count).map { distance(i, $0) }
            let sorted = all.sorted()
            #expect(found.forward[i].best == sorted[0])
            #expect(found.forward[i].index == all.firstIndex(of: sorted[0]))
            if count > 1 { #expect(found.forward[i].second == sorted[1]) }
        }
        for j in 0..<count {
            let all = (0..<7).map { distance($0, j) }
            #expect(found.backward[j] == all.firstIndex(of: all.min() ?? 0))
        }
    }

    @Test("without codes on one side nothing is found")
    func empty() {
        let some = Self.codes(3, seed: 1)
        let none = PackedCodes(rows: [], norms: [])
        #expect(nearestCodes(none, PackedCodes(rows: some.rows, norms: some.norms)).forward.isEmpty)
        #expect(nearestCodes(PackedCodes(rows: some.rows, norms: some.norms), none).backward.isEmpty)
    }
}
