import Accounts
import Basics
import HTTPTypes
import HummingbirdCore
import NIOCore
import Storage
import VisualSearch

/// Articles and entries of the encyclopaedia: put in by people of the shop, read by everybody.
struct ArticleRoutes: RouteGroup {
    let access: CatalogueAccess
    let cache = ThumbnailCache()

    static let maximumBytes = 64 << 20
    static let maximumLines = 2_000

    func add(to routes: inout RouteTable) {
        routes.openGet("/a/{id}", .page) { call in
            do {
                let (catalogue, article) = try await known(call)
                let linked = try await catalogue.linkedItems(of: article.number)
                return ArticlePage.response(article, linked: linked)
            } catch let error as RequestError where error.status == 404 {
                return ArticlePage.missing
            }
        }
        routes.openGet("/api/v1/articles", .catalogue) { call in .json(try await page(call)) }
        routes.openGet("/api/v1/articles/{id}", .catalogue) { call in
            let (catalogue, article) = try await known(call)
            return .json(article.json(linked: try await catalogue.linkedItems(of: article.number)))
        }
        routes.openGet("/api/v1/articles/{id}/pictures/{n}", .catalogue) { call in try await picture(call) }
        routes.post("/api/v1/articles", .upload) { call, session in
            try session.requireShop()
            return try await put(call)
        }
        routes.delete("/api/v1/articles/{id}", .catalogue) { call, session in
            try session.requireShop()
            let (catalogue, article) = try await known(call)
            try await catalogue.removeArticle(article.number)
            return .emptyObject
        }
    }

    private func known(_ call: Call) async throws -> (Catalogue, CatalogueArticle) {
        guard let number = Int64(call.parameter("id")), let known = try await access.catalogues.article(number) else {
            throw RequestError.notFound("There is no such article.")
        }
        return known
    }

    private func page(_ call: Call) async throws -> JSON {
        let query = try call.query()
        let after = try query.integer("next", clampedTo: 0...Int64.max) ?? 0
        let limit = Int(try query.integer("limit", clampedTo: 1...200) ?? 50)
        let articles = try await access.catalogue(call).articles(after: after, limit: limit)
        var object: JSONObject = ["articles": .array(articles.map(\.summary))]
        if articles.count == limit, let last = articles.last { object["next"] = .string(String(last.number)) }
        return .object(object)
    }

    private func picture(_ call: Call) async throws -> Response {
        let (catalogue, article) = try await known(call)
        guard let place = Int(call.parameter("n")),
            let picture = article.pictures.first(where: { $0.place == place })
        else { throw RequestError.notFound("There is no such picture.") }
        let wished = try call.query().integer("side", clampedTo: 1...1_600) ?? 960
        let side = [240, 480, 960, 1_600].first { $0 >= Int(wished) } ?? 1_600
        let tag = "a\(picture.blob.hex.prefix(24))-\(side)"
        if let known = cache[tag] { return PictureReply.thumbnail(known, tag: tag, request: call.request) }
        let made = try await catalogue.articleThumbnail(place, of: article.number, width: side, height: side)
        cache.keep(made, as: tag)
        return PictureReply.thumbnail(made, tag: tag, request: call.request)
    }

    // MARK: Putting in

    /// JSON is one article, lines of JSON are many, a form brings one with the files of its pictures.
    private func put(_ call: Call) async throws -> Response {
        let catalogue = try await access.catalogueToFill(call)
        let type = call.request.headers[.contentType] ?? ""
        let kind = type.split(separator: ";").first.map { $0.lowercased() } ?? ""
        let body = Array(buffer: try await call.body(maximumBytes: Self.maximumBytes))
        switch kind {
        case "multipart/form-data":
            let form = try MultipartForm(body, contentType: type)
            guard let part = form["article"] else { throw RequestError.missingParam("The form has no 'article'.") }
            let files = Dictionary(
                form.all("picture").map { ($0.fileName ?? "", Array($0.content)) },
                uniquingKeysWith: { first, _ in first })
            return .json(try await Self.put(Array(part.content), files, in: catalogue), status: .created)
        case "application/x-ndjson", "application/jsonl":
            let lines = body.split(separator: 10).filter { line in line.contains { $0 > 32 } }
            guard lines.count <= Self.maximumLines else {
                throw RequestError.tooLarge("There are \(lines.count) lines; \(Self.maximumLines) are taken at once.")
            }
            var results: [JSON] = []
            for (number, line) in lines.enumerated() {
                do {
                    results.append(try await Self.put(Array(line), [:], in: catalogue))
                } catch let error as RequestError where error.status < 500 {
                    results.append(["line": .int(Int64(number + 1)), "error": .string(error.message)])
                }
            }
            return .json(["results": .array(results)])
        default: return .json(try await Self.put(body, [:], in: catalogue), status: .created)
        }
    }

    private static func put(
        _ body: [UInt8], _ files: [String: [UInt8]], in catalogue: Catalogue
    ) async throws -> JSON {
        let record: JSONObject
        do {
            guard let object = try JSON(parsing: body).objectValue else {
                throw RequestError.badJSON("An article is a JSON object.")
            }
            record = object
        } catch let error as JSONError {
            throw RequestError(error)
        }
        let draft = ArticleDraft(record: record)
        var pictures: [Int: [UInt8]] = [:]
        for (place, picture) in draft.pictures.enumerated() { pictures[place] = files[picture.name] }
        let result = try await catalogue.putArticle(draft, pictures: pictures)
        var problems = JSONObject()
        for (place, problem) in result.problems { problems[draft.pictures[place].name] = .string(problem) }
        for (place, picture) in draft.pictures.enumerated() where pictures[place] == nil {
            problems[picture.name] = "no file of that name came along"
        }
        return [
            "id": .string(String(result.article)), "key": .string(draft.key), "changed": .bool(result.isChanged),
            "problems": .object(problems),
        ]
    }
}

extension CatalogueArticle {
    /// What lists tell of an article.
    var summary: JSON {
        [
            "id": .string(String(number)), "key": .string(draft.key), "kind": .string(draft.kind.rawValue),
            "title": .string(draft.title), "source": .string(draft.source), "url": .string(draft.link),
            "page": .string("/a/\(number)"), "category": .string(draft.category),
            "pictures": .int(Int64(pictures.count)), "updated": .int(updatedMilliseconds),
        ]
    }

    /// The whole article, with the items that its pictures show beside each.
    func json(linked: [Int: [LinkedItem]]) -> JSON {
        var object = summary.objectValue ?? [:]
        object["text"] = .string(draft.text.plain)
        object["pictures"] = .array(
            pictures.map { picture in
                [
                    "n": .int(Int64(picture.place)), "caption": .string(picture.caption),
                    "url": .string("/api/v1/articles/\(number)/pictures/\(picture.place)"),
                    "items": .array((linked[picture.place] ?? []).map(\.json)),
                ]
            })
        return .object(object)
    }
}

extension LinkedItem {
    /// The item with its likeness.
    fileprivate var json: JSON {
        [
            "sku": .string(item.draft.sku), "shop": .string(item.draft.shop), "title": .string(item.draft.title),
            "url": .string(item.draft.link), "score": .likeness(score), "same": .bool(isSame),
        ]
    }
}
