import Accounts
import Basics
import Foundation
import HTTPTypes
import HummingbirdCore
import Imaging
import Logging
import Messaging
import NIOCore
import Storage
import Synchronization
import TestSupport
import Testing
import VisualSearch

@testable import Server

/// The routes of scans and of the catalogue on a real store, asked without a socket. Tokens: `mei` and `bo` work for the shop,
/// `7` and other numbers are visitors.
final class ScanServer: Sendable {
    let catalogues: Catalogues
    let media: MediaStore
    let meters = ScanMeters()
    let gate: ScanGate
    let jobs: CatalogueJobs
    private let shell: Shell
    private let database: Database
    private let folder: URL

    init(gate limit: Int = 8, limiter: RateLimiter? = nil) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "vitrine-scans-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        database = try Database.open(
            path: folder.appending(path: "test.db").path,
            migrations: MessagingSchema.migrations + MediaStore.migrations + VisualSearchSchema.migrations)
        let blobs = try BlobStore(directory: folder.appending(path: "media").path, database: database)
        media = MediaStore(
            database: database, blobs: blobs, serverName: "shop.test", policy: MediaPolicy(),
            clock: SystemWallClock(), avatar: { _ in nil })
        catalogues = Catalogues.open(database: database, blobs: blobs, folder: folder.appending(path: "index").path)
        jobs = CatalogueJobs(catalogues)
        gate = ScanGate(limit: limit)
        let access = CatalogueAccess(catalogues: catalogues)
        var routes = RouteTable()
        routes.add(
            MediaRoutes(media: media), ScanRoutes(access: access, media: media, gate: gate, meters: meters),
            CatalogueRoutes(access: access), CataloguePictureRoutes(access: access),
            CatalogueBatchRoute(access: access), IndexRoutes(access: access), CategoryRoutes(access: access),
            ArticleRoutes(access: access), UnderstandRoute(access: access, gate: gate),
            WishRoutes(access: access, jobs: jobs), WatchRoutes(catalogues: catalogues),
            CrawlRoutes(access: access, jobs: jobs), VerticalRoutes(catalogues: catalogues),
            ImportRoutes(
                access: access, jobs: jobs, uploads: ImportUploads(folder: folder.appending(path: "imports").path)),
            ReviewRoutes(access: access, jobs: jobs), LabelRoutes(access: access, jobs: jobs),
            LabelFileRoutes(access: access), HealthReportRoutes(access: access, jobs: jobs))
        shell = Shell(
            routes: routes, pages: .none, authenticate: { token, _ in try Self.session(token) }, limiter: limiter,
            proxies: try #require(NetworkList([])), metrics: Metrics(), logger: Logger(label: "test"))
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func close() async {
        await catalogues.close()
        await database.close()
    }

    /// Opens a server, runs the body and closes everything.
    static func with(
        gate: Int = 8, limiter: RateLimiter? = nil, _ body: (ScanServer) async throws -> Void
    ) async throws {
        let server = try ScanServer(gate: gate, limiter: limiter)
        do {
            try await body(server)
        } catch {
            await server.close()
            throw error
        }
        await server.close()
    }

    private static func session(_ token: String) throws -> Session {
        if let number = ["mei", "bo"].firstIndex(of: token) {
            let user = UserIdentifier(localpart: token, serverName: "shop.test")
            let staff = Int64(number + 1)
            return Session(userNumber: staff, user: user, deviceNumber: staff, deviceID: "D", kind: .staff)
        }
        guard let number = Int64(token) else { throw RequestError.unknownToken() }
        let user = UserIdentifier(localpart: "v\(number)", serverName: "shop.test")
        return Session(userNumber: number, user: user, deviceNumber: number, deviceID: "D", kind: .visitor)
    }

    /// Sends a request.
    func ask(
        _ method: HTTPRequest.Method, _ path: String, as token: String? = "7", type: String? = nil, _ body: [UInt8] = []
    ) async throws -> MediaServer.Reply {
        var head = HTTPRequest(method: method, scheme: "http", authority: "shop.test", path: path)
        if let token { head.headerFields[.authorization] = "Bearer \(token)" }
        head.headerFields[.contentType] = type
        let request = Request(head: head, body: RequestBody(buffer: ByteBuffer(bytes: body)))
        let exchange = Exchange(request, ClientLink(address: .unspecified), shell)
        guard case .reply(let response) = await shell.respond(to: exchange) else { throw MediaServer.Unanswered() }
        let collected = Collected()
        try await response.body.write(Collector(into: collected))
        return MediaServer.Reply(
            status: response.status.code, headers: response.headers, body: collected.bytes.withLock { $0 })
    }

    func ask(
        _ method: HTTPRequest.Method, _ path: String, as token: String? = "7", json: JSON
    ) async throws -> MediaServer.Reply {
        try await ask(method, path, as: token, type: "application/json", json.encoded())
    }

    /// Scans a picture as a form.
    func scan(
        _ pictures: [[UInt8]], as token: String = "7", fields: KeyValuePairs<String, String> = [:]
    ) async throws -> MediaServer.Reply {
        let (type, body) = Form.body(fields: fields, files: pictures.map { ("picture", "p.png", $0) })
        return try await ask(.post, "/api/v1/scans", as: token, type: type, body)
    }

    /// Puts an item with its pictures in.
    @discardableResult
    func put(
        _ sku: String, _ item: JSON = .object([:]), pictures: [[UInt8]]
    ) async throws -> MediaServer.Reply {
        let (type, body) = Form.body(
            fields: ["item": item.text], files: pictures.map { ("picture", "p.png", $0) })
        return try await ask(.put, "/api/v1/catalogue/items/\(sku)", as: "mei", type: type, body)
    }
}

