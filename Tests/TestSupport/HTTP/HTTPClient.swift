import Basics
import Foundation
import Synchronization

/// A small HTTP/1.1 client for this machine: blocking sockets on threads, connections kept for the next request.
package final class HTTPClient: Sendable {
    private final class Line: Sendable {
        let socket: Socket
        let reader: Mutex<HTTPReplyReader>

        init(port: Int, timeoutSeconds: Int) throws {
            socket = try Socket(port: port, timeoutSeconds: timeoutSeconds)
            reader = Mutex(HTTPReplyReader(socket))
        }
    }

    /// The port of the server.
    package let port: Int
    private let timeoutSeconds: Int
    private let idle = Mutex<[Line]>([])

    /// A client; a reply that does not come within the time is an error.
    package init(port: Int, timeoutSeconds: Int = 60) {
        self.port = port
        self.timeoutSeconds = timeoutSeconds
    }

    /// Sends a request and waits for the reply.
    ///
    /// A kept connection that turns out to be closed is replaced by a new one once, unless bytes of a reply came.
    package func send(
        _ method: String, _ target: String, headers: [String: String] = [:], body: [UInt8]? = nil
    ) async throws -> HTTPReply {
        let bytes = Self.request(method, target, headers, body)
        return try await onThread { [self] in
            if let kept = idle.withLock({ $0.popLast() }), let reply = try? exchange(kept, method, bytes) {
                return reply
            }
            return try exchange(Line(port: port, timeoutSeconds: timeoutSeconds), method, bytes)
        }
    }

    /// Closes the connections that are kept.
    package func closeIdle() { idle.withLock { $0.removeAll() } }

    private func exchange(_ line: Line, _ method: String, _ bytes: [UInt8]) throws -> HTTPReply {
        try line.socket.write(bytes)
        let reply = try line.reader.withLock { try $0.next(hasBody: method != "HEAD") }
        if reply[header: "connection"]?.lowercased() != "close" { idle.withLock { $0.append(line) } }
        return reply
    }

    private static func request(
        _ method: String, _ target: String, _ headers: [String: String], _ body: [UInt8]?
    ) -> [UInt8] {
        var head = "\(method) \(target) HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        for (name, value) in headers.sorted(by: { $0.key < $1.key }) { head += "\(name): \(value)\r\n" }
        if let body { head += "Content-Length: \(body.count)\r\n" }
        return Array((head + "\r\n").utf8) + (body ?? [])
    }

    /// A text as a segment of a path or a value in a query.
    package static func escape(_ text: String) -> String {
        let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)
        return text.utf8.map { plain.contains($0) ? String(UnicodeScalar($0)) : "%" + Hex.encode([$0]).uppercased() }
            .joined()
    }
}
