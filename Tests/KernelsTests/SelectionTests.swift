import Basics
import Kernels
import Testing

@Suite("Selection and checksums")
struct SelectionTests {
    @Test(
        "the best k are those that sorting puts first, whatever the order they come in",
        arguments: [0, 1, 5, 100, 1000])
    func topK(limit: Int) {
        var random = SeededRandom(seed: UInt64(limit))
        // Few distances, so that many are equal.
        let entries = (0..<500).map {
            TopK.Entry(number: UInt64($0), distance: Float(Int.random(in: 0..<40, using: &random)))
        }
        let sorted = entries.sorted { ($0.distance, $0.number) < ($1.distance, $1.number) }.prefix(limit)
        for _ in 0..<3 {
            var best = TopK(limit: limit)
            for entry in entries.shuffled(using: &random) { best.insert(entry.number, distance: entry.distance) }
            best.insert(9999, distance: .nan)
            #expect(best.sorted() == Array(sorted))
            #expect(best.count == sorted.count)
        }
    }

    @Test("the threshold is what a newcomer must not exceed")
    func threshold() {
        var best = TopK(limit: 2)
        best.insert(1, distance: 5)
        #expect(best.threshold == .infinity)
        best.insert(2, distance: 3)
        #expect(best.threshold == 5)
        #expect(TopK(limit: 0).threshold == -.infinity)
    }

    @Test("CRC-32C of RFC 3720's examples, in every variant", arguments: KernelVariant.supported)
    func published(variant: KernelVariant) {
        func crc(_ bytes: [UInt8]) -> UInt32 { CRC32C.of(bytes.span.bytes, variant: variant) }
        #expect(crc([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
        #expect(crc([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
        #expect(crc(Array(0..<32)) == 0x46DD_794E)
        #expect(crc(Array("123456789".utf8)) == 0xE306_9283)
        #expect(crc([]) == 0)
    }

    @Test("a checksum does not depend on where the bytes are cut")
    func pieces() {
        var random = SeededRandom(seed: 8)
        let bytes = random.bytes(100)
        for cut in 0...100 {
            var crc = CRC32C()
            crc.update(bytes.span.extracting(0..<cut).bytes)
            crc.update(bytes.span.extracting(cut..<100).bytes)
            #expect(crc.value == CRC32C.of(bytes.span.bytes, variant: .plain))
        }
    }
}
