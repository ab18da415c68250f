import Accounts
import Basics
import HTTPTypes
import HummingbirdCore
import Messaging
import NIOCore
import Storage
import VisualSearch

/// The body of `POST /scans`: pictures with what is wished for.
struct ScanBody: Sendable {
    var photos: [[UInt8]]
    var wish: ScanWish

    /// What a scan may weigh in all. Pages send pictures of a few hundred kilobytes.
    static let maximumBytes = 40 << 20

    /// Reads a form with `picture` parts, one picture as the whole body, `{"media": "mxc://..."}`, or a picture of an
    /// article: `{"article": "17", "picture": 0}`.
    ///
    /// - Throws: 400 for a body without a picture, 404 for media that is not here, 415 for another type.
    init(_ call: Call, _ session: Session, media: MediaStore, catalogues: Catalogues) async throws {
        let type = call.request.headers[.contentType] ?? ""
        let kind = type.split(separator: ";").first.map { $0.lowercased() } ?? ""
        switch kind {
        case "multipart/form-data":
            let bytes = Array(buffer: try await call.body(maximumBytes: Self.maximumBytes))
            let form = try MultipartForm(bytes, contentType: type)
            photos = form.all("picture").map { Array($0.content) }
            wish = try ScanWish { name in try Self.text(name, in: form) }
            if photos.isEmpty, let address = try Self.text("media", in: form) {
                photos = [try await Self.photo(address, session, media)]
            }
        case "application/json":
            let body = try await call.object()
            wish = try ScanWish(body)
            if let article = try body.string("article") {
                photos = [try await Self.photo(Int(try body.int("picture") ?? 0), of: article, catalogues)]
                return
            }
            let address = try body.required("media", try body.string("media"))
            photos = [try await Self.photo(address, session, media)]
        case _ where kind.hasPrefix("image/") || kind == "application/octet-stream":
            let query = try call.query()
            wish = try ScanWish { query[$0] }
            photos = [Array(buffer: try await call.body(maximumBytes: Self.maximumBytes))]
        default:
            throw RequestError(
                status: 415, code: "unsupported_body",
                message: "A scan takes a form with 'picture' parts, one picture, or JSON with 'media'.")
        }
        guard (1...Catalogue.photosPerScan).contains(photos.count) else {
            throw RequestError.invalidParam(
                "A scan takes 1 to \(Catalogue.photosPerScan) pictures; this one has \(photos.count).")
        }
    }

    private static func text(_ name: String, in form: MultipartForm) throws -> String? {
        guard let part = form[name] else { return nil }
        guard let text = part.text, text.utf8.count <= 65_536 else {
            throw RequestError.invalidParam("'\(name)' is no text.")
        }
        return text
    }

    /// A picture that an article shows.
    private static func photo(_ place: Int, of article: String, _ catalogues: Catalogues) async throws -> [UInt8] {
        guard let number = Int64(article), let known = try await catalogues.article(number) else {
            throw RequestError.notFound("There is no such article.")
        }
        return try await known.catalogue.articlePicture(place, of: number)
    }

    /// A picture that was uploaded before, such as one of a conversation.
    private static func photo(_ address: String, _ session: Session, _ media: MediaStore) async throws -> [UInt8] {
        let parts = address.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 4, parts[0] == "mxc:", parts[1].isEmpty else {
            throw RequestError.invalidParam("'media' is an address such as mxc://\(media.serverName)/abc.")
        }
        let file = try await media.open(parts[3], of: parts[2], for: session.userNumber, waitMilliseconds: 0)
        guard file.reader.size <= maximumBytes else {
            throw RequestError.tooLarge("The picture has \(file.reader.size) bytes; \(maximumBytes) are allowed.")
        }
        return try await file.reader.readAll()
    }
}
