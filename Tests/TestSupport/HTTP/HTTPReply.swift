package import Basics

/// What a server answered.
package struct HTTPReply: Sendable {
    /// The status.
    package let status: Int
    /// The header fields in their order.
    package let headers: [(name: String, value: String)]
    /// The body.
    package let body: [UInt8]

    /// The first value of a header field, whatever its case.
    package subscript(header name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// The body as JSON; null if it is none.
    package var json: JSON { (try? JSON(parsing: body, limits: JSONLimits(maximumBytes: 1 << 30))) ?? .null }
    /// The body as text.
    package var text: String { String(decoding: body, as: UTF8.self) }
    /// The Matrix error code, if there is one.
    package var errorCode: String? { json["errcode"]?.stringValue }
}

/// Reads replies from a socket, keeping what belongs to the next one.
package struct HTTPReplyReader {
    private let socket: Socket
    private var buffer: [UInt8] = []

    /// A reader of a socket.
    package init(_ socket: Socket) { self.socket = socket }

    /// Whether bytes of a further reply have arrived.
    package var hasLeftovers: Bool { !buffer.isEmpty }

    /// The next reply; interim ones (1xx) are passed over. `hasBody` is false after HEAD.
    package mutating func next(hasBody: Bool = true) throws -> HTTPReply {
        while true {
            let (status, headers) = try head()
            if (100..<200).contains(status) { continue }
            let field = { (name: String) in headers.first { $0.name.lowercased() == name }?.value }
            guard hasBody, status != 204, status != 304 else {
                return HTTPReply(status: status, headers: headers, body: [])
            }
            if field("transfer-encoding")?.lowercased() == "chunked" {
                return HTTPReply(status: status, headers: headers, body: try chunks())
            }
            if let length = field("content-length").flatMap({ Int($0) }) {
                return HTTPReply(status: status, headers: headers, body: try take(length))
            }
            let rest = buffer
            buffer = []
            return HTTPReply(status: status, headers: headers, body: try rest + socket.readToEnd())
        }
    }

    private mutating func head() throws -> (Int, [(name: String, value: String)]) {
        var lines: [String] = []
        while true {
            let line = try line()
            if line.isEmpty { break }
            lines.append(line)
        }
        let words = (lines.first ?? "").split(separator: " ")
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else {
            throw Socket.Failure(description: "not a reply: \(lines.first ?? "")", isTimeout: false)
        }
        let headers = lines.dropFirst().map { line in
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let value = parts.count > 1 ? parts[1].drop { $0 == " " } : ""
            return (name: String(parts[0]), value: String(value))
        }
        return (status, headers)
    }

    private mutating func line() throws -> String {
        while true {
            if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
                let line = buffer[..<end].filter { $0 != UInt8(ascii: "\r") }
                buffer.removeFirst(end + 1)
                return String(decoding: line, as: UTF8.self)
            }
            try fill()
        }
    }

    private mutating func fill() throws {
        let bytes = try socket.read()
        guard !bytes.isEmpty else { throw Socket.Failure(description: "closed before a reply", isTimeout: false) }
        buffer += bytes
    }

    private mutating func take(_ count: Int) throws -> [UInt8] {
        while buffer.count < count { try fill() }
        let taken = Array(buffer.prefix(count))
        buffer.removeFirst(count)
        return taken
    }

    private mutating func chunks() throws -> [UInt8] {
        var body: [UInt8] = []
        while true {
            let size = try line()
            guard let count = Int(size.prefix { $0 != ";" }, radix: 16) else {
                throw Socket.Failure(description: "a bad chunk", isTimeout: false)
            }
            body += try take(count)
            _ = try line()
            if count == 0 { return body }
        }
    }
}
