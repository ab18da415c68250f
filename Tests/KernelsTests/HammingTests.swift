import Basics
import Kernels
import Testing

@Suite("Hashes within some bits")
struct HammingTests {
    private static func list(_ count: Int, seed: UInt64) -> [UInt64] {
        var random = SeededRandom(seed: seed)
        // Near each other, so that every radius has some.
        return (0..<count).map { _ in random.next() & random.next() & random.next() }
    }

    private static func wide(_ count: Int, seed: UInt64) -> [Hash256] {
        var random = SeededRandom(seed: seed)
        return (0..<count).map { _ in
            Hash256([
                random.next() & random.next(), random.next() & random.next(), random.next() & random.next(),
                random.next() & random.next(),
            ])
        }
    }

    @Test(
        "a scan finds exactly the hashes within the radius, in every variant and for every length",
        arguments: KernelVariant.supported, [0, 1, 7, 31, 32, 33, 100, 5000])
    func scan(variant: KernelVariant, count: Int) {
        let list = Self.list(count, seed: UInt64(count))
        let query: UInt64 = 0x1248_8421_0000_FFFF
        for radius in [-1, 0, 10, 14, 18, 64] {
            let plain = list.indices.filter { hammingDistance(list[$0], query) <= radius }
            let found = hashes(within: radius, of: query, in: list.span, variant: variant)
            #expect(found.map(\.index) == plain, "radius \(radius)")
            #expect(found.allSatisfy { $0.distance == hammingDistance(list[$0.index], query) })
        }
    }

    @Test(
        "the same for hashes of 256 bits", arguments: KernelVariant.supported, [0, 1, 3, 4, 5, 100, 5000])
    func wideScan(variant: KernelVariant, count: Int) {
        let list = Self.wide(count, seed: UInt64(count))
        let query = Hash256([1, 2, 3, .max])
        for radius in [-1, 0, 80, 95, 256] {
            let plain = list.indices.filter { hammingDistance(list[$0], query) <= radius }
            let found = hashes(within: radius, of: query, in: list.span, variant: variant)
            #expect(found.map(\.index) == plain, "radius \(radius)")
            #expect(found.allSatisfy { $0.distance == hammingDistance(list[$0.index], query) })
        }
    }

    @Test("the nearest are those that sorting puts first, in every variant", arguments: KernelVariant.supported)
    func nearest(variant: KernelVariant) {
        let list = Self.list(3000, seed: 5)
        let wide = Self.wide(3000, seed: 6)
        for count in [0, 1, 10, 299, 3000, 4000] {
            let sorted = list.indices.sorted {
                (hammingDistance(list[$0], 77), $0) < (hammingDistance(list[$1], 77), $1)
            }
            #expect(
                nearestHashes(count, to: 77, in: list.span, variant: variant).map(\.index)
                    == Array(sorted.prefix(count)))
            let query = wide[17]
            let order = wide.indices.sorted {
                (hammingDistance(wide[$0], query), $0) < (hammingDistance(wide[$1], query), $1)
            }
            #expect(
                nearestHashes(count, to: query, in: wide.span, variant: variant).map(\.index)
                    == Array(order.prefix(count)))
        }
    }
}
