import Basics
import Testing

@_spi(Fuzzing) @testable import VectorShards

@Suite("What a PostgreSQL server says")
struct AnswerTests {
    private static func message(_ kind: Unicode.Scalar, _ body: [UInt8]) -> [UInt8] {
        var writer = ByteWriter()
        writer.byte(UInt8(ascii: kind))
        writer.bigEndian(UInt64(body.count + 4), width: 4)
        writer.bytes(body)
        return writer.bytes
    }

    private static let conversation: [UInt8] =
        message("R", [0, 0, 0, 10] + Array("SCRAM-SHA-256\0\0".utf8))
        + message("R", [0, 0, 0, 0]) + message("S", Array("a\0b\0".utf8))
        + message("D", [0, 2, 0, 0, 0, 2, 0x34, 0x32, 255, 255, 255, 255]) + message("C", Array("SELECT 1\0".utf8))
        + message("E", Array("SERROR\0C42P01\0Mno such table\0\0".utf8)) + message("Z", [0x49])

    private static let said: [PostgresAnswer] = [
        .mechanisms(["SCRAM-SHA-256"]), .welcome, .other, .row(["42", nil]), .done,
        .failed(code: "42P01", message: "no such table"), .ready,
    ]

    private static func read(_ pieces: [[UInt8]]) throws -> [PostgresAnswer] {
        var answers = PostgresAnswers()
        var found: [PostgresAnswer] = []
        for piece in pieces {
            answers.append(piece)
            while let answer = try answers.next() { found.append(answer) }
        }
        return found
    }

    @Test("messages are the same wherever the bytes are cut")
    func splits() throws {
        let bytes = Self.conversation
        #expect(try Self.read([bytes]) == Self.said)
        #expect(try Self.read(bytes.map { [$0] }) == Self.said)
        for cut in bytes.indices {
            #expect(try Self.read([Array(bytes[..<cut]), Array(bytes[cut...])]) == Self.said)
        }
    }

    @Test("what is no PostgreSQL is refused, and nothing that comes traps", arguments: 1...40 as ClosedRange<UInt64>)
    func damage(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<50 {
            var bytes = Self.conversation
            for _ in 0..<3 { bytes[Int.random(in: bytes.indices, using: &random)] = random.bytes(1)[0] }
            PostgresParsers.answers(bytes)
            PostgresParsers.proof(bytes)
        }
        #expect(throws: VectorStoreError.self) { try Self.read([Array("HTTP/1.1 400 Bad Request\r\n".utf8)]) }
        #expect(throws: VectorStoreError.self) { try Self.read([Self.message("D", [0, 9, 0, 0, 0, 200, 1])]) }
    }

    @Test("the proof of a password is that of RFC 7677's example, and a server that cannot prove itself is caught")
    func proof() throws {
        var exchange = try ScramExchange(user: "user", password: "pencil", nonce: "rOprNGfwEbeRWgbNEkqO")
        #expect(String(decoding: exchange.first, as: UTF8.self) == "n,,n=user,r=rOprNGfwEbeRWgbNEkqO")
        let challenge = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
        let answer = String(decoding: try exchange.answer(to: Array(challenge.utf8)), as: UTF8.self)
        let nonces = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
        #expect(answer == "c=biws,r=\(nonces),p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")
        #expect(exchange.isProven(by: Array("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=".utf8)))
        #expect(!exchange.isProven(by: Array("v=AAAA".utf8)))
        #expect(throws: VectorStoreError.self) { try exchange.answer(to: Array("r=other,s=AAAA,i=1".utf8)) }
        #expect(throws: VectorStoreError.self) { try ScramExchange(password: "鑰匙", nonce: "a") }
    }
}
