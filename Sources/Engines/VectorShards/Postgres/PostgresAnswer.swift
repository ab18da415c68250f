internal import Basics

/// What a server says, as far as this client listens (PostgreSQL's documentation, "Message Formats", version 3.0).
enum PostgresAnswer: Equatable {
    /// Who we are is settled.
    case welcome
    /// Mechanisms by which we can prove who we are.
    case mechanisms([String])
    /// A step of the proof.
    case proof([UInt8])
    /// The last step of the proof.
    case proven([UInt8])
    /// A way to prove who we are that this client does not go: its number.
    case otherProof(UInt64)
    /// The values of a row as text; nil for null.
    case row([String?])
    /// A statement is done.
    case done
    /// All that was sent is done.
    case ready
    /// A statement failed: its code and the reason.
    case failed(code: String, message: String)
    /// Something that nobody here needs to know.
    case other

    /// Reads one message.
    init(kind: UInt8, _ body: [UInt8]) throws {
        var reader = ByteReader(body)
        switch kind {
        case UInt8(ascii: "R"): self = try Self.authentication(&reader)
        case UInt8(ascii: "D"): self = .row(try Self.row(&reader))
        case UInt8(ascii: "C"), UInt8(ascii: "I"): self = .done
        case UInt8(ascii: "Z"): self = .ready
        case UInt8(ascii: "E"): self = try Self.failure(&reader)
        default: self = .other
        }
    }

    private static func authentication(_ reader: inout ByteReader) throws -> PostgresAnswer {
        switch try reader.bigEndian(width: 4) {
        case 0: return .welcome
        case 10:
            var names: [String] = []
            while reader.remaining > 1 { names.append(try text(&reader)) }
            return .mechanisms(names)
        case 11: return .proof(try reader.bytes(reader.remaining))
        case 12: return .proven(try reader.bytes(reader.remaining))
        case let other: return .otherProof(other)
        }
    }

    private static func row(_ reader: inout ByteReader) throws -> [String?] {
        let count = Int(try reader.bigEndian(width: 2))
        var values: [String?] = []
        for _ in 0..<count {
            let length = try reader.bigEndian(width: 4)
            // -1 stands for null.
            guard length != 0xFFFF_FFFF else {
                values.append(nil)
                continue
            }
            values.append(String(decoding: try reader.bytes(Int(length)), as: UTF8.self))
        }
        return values
    }

    private static func failure(_ reader: inout ByteReader) throws -> PostgresAnswer {
        var (code, message) = ("", "")
        while true {
            let field = try reader.byte()
            if field == 0 { return .failed(code: code, message: message) }
            let value = try text(&reader)
            if field == UInt8(ascii: "C") { code = value }
            if field == UInt8(ascii: "M") { message = value }
        }
    }

    /// A text that ends with a zero.
    private static func text(_ reader: inout ByteReader) throws -> String {
        var bytes: [UInt8] = []
        while true {
            let byte = try reader.byte()
            if byte == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes.append(byte)
        }
    }
}

/// Cuts what comes from a server into messages.
struct PostgresAnswers {
    /// No answer of ours is longer.
    static let longest = 16 << 20

    private var bytes: [UInt8] = []
    private var at = 0

    /// Takes bytes that came.
    mutating func append(_ more: some Collection<UInt8>) {
        if at > 0 {
            bytes.removeFirst(at)
            at = 0
        }
        bytes.append(contentsOf: more)
    }

    /// The next message that is whole; nil until more bytes come.
    mutating func next() throws -> PostgresAnswer? {
        guard bytes.count - at >= 5 else { return nil }
        let length = bytes[at + 1..<at + 5].reduce(0) { $0 << 8 | Int($1) }
        guard (4...Self.longest).contains(length) else {
            throw VectorStoreError.unreadable("a message of \(length) bytes came: this is no PostgreSQL")
        }
        guard bytes.count - at - 1 >= length else { return nil }
        let body = Array(bytes[at + 5..<at + 1 + length])
        defer { at += 1 + length }
        do {
            return try PostgresAnswer(kind: bytes[at], body)
        } catch {
            throw VectorStoreError.unreadable("a message breaks off: this is no PostgreSQL")
        }
    }
}
