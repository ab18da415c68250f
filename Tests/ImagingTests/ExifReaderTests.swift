import Basics
import Testing

@testable import Imaging

@Suite("EXIF reader")
struct ExifReaderTests {
    @Test("every cut of a block is read without a trap, and only the whole entry counts")
    func cuts() {
        for bigEndian in [true, false] {
            let block = ExifBuilder.tiff(orientation: 6, bigEndian: bigEndian)
            let entryEnd = 8 + 2 + 12 + 10
            for length in 0...block.count {
                let read = ExifReader.orientation(ByteView(Array(block[..<length])))
                #expect(read == (length >= entryEnd ? .clockwise : .up))
            }
        }
    }

    @Test("hostile directories end the reading", arguments: [0, 7, 0x7FFF_FFFF, 0xFFFF_FFFF])
    func offsets(directory: Int) {
        var block = ExifBuilder.tiff(orientation: 6, bigEndian: true)
        block.replaceSubrange(4..<8, with: PNGBuilder.big(directory))
        #expect(ExifReader.orientation(ByteView(block)) == .up)
    }

    @Test("no more entries are followed than the limit, whatever the count says")
    func counts() {
        var block = ExifBuilder.tiff(orientation: 3, bigEndian: true)
        block.replaceSubrange(8..<10, with: [0xFF, 0xFF])
        #expect(ExifReader.orientation(ByteView(block)) == .half)
        #expect(ExifReader.orientation(ByteView(ExifBuilder.tiff(orientation: 3, bigEndian: true, type: 2))) == .up)
    }

    @Test("random blocks never trap")
    func random() {
        var random = SeededRandom(seed: 77)
        for _ in 0..<5_000 {
            var block = ExifBuilder.tiff(orientation: 6, bigEndian: Bool.random(using: &random))
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                block[Int.random(in: 0..<block.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            let orientation = ExifReader.orientation(ByteView(block))
            #expect((1...8).contains(orientation.rawValue))
        }
    }
}
