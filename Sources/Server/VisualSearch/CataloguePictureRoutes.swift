import Accounts
import Basics
import HTTPTypes
import HummingbirdCore
import Imaging
import NIOCore
import Storage
import Synchronization
import VisualSearch

/// Pictures of items: put in and taken out by people of the shop, shown to everybody who looks at the shop's window.
struct CataloguePictureRoutes: RouteGroup {
    let access: CatalogueAccess
    let cache = ThumbnailCache()

    func add(to routes: inout RouteTable) {
        let path = "/api/v1/catalogue/items/{sku}/pictures/{n}"
        routes.openGet(path, .catalogue) { call in try await show(call) }
        routes.put(path, .catalogue) { call, session in
            try session.requireShop()
            let catalogue = try await access.catalogue(call)
            let item = try await access.item(call, in: catalogue)
            let bytes = Array(buffer: try await call.body(maximumBytes: 20 << 20))
            try await catalogue.putPicture(
                PictureUpload(bytes: bytes, name: try call.query()["name"] ?? ""), at: try place(call), of: item.number)
            return .emptyObject
        }
        routes.delete(path, .catalogue) { call, session in
            try session.requireShop()
            let catalogue = try await access.catalogue(call)
            let picture = try await picture(call, in: catalogue)
            let removal = try await catalogue.removePicture(picture.number, by: session.user.text)
            return .json(["removal": .int(removal)])
        }
    }

    private func place(_ call: Call) throws -> Int {
        guard let place = Int(call.parameter("n")) else { throw RequestError.notFound("There is no such picture.") }
        return place
    }

    private func picture(_ call: Call, in catalogue: Catalogue) async throws -> CataloguePicture {
        let place = try place(call)
        let item = try await access.item(call, in: catalogue)
        guard let found = try await catalogue.pictures(of: item.number).first(where: { $0.place == place }) else {
            throw RequestError.notFound("\(item.draft.sku) has no picture \(place).")
        }
        return found
    }

    /// Sides of small pictures; others are not made, so that nobody can ask for thousands of sizes.
    private static let sides: [Int64] = [96, 240, 480, 960]

    /// The smallest side that is made and is no smaller than a wish.
    static func side(atLeast wished: Int64) -> Int { Int(sides.first { $0 >= wished } ?? 960) }

    private func show(_ call: Call) async throws -> Response {
        let catalogue = try await access.catalogue(call)
        let side = Self.side(atLeast: try call.query().integer("side", clampedTo: 1...960) ?? 480)
        let picture = try await picture(call, in: catalogue)
        let tag = "\(picture.blob.hex.prefix(24))-\(side)"
        if let known = cache[tag] { return PictureReply.thumbnail(known, tag: tag, request: call.request) }
        let made = try await catalogue.thumbnail(of: picture.number, width: side, height: side)
        cache.keep(made, as: tag)
        return PictureReply.thumbnail(made, tag: tag, request: call.request)
    }
}

/// Small pictures that were made lately, up to 32 MiB of them.
final class ThumbnailCache: Sendable {
    private struct Pages {
        var pictures: [String: Thumbnail] = [:]
        /// The oldest first.
        var order: [String] = []
        var bytes = 0
    }

    private let pages = Mutex(Pages())
    private let limit: Int

    init(limit: Int = 32 << 20) { self.limit = limit }

    subscript(tag: String) -> Thumbnail? { pages.withLock { $0.pictures[tag] } }

    func keep(_ picture: Thumbnail, as tag: String) {
        pages.withLock { pages in
            guard pages.pictures[tag] == nil else { return }
            pages.pictures[tag] = picture
            pages.order.append(tag)
            pages.bytes += picture.bytes.count
            while pages.bytes > limit, pages.order.count > 1 {
                let oldest = pages.order.removeFirst()
                pages.bytes -= pages.pictures.removeValue(forKey: oldest)?.bytes.count ?? 0
            }
        }
    }
}
