package import Basics
import Foundation

/// One end of a pair of sockets on which frames go: a JSON object and bytes, each with its length before.
package struct FrameStream: Sendable {
    /// Why nothing was read or written.
    package enum Broken: Error {
        /// The other end is gone, or talks nonsense.
        case closed
        /// Nothing came in time.
        case timedOut
    }

    /// A message.
    package struct Frame: Sendable {
        /// What it says.
        package let message: JSONObject
        /// What it carries.
        package let bytes: [UInt8]
    }

    /// The most bytes of a frame's JSON.
    package static let maximumMessage = 16 << 20
    /// The most bytes that a frame carries.
    package static let maximumBytes = 1 << 30

    let descriptor: Int32

    /// Sends a frame; waits until the other end has room for it.
    package func post(_ message: JSON, bytes: [UInt8] = []) throws(Broken) {
        let text = message.encoded()
        guard text.count <= Self.maximumMessage, bytes.count <= Self.maximumBytes else { throw .closed }
        let head = [text.count, bytes.count].flatMap { length in
            (0..<4).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
        }
        try send(head + text)
        if !bytes.isEmpty { try send(bytes) }
    }

    private func send(_ bytes: [UInt8]) throws(Broken) {
        var done = 0
        while done < bytes.count {
            let sent = bytes.withUnsafeBytes {
                Foundation.send(descriptor, $0.baseAddress?.advanced(by: done), $0.count - done, Int32(MSG_NOSIGNAL))
            }
            if sent < 0, errno == EINTR { continue }
            guard sent > 0 else { throw .closed }
            done += sent
        }
    }

    /// Whether a frame has begun to come within some milliseconds; waits for as long as that. True as well when the
    /// other end is gone: the next ``receive()`` says so.
    package func hasFrame(within milliseconds: Int32) -> Bool {
        var one = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&one, 1, milliseconds) != 0
    }

    /// The next frame; waits for as long as it takes.
    package func receive() throws(Broken) -> Frame {
        let head = try bytes(8)
        func length(_ at: Int) -> Int { head[at..<at + 4].reversed().reduce(0) { $0 << 8 | Int($1) } }
        guard length(0) <= Self.maximumMessage, length(4) <= Self.maximumBytes else { throw .closed }
        let text = try bytes(length(0))
        var limits = JSONLimits()
        limits.maximumBytes = Self.maximumMessage
        guard let json = try? JSON(parsing: text, limits: limits), let object = json.objectValue else { throw .closed }
        return Frame(message: object, bytes: try bytes(length(4)))
    }

    private func bytes(_ count: Int) throws(Broken) -> [UInt8] {
        var result: [UInt8] = []
        while result.count < count {
            // What is announced is not reserved before it comes.
            var part = [UInt8](repeating: 0, count: min(1 << 20, count - result.count))
            let got = part.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
            if got < 0, errno == EINTR { continue }
            guard got > 0 else { throw .closed }
            result += part.prefix(got)
        }
        return result
    }
}
