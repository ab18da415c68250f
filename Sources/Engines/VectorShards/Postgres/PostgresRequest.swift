internal import Basics

/// A statement with the values that stand in it as $1, $2 …; nil is null.
struct PostgresStatement: Equatable {
    let text: String
    let values: [String?]

    init(_ text: String, _ values: [String?] = []) { (self.text, self.values) = (text, values) }
}

/// What is sent to a server.
enum PostgresRequest {
    /// The first message: who comes, and what for.
    static func startup(user: String, database: String) -> [UInt8] {
        var body = ByteWriter()
        body.bigEndian(196_608, width: 4)
        for text in ["user", user, "database", database, "application_name", "vitrine"] { body.put(text) }
        body.byte(0)
        var whole = ByteWriter()
        whole.bigEndian(UInt64(body.bytes.count + 4), width: 4)
        whole.bytes(body.bytes)
        return whole.bytes
    }

    /// The first step of a proof.
    static func proof(mechanism: String, _ first: [UInt8]) -> [UInt8] {
        message("p") { body in
            body.put(mechanism)
            body.bigEndian(UInt64(first.count), width: 4)
            body.bytes(first)
        }
    }

    /// A later step of a proof.
    static func proof(_ bytes: [UInt8]) -> [UInt8] { message("p") { $0.bytes(bytes) } }

    /// Statements that take effect together or not at all.
    static func statements(_ statements: [PostgresStatement]) -> [UInt8] {
        var bytes: [UInt8] = []
        for (place, statement) in statements.enumerated() {
            // The statement without a name stays until the next one is read.
            if place == 0 || statements[place - 1].text != statement.text { bytes += parse(statement.text) }
            bytes += bind(statement.values)
            bytes += message("E") { body in
                body.byte(0)
                body.bigEndian(0, width: 4)
            }
        }
        return bytes + message("S") { _ in }
    }

    private static func parse(_ text: String) -> [UInt8] {
        message("P") { body in
            body.byte(0)
            body.put(text)
            body.bigEndian(0, width: 2)
        }
    }

    /// Values as text, and rows as text.
    private static func bind(_ values: [String?]) -> [UInt8] {
        message("B") { body in
            body.bytes([0, 0, 0, 0])
            body.bigEndian(UInt64(values.count), width: 2)
            for value in values {
                guard let value else {
                    body.bigEndian(0xFFFF_FFFF, width: 4)
                    continue
                }
                body.bigEndian(UInt64(value.utf8.count), width: 4)
                body.bytes(value.utf8)
            }
            body.bigEndian(0, width: 2)
        }
    }

    private static func message(_ kind: Unicode.Scalar, _ fill: (inout ByteWriter) -> Void) -> [UInt8] {
        var body = ByteWriter()
        fill(&body)
        var whole = ByteWriter()
        whole.byte(UInt8(ascii: kind))
        whole.bigEndian(UInt64(body.bytes.count + 4), width: 4)
        whole.bytes(body.bytes)
        return whole.bytes
    }
}

extension ByteWriter {
    /// A text and the zero that ends it; a zero inside would end it too, so there is none.
    fileprivate mutating func put(_ text: String) {
        bytes(text.utf8.filter { $0 != 0 })
        byte(0)
    }
}
