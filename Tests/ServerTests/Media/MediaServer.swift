import Accounts
import Basics
import Foundation
import HTTPTypes
import HummingbirdCore
import Logging
import Messaging
import NIOCore
import Storage
import Synchronization
import TestSupport
import Testing

@testable import Server

/// The media routes on a real store, asked without a socket.
final class MediaServer: Sendable {
    let store: MediaStore
    private let shell: Shell
    private let folder: URL

    init(_ change: (inout MediaPolicy) -> Void = { _ in }) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "vitrine-routes-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let clock = MockWallClock()
        let database = try Database.open(
            path: folder.appending(path: "test.db").path,
            migrations: MessagingSchema.migrations + MediaStore.migrations,
            clock: clock)
        var policy = MediaPolicy()
        change(&policy)
        store = MediaStore(
            database: database,
            blobs: try BlobStore(directory: folder.appending(path: "media").path, database: database),
            serverName: "shop.test", policy: policy, clock: clock, avatar: { _ in nil })
        var routes = RouteTable()
        routes.add(MediaRoutes(media: store))
        shell = Shell(
            routes: routes, pages: .none, authenticate: { token, _ in try Self.session(token) }, limiter: nil,
            proxies: try #require(NetworkList([])), metrics: Metrics(), logger: Logger(label: "test"))
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private static func session(_ token: String) throws -> Session {
        guard let number = Int64(token) else { throw RequestError.unknownToken() }
        let user = UserIdentifier(localpart: "u\(number)", serverName: "shop.test")
        return Session(userNumber: number, user: user, deviceNumber: number, deviceID: "D")
    }

    struct Reply {
        let status: Int
        let headers: HTTPFields
        let body: [UInt8]

        subscript(name: String) -> String? { HTTPField.Name(name).flatMap { headers[$0] } }

        var json: JSON? { try? JSON(parsing: body) }
    }

    /// A request that waits, which nothing about media should.
    struct Unanswered: Error {}

    /// Sends a request; the token is the user's number.
    func ask(
        _ method: HTTPRequest.Method, _ path: String, token: String? = "1", headers: HTTPFields = [:],
        body: [UInt8] = []
    ) async throws -> Reply {
        var head = HTTPRequest(
            method: method, scheme: "http", authority: "shop.test", path: path, headerFields: headers)
        if let token { head.headerFields[.authorization] = "Bearer \(token)" }
        let request = Request(head: head, body: RequestBody(buffer: ByteBuffer(bytes: body)))
        let exchange = Exchange(request, ClientLink(address: .unspecified), shell)
        guard case .reply(let response) = await shell.respond(to: exchange) else { throw Unanswered() }
        let collected = Collected()
        try await response.body.write(Collector(into: collected))
        return Reply(
            status: response.status.code, headers: response.headers, body: collected.bytes.withLock { $0 })
    }

    /// Uploads and answers the media id.
    func upload(_ bytes: [UInt8], type: String? = nil, query: String = "") async throws -> String {
        var headers: HTTPFields = [:]
        headers[.contentType] = type
        let reply = try await ask(.post, "/_matrix/media/v3/upload\(query)", headers: headers, body: bytes)
        let address = reply.json?["content_uri"]?.stringValue ?? ""
        return String(address.dropFirst("mxc://shop.test/".count))
    }

    func download(_ id: String, _ headers: HTTPFields = [:]) async throws -> Reply {
        try await ask(.get, "/_matrix/client/v1/media/download/shop.test/\(id)", headers: headers)
    }
}

final class Collected: Sendable {
    let bytes = Mutex<[UInt8]>([])
}

struct Collector: ResponseBodyWriter {
    let collected: Collected

    init(into collected: Collected) { self.collected = collected }

    mutating func write(_ buffer: ByteBuffer) async throws {
        collected.bytes.withLock { $0 += Array(buffer.readableBytesView) }
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
