import Archives
import Foundation
import Testing

@Suite("Unpacking of Deflate")
struct DeflateTests {
    /// What zlib made of the lines below, with codes of its own.
    private static let packed = """
        dZZJTkRBDEP3nOIfIXNSx2khQEgtegP3p1mTty3VYCd2XPfPr7dLrsf7dbteb9+3++Pj5+3l/req62qsq2e/odZly3XZ992x3107kNlRqwBHg/0RwAiY\
        HqAKXC1h/+z3uwXUDLoEfCNg/+z3p+14snf8BXwL9jfc34BnAP8BvqdID1BQFeiAKrRMqcdqIAp1UlGQ7JJ0WiTsIic0OEcnSNvgTBNSt5LzTfY3zGVH\
        ZSEKDgLmVnSi6Y0hVAd4ODF3hVo9DQzOduiHB3TQqefeoBIf0JUfUGIIaDdI7eHgjwhwVBR4MJqmGtk8BeZCKg02p8kWMKqSZls2nTjwRgmgelZEIe2A\
        eSXUqhqqWwP9aEka0sC8HVTSCbrqBiX2Ae0ORfcY+GOC/gYFHpwB1x7y+RMtnAiYJadg+pwR/LPQcBfDMyEUbAXInpEHZFSJv6o5nQnKES2KHh1KK+Of\
        m1MmWlKMWlPy2sGwxnz3SAx4+kX4oY9H6H8n/wI=
        """

    private static var lines: [UInt8] { (0..<120).flatMap { Array("line \($0 * $0) of a catalogue\n".utf8) } }

    private static func bytes(_ text: String) throws -> [UInt8] { [UInt8](try #require(Data(base64Encoded: text))) }

    @Test("bytes that zlib packed come out as they were: own codes, fixed codes, stored")
    func golden() throws {
        #expect(try Deflate.unpack(try Self.bytes(Self.packed), limit: 10_000) == Self.lines)
        #expect(
            try Deflate.unpack(try Self.bytes("y0jNyclXyEAnAQ=="), limit: 23) == Array("hello hello hello hello".utf8))
        #expect(try Deflate.unpack(try Self.bytes("AQwA8/9zdG9yZWQgYnl0ZXM="), limit: 12) == Array("stored bytes".utf8))
        #expect(CRC32.of(Array("123456789".utf8)) == 3_421_780_262 && CRC32.of([UInt8]()) == 0)
    }

    @Test("never more comes out than was promised, and what is cut or broken is said so")
    func limits() throws {
        let packed = try Self.bytes(Self.packed)
        #expect(throws: Deflate.Fault.tooLong) { try Deflate.unpack(packed, limit: Self.lines.count - 1) }
        for count in stride(from: 0, to: packed.count, by: 17) {
            #expect(throws: Deflate.Fault.self) { try Deflate.unpack(Array(packed.prefix(count)), limit: 10_000) }
        }
        // Any byte may be any other one: there is an answer, and it is short enough.
        for at in packed.indices {
            var broken = packed
            broken[at] ^= UInt8(truncatingIfNeeded: 1 + at % 255)
            if let out = try? Deflate.unpack(broken, limit: 5_000) { #expect(out.count <= 5_000) }
        }
    }
}
