import Basics
import Foundation
import Testing

@Suite struct CodingTests {
    @Test("base64url and base32 read back what they wrote, agree with Foundation, and have one text for each value")
    func textCodings() {
        var random = SeededRandom(seed: 3)
        for count in 0..<200 {
            let bytes = random.bytes(count % 40)
            let text = Base64URL.encode(bytes)
            let theirs = Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
            #expect(text == theirs.replacing("=", with: ""))
            #expect(Base64URL.decode(text) == bytes)
            #expect(Base32.decode(Base32.encode(bytes)) == bytes)
            #expect(Hex.decode(Hex.encode(bytes)) == bytes)
        }
        #expect(Base32.encode(Array("foobar".utf8)) == "mzxw6ytboi")
        for bad in ["A", "AB", "A=", "A+", "AAAAA", "\u{e9}AA"] { #expect(Base64URL.decode(bad) == nil, "\(bad)") }
        for bad in ["0", "f", "zz", "0g"] { #expect(Hex.decode(bad) == nil, "\(bad)") }
    }

    @Test("numbers read back what was written, and every cut is an error")
    func bytes() throws {
        var random = SeededRandom(seed: 4)
        for _ in 0..<500 {
            let value = random.next() >> UInt64.random(in: 0..<64, using: &random)
            var writer = ByteWriter()
            writer.varint(value)
            writer.bigEndian(value, width: 8)
            var reader = ByteReader(writer.bytes)
            #expect(try reader.varint() == value)
            #expect(try reader.bigEndian(width: 8) == value)
            #expect(reader.isAtEnd)
            for cut in 0..<writer.bytes.count {
                var short = ByteReader(Array(writer.bytes.prefix(cut)))
                #expect(throws: ByteError.self) {
                    _ = try short.varint()
                    _ = try short.bigEndian(width: 8)
                }
            }
        }
        for bad: [UInt8] in [[0x80, 0x00], Array(repeating: 0xFF, count: 10), Array(repeating: 0x80, count: 11)] {
            var reader = ByteReader(bad)
            #expect(throws: ByteError.self) { try reader.varint() }
        }
    }

    @Test("a bucket passes its burst, then its rate, and survives a clock that jumps")
    func tokenBucket() {
        var bucket = TokenBucket(ratePerSecond: 2, burst: 5)
        #expect((0..<5).allSatisfy { _ in bucket.take(at: 1_000) == .allowed })
        #expect(bucket.take(at: 1_000) == .refused(retryAfterMilliseconds: 500))
        #expect(bucket.take(at: 1_499) == .refused(retryAfterMilliseconds: 1))
        #expect(bucket.take(at: 1_500) == .allowed)
        #expect(bucket.take(at: -5_000) == .refused(retryAfterMilliseconds: 500))
        #expect(bucket.take(at: .min) == .refused(retryAfterMilliseconds: 500))
        #expect(bucket.take(at: .max) == .refused(retryAfterMilliseconds: 500))
        #expect(bucket.isFull(at: .max) == false)
    }
}
