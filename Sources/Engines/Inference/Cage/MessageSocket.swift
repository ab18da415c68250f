internal import Basics
import Foundation

/// One end of a pair of sockets on which messages begin with their length.
struct MessageSocket {
    /// Why nothing was read or written.
    enum Broken: Error {
        /// The other end is gone, or talks nonsense.
        case closed
        /// Nothing came in time.
        case timedOut
    }

    let descriptor: Int32

    func post(_ message: JSON) throws(Broken) {
        let text = message.encoded()
        guard text.count <= WorkerMessage.maximumBytes else { throw .closed }
        var rest = (0..<4).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) } + text
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if sent < 0, errno == EINTR { continue }
            guard sent > 0 else { throw .closed }
            rest.removeFirst(sent)
        }
    }

    /// The next message; waits for as long as it takes when there is no deadline.
    func receive(before deadline: Int64? = nil) throws(Broken) -> JSONObject {
        let head = try bytes(4, before: deadline)
        let count = head.reversed().reduce(0) { $0 << 8 | Int($1) }
        guard count <= WorkerMessage.maximumBytes else { throw .closed }
        let text = try bytes(count, before: deadline)
        guard let json = try? JSON(parsing: text), let object = json.objectValue else { throw .closed }
        return object
    }

    private func bytes(_ count: Int, before deadline: Int64?) throws(Broken) -> [UInt8] {
        var result: [UInt8] = []
        while result.count < count {
            if let deadline { try wait(until: deadline) }
            var part = [UInt8](repeating: 0, count: count - result.count)
            let got = part.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
            if got < 0, errno == EINTR { continue }
            guard got > 0 else { throw .closed }
            result += part.prefix(got)
        }
        return result
    }

    private func wait(until deadline: Int64) throws(Broken) {
        var one = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        while true {
            let left = deadline - monotonicMilliseconds()
            guard left > 0 else { throw .timedOut }
            let count = poll(&one, 1, Int32(clamping: left))
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .closed }
            if count > 0 { return }
        }
    }
}
