import Basics
import HTTPTypes
import HummingbirdCore
import NIOCore
import ServiceLifecycle
import Storage
import VisualSearch

/// The progress of a job as server-sent events, until it ends.
enum ImportEvents {
    /// How often a job is looked at.
    private static let pause = Duration.milliseconds(500)
    /// Looks without news after which a line says that the connection is alive.
    private static let looksPerSign = 20
    /// The longest that one connection is told; the page connects again by itself.
    private static let mostLooks = 1_200

    /// - Parameter read: the job as it stands, as it is told.
    static func response(_ read: @escaping @Sendable () async throws -> (json: JSON, isFinal: Bool)) -> Response {
        Response(
            status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
            body: ResponseBody { writer in
                var told: JSON?
                for look in 1...mostLooks {
                    let (json, isFinal) = try await read()
                    if json != told {
                        try await writer.write(event(isFinal ? "end" : "progress", json))
                        told = json
                    } else if look % looksPerSign == 0 {
                        try await writer.write(ByteBuffer(string: ": waiting\n\n"))
                    }
                    if isFinal || Task.isShuttingDownGracefully || Task.isCancelled { break }
                    try await Task.sleep(for: pause)
                }
                try await writer.finish(nil)
            })
    }

    private static func event(_ name: String, _ json: JSON) -> ByteBuffer {
        ByteBuffer(string: "event: \(name)\ndata: \(json.text)\n\n")
    }
}
