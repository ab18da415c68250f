import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// A TCP connection with blocking calls, for tests that look at single bytes. Call it from a thread of its own.
package final class Socket: Sendable {
    /// A call of the system failed.
    package struct Failure: Error, CustomStringConvertible {
        /// Which call, and why.
        package let description: String
        /// Whether the other side was silent for too long.
        package let isTimeout: Bool
    }

    private let descriptor: Int32
    /// The descriptor, for calls that only wait.
    fileprivate var number: Int32 { descriptor }

    /// Connects to a port of this machine.
    ///
    /// - Parameter receiveBuffer: a small one makes a slow reader.
    package init(port: Int, timeoutSeconds: Int = 60, receiveBuffer: Int? = nil) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Self.failure("socket") }
        var timeout = timeval(tv_sec: timeoutSeconds, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        var one: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
        if let receiveBuffer {
            var size = Int32(receiveBuffer)
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(truncatingIfNeeded: port).bigEndian)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        // All properties are set, so a throw runs deinit, and that closes the descriptor: doing it here too would close
        // one that another thread has just opened.
        guard result == 0 else { throw Self.failure("connect") }
    }

    deinit { _ = Glibc.close(descriptor) }

    private static func failure(_ call: String) -> Failure {
        Failure(
            description: "\(call): \(String(cString: strerror(errno)))",
            isTimeout: errno == EAGAIN || errno == EWOULDBLOCK)
    }

    /// Writes all bytes.
    package func write(_ bytes: some Sequence<UInt8>) throws {
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { throw Self.failure("send") }
            rest = rest.dropFirst(count)
        }
    }

    /// Writes text.
    package func write(_ text: String) throws { try write(text.utf8) }

    /// The next bytes; empty when the other side has closed.
    package func read(upTo count: Int = 65_536) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let received = bytes.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
        guard received >= 0 else { throw Self.failure("recv") }
        return Array(bytes.prefix(received))
    }

    /// Everything until the other side closes, also when it does so with a reset.
    package func readToEnd() throws -> [UInt8] {
        var all: [UInt8] = []
        while true {
            do {
                let bytes = try read()
                if bytes.isEmpty { return all }
                all += bytes
            } catch let failure as Failure where !failure.isTimeout {
                return all
            }
        }
    }

    /// Says that nothing more will be written.
    package func finishWriting() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Ends both directions; a read that waits returns.
    package func finish() { shutdown(descriptor, Int32(SHUT_RDWR)) }
}

extension Socket {
    /// Waits until the other side has ended the connection, at most so long, and reads nothing; whether it has.
    @discardableResult
    package func waitWithoutReading(milliseconds: Int) throws -> Bool {
        // POLLRDHUP of poll(2), which the C library hides from Swift.
        var entry = pollfd(fd: number, events: 0x2000, revents: 0)
        return poll(&entry, 1, Int32(milliseconds)) > 0
    }
}
