package import Basics
import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// An HTTP server of a test on this machine: it answers as it is told and keeps what it was sent.
///
/// One thread a connection. It can be closed and opened again on the same port, as a program that is restarted.
package final class HTTPReceiver: Sendable {
    /// A request as it came.
    package struct Request: Sendable {
        /// `PUT`, `POST`, ...
        package let method: String
        /// The target of the request line.
        package let path: String
        /// Header fields, names in lower case.
        package let headers: [String: String]
        /// The body.
        package let body: [UInt8]
        /// The body as JSON; null if it is none.
        package var json: JSON { (try? JSON(parsing: body, limits: JSONLimits(maximumBytes: 1 << 24))) ?? .null }
    }

    /// What it answers.
    package struct Answer: Sendable {
        let status: Int
        let body: [UInt8]
        let type: String
        let location: String?

        /// No answer: the connection is closed.
        package static let cut = Answer(-1)
        /// No answer: the connection stays open, and the other side waits for as long as it likes.
        package static let silence = Answer(-2)

        /// A status and a JSON body.
        package init(_ status: Int, _ body: JSON = .object([:]), location: String? = nil) {
            self.init(status, body.encoded(), type: "application/json", location: location)
        }

        /// A status and a body of some type.
        package init(_ status: Int, _ body: [UInt8], type: String, location: String? = nil) {
            self.status = status
            self.body = body
            self.type = type
            self.location = location
        }

        /// A web page.
        package init(html: String) {
            self.init(200, Array(html.utf8), type: "text/html; charset=utf-8")
        }
    }

    private struct State {
        var listener: Int32 = -1
        var connections: Set<Int32> = []
        var requests: [Request] = []
        var waiters: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    /// Where it listens.
    package let port: Int
    private let answer: @Sendable (Request) -> Answer
    private let state = Mutex(State())

    /// Starts to listen on a free port of 127.0.0.1.
    package init(_ answer: @escaping @Sendable (Request) -> Answer = { _ in Answer(200) }) throws {
        self.answer = answer
        let (descriptor, port) = try Self.listen(on: 0)
        self.port = port
        serve(descriptor)
    }

    deinit { close() }

    /// `http://127.0.0.1:PORT`.
    package var baseURL: String { "http://127.0.0.1:\(port)" }
    /// All requests so far.
    package var requests: [Request] { state.withLock { $0.requests } }

    /// The requests, once there are so many; those there are when the test is cancelled.
    package func requests(_ count: Int) async -> [Request] {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.requests.count >= count || Task.isCancelled { return true }
                    state.waiters.append((count, continuation))
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            let waiters = state.withLock { state in
                defer { state.waiters = [] }
                return state.waiters
            }
            for waiter in waiters { waiter.continuation.resume() }
        }
        return requests
    }

    /// Ends all connections and refuses new ones.
    package func close() {
        state.withLock { state in
            if state.listener >= 0 {
                shutdown(state.listener, Int32(SHUT_RDWR))
                _ = Glibc.close(state.listener)
            }
            state.listener = -1
            for connection in state.connections { shutdown(connection, Int32(SHUT_RDWR)) }
        }
    }

    /// Listens again on the same port.
    package func open() throws { serve(try Self.listen(on: port).descriptor) }

    // MARK: Sockets

    private struct Failure: Error { let call: String }

    private static func listen(on port: Int) throws -> (descriptor: Int32, port: Int) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(call: "socket") }
        var one: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(truncatingIfNeeded: port).bigEndian)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) == 0 && Glibc.listen(descriptor, 64) == 0
                    && getsockname(descriptor, address, &length) == 0
            }
        }
        guard result else {
            _ = Glibc.close(descriptor)
            throw Failure(call: "bind")
        }
        return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
    }

    private func serve(_ descriptor: Int32) {
        state.withLock { $0.listener = descriptor }
        Thread.detachNewThread { [weak self] in
            while true {
                let connection = accept(descriptor, nil, nil)
                guard connection >= 0 else { return }
                guard let self else {
                    _ = Glibc.close(connection)
                    return
                }
                state.withLock { _ = $0.connections.insert(connection) }
                Thread.detachNewThread { self.talk(connection) }
            }
        }
    }

    private func talk(_ connection: Int32) {
        var buffer: [UInt8] = []
        while let request = next(connection, &buffer) {
            let reply = answer(request)
            let body = reply.body
            var head = "HTTP/1.1 \(reply.status) -\r\nContent-Type: \(reply.type)\r\n"
            if let location = reply.location { head += "Location: \(location)\r\n" }
            head += "Content-Length: \(body.count)\r\n\r\n"
            let bytes = Array(head.utf8) + body
            record(request)
            if reply.status == Answer.silence.status { continue }
            guard reply.status > 0 else { break }
            guard bytes.withUnsafeBytes({ send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }) > 0 else {
                break
            }
        }
        state.withLock { _ = $0.connections.remove(connection) }
        _ = Glibc.close(connection)
    }

    private func record(_ request: Request) {
        let ready = state.withLock { state in
            state.requests.append(request)
            let count = state.requests.count
            let ready = state.waiters.filter { $0.count <= count }
            state.waiters.removeAll { $0.count <= count }
            return ready
        }
        for waiter in ready { waiter.continuation.resume() }
    }

    private func next(_ connection: Int32, _ buffer: inout [UInt8]) -> Request? {
        let end = Array("\r\n\r\n".utf8)
        while true {
            if let gap = buffer.firstRange(of: end) {
                let lines = String(decoding: buffer[..<gap.lowerBound], as: UTF8.self).split(separator: "\r\n")
                var headers: [String: String] = [:]
                for line in lines.dropFirst() {
                    let parts = line.split(separator: ":", maxSplits: 1)
                    guard parts.count == 2 else { continue }
                    headers[parts[0].lowercased()] = String(parts[1].drop { $0 == " " })
                }
                let length = headers["content-length"].flatMap { Int($0) } ?? 0
                if buffer.count >= gap.upperBound + length {
                    let words = (lines.first ?? "").split(separator: " ")
                    let body = Array(buffer[gap.upperBound..<(gap.upperBound + length)])
                    buffer.removeFirst(gap.upperBound + length)
                    guard words.count >= 2 else { return nil }
                    return Request(method: String(words[0]), path: String(words[1]), headers: headers, body: body)
                }
            }
            var chunk = [UInt8](repeating: 0, count: 65_536)
            let received = chunk.withUnsafeMutableBytes { recv(connection, $0.baseAddress, $0.count, 0) }
            guard received > 0 else { return nil }
            buffer += chunk.prefix(received)
        }
    }
}
