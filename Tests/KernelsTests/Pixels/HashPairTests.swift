import Basics
import Kernels
import Testing

@Suite("Pairs of near hashes")
struct HashPairTests {
    private func list(_ count: Int, seed: UInt64) -> [UInt64] {
        var random = SeededRandom(seed: seed)
        return (0..<count).map { _ in random.next() & 0xFFFF }
    }

    private func found(
        _ queries: [UInt64], _ hashes: [UInt64], radius: Int, onlyEarlier: Bool, _ variant: KernelVariant
    ) -> [HashPair] {
        var all: [HashPair] = []
        var last = 0.0
        hashPairs(of: queries.span, in: hashes.span, within: radius, onlyEarlier: onlyEarlier, variant: variant) {
            all += $0
            #expect($1 >= last && $1 <= 1)
            last = $1
            return true
        }
        return all
    }

    @Test("SCAN-133 all pairs are found once, by every variant", arguments: [1, 3, 7, 8, 9, 100, 2_048, 2_500])
    func all(count: Int) {
        let hashes = list(count, seed: UInt64(count))
        let queries = count > 1_000 ? Array(list(11, seed: 1)) : list(count + 5, seed: 2)
        var expected: Set<HashPair> = []
        for (query, one) in queries.enumerated() {
            for (index, other) in hashes.enumerated() where (one ^ other).nonzeroBitCount <= 3 {
                expected.insert(HashPair(query: query, index: index))
            }
        }
        for variant in KernelVariant.supported {
            let pairs = found(queries, hashes, radius: 3, onlyEarlier: false, variant)
            #expect(pairs.count == expected.count && Set(pairs) == expected, "\(variant)")
        }
    }

    @Test("SCAN-133 pairs of one list come once and without themselves", arguments: [2, 9, 300, 2_100, 4_500])
    func earlier(count: Int) {
        let hashes = list(count, seed: UInt64(count))
        let reference = found(hashes, hashes, radius: 1, onlyEarlier: false, .plain).filter { $0.index < $0.query }
        for variant in KernelVariant.supported {
            let pairs = found(hashes, hashes, radius: 1, onlyEarlier: true, variant)
            #expect(pairs.count == reference.count && Set(pairs) == Set(reference), "\(variant)")
        }
    }

    @Test("equal hashes without number do not overflow the room, and the caller can stop")
    func crowded() {
        let hashes = [UInt64](repeating: 5, count: 2_600)
        for variant in KernelVariant.supported {
            #expect(found(hashes, hashes, radius: 0, onlyEarlier: true, variant).count == 2_600 * 2_599 / 2)
        }
        var calls = 0
        hashPairs(of: hashes.span, in: hashes.span, within: 0) { _, _ in
            calls += 1
            return false
        }
        #expect(calls == 1)
    }
}
