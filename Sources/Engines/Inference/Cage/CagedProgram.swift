internal import Basics
internal import CCage
import Foundation

/// A process without files, network or other programs that talks over one socket: whatever strangers sent is decoded and
/// worked on there. Used by one thread at a time.
///
/// Messages are a JSON object and bytes. Both sides trust neither: lengths are checked before anything is reserved.
package final class CagedProgram: Sendable {
    /// What a program may use.
    package struct Limits: Sendable {
        /// The program and the words that make it a worker.
        package var command: [String]
        /// An empty folder: all that it sees of the file system.
        package var folder: String
        /// Address space, in bytes.
        package var memoryBytes: UInt64
        /// Processor time, in seconds.
        package var processorSeconds: UInt64

        /// Limits.
        package init(command: [String], folder: String, memoryBytes: UInt64, processorSeconds: UInt64) {
            self.command = command
            self.folder = folder
            self.memoryBytes = memoryBytes
            self.processorSeconds = processorSeconds
        }
    }

    /// The other end.
    package let stream: FrameStream
    /// The number of the process.
    package let process: Int32

    /// Starts a program.
    ///
    /// - Throws: `.unavailable` when it cannot begin.
    package init(_ limits: Limits) throws(InferenceError) {
        var pair: [Int32] = [-1, -1]
        guard cage_sockets(&pair) == 0 else { throw Self.cannot("there are no sockets") }
        let words =
            limits.command + [
                "--memory", String(limits.memoryBytes), "--processor-seconds", String(limits.processorSeconds),
            ]
        let arguments = words.map { strdup($0) }
        let variables: [String] = ["MALLOC_ARENA_MAX=2", "LC_ALL=C.UTF-8"]
        let environment = variables.map { strdup($0) }
        defer { for text in arguments + environment { free(text) } }
        process = cage_start(
            words.first ?? "", arguments + [nil], environment + [nil], limits.folder, [pair[1], pair[1], pair[1]])
        close(pair[1])
        // A process that neither reads nor writes for a minute in the middle of a frame is as good as gone.
        var patience = timeval(tv_sec: 60, tv_usec: 0)
        for option in [SO_SNDTIMEO, SO_RCVTIMEO] {
            setsockopt(pair[0], SOL_SOCKET, option, &patience, socklen_t(MemoryLayout<timeval>.size))
        }
        stream = FrameStream(descriptor: pair[0])
        guard process > 0 else {
            close(pair[0])
            throw Self.cannot("\(words.first ?? "a program"): \(String(cString: strerror(-process)))")
        }
    }

    /// Ends the process and waits until it is gone. Call it once, and use nothing of this object afterwards.
    ///
    /// - Returns: The signal that had ended it before, 0 when it ended by itself.
    @discardableResult
    package func end() -> Int32 {
        let status = cage_kill(process)
        close(stream.descriptor)
        return status & 0x7F
    }

    private static func cannot(_ why: String) -> InferenceError {
        InferenceError(.unavailable, "The worker cannot begin: \(why).")
    }
}

/// The inside of a ``CagedProgram``.
package enum CageInside {
    /// Gives everything up but computing and the socket, and ends with the program outside.
    ///
    /// - Returns: What is in force and what this machine refuses.
    package static func enter(memoryBytes: UInt64, processorSeconds: UInt64) -> CageFacts {
        close(4)
        close(5)
        Thread.detachNewThread {
            var one = pollfd(fd: 3, events: Int16(bitPattern: 0x2000), revents: 0)  // POLLRDHUP
            while poll(&one, 1, -1) < 0 && errno == EINTR {}
            _exit(EXIT_SUCCESS)
        }
        return CageFacts(bits: cage_close(memoryBytes, processorSeconds, cage_enter()))
    }

    /// The way out.
    package static let stream = FrameStream(descriptor: 3)

    /// The most memory that this process ever had, in KiB.
    package static var peakKibibytes: Int64 { cage_peak_memory() }
}