/// Bodies of forms.
enum Form {
    static func body(
        fields: KeyValuePairs<String, String>, files: [(name: String, file: String, bytes: [UInt8])]
    ) -> (type: String, body: [UInt8]) {
        var body: [UInt8] = []
        for (name, value) in fields {
            body += Array(
                "--frontier\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n".utf8)
        }
        for file in files {
            let head =
                "--frontier\r\nContent-Disposition: form-data; name=\"\(file.name)\"; filename=\"\(file.file)\"\r\n"
                + "Content-Type: application/octet-stream\r\n\r\n"
            body += Array(head.utf8) + file.bytes + [13, 10]
        }
        return ("multipart/form-data; boundary=frontier", body + Array("--frontier--\r\n".utf8))
    }
}

/// Goods drawn by numbers: a coloured shape on a plain ground, different for each kind.
enum DrawnGoods {
    /// A PNG of a thing; `shift` moves and dims it a little, as another photo of it would.
    static func photo(_ kind: Int, shift: Int = 0) throws -> [UInt8] {
        let (width, height) = (96, 72)
        let ground = UInt8(228 - shift * 4)
        var bytes = [UInt8](repeating: ground, count: width * height * 3)
        let colour: [UInt8] = [
            UInt8(truncatingIfNeeded: kind * 97 % 200 + 20), UInt8(truncatingIfNeeded: kind * 57 % 180 + 30),
            UInt8(truncatingIfNeeded: kind * 151 % 210 + 10),
        ]
        for y in 0..<height {
            for x in 0..<width where isInside(kind, x - 48 - shift, y - 36 - shift) {
                let stripe = kind % 3 == 0 && (x / 6) % 2 == 0 ? 40 : 0
                for channel in 0..<3 {
                    bytes[(y * width + x) * 3 + channel] = UInt8(clamping: Int(colour[channel]) + stripe)
                }
            }
        }
        return try Image(width: width, height: height, format: .rgb8, bytes: bytes).encoded(as: .png)
    }

    private static func isInside(_ kind: Int, _ x: Int, _ y: Int) -> Bool {
        switch kind % 4 {
        case 0: x * x + y * y < 700
        case 1: abs(x) < 34 && abs(y) < 16
        case 2: abs(x) < 14 && abs(y) < 30
        default: abs(x) + abs(y) < 32
        }
    }
}
