import Accounts
import Basics
import HTTPTypes
import HummingbirdCore
import Imaging
import Messaging
import Storage
import VisualSearch

/// The set of boxes: drawing, history, suggestions of the detector, rounds of the loop.
struct LabelRoutes: RouteGroup {
    let access: CatalogueAccess
    let jobs: CatalogueJobs
    let cache = ThumbnailCache()

    func add(to routes: inout RouteTable) {
        routes.get("/api/v1/labels", .catalogue) { call, session in
            try session.requireShop()
            return .json(try await list(call))
        }
        routes.post("/api/v1/labels/collect", .catalogue) { call, session in
            try session.requireShop()
            let added = try await access.catalogue(call).collectLabelPictures(most: 5_000)
            return .json(["added": .int(Int64(added))])
        }
        routes.get("/api/v1/labels/{label}", .catalogue) { call, session in
            try session.requireShop()
            let (picture, boxes) = try await access.catalogue(call).labelPicture(try number(call))
            return .json(Self.described(picture, boxes))
        }
        routes.put("/api/v1/labels/{label}", .catalogue) { call, session in
            try session.requireShop()
            return .json(try await save(call, session))
        }
        routes.get("/api/v1/labels/{label}/history", .catalogue) { call, session in
            try session.requireShop()
            let events = try await access.catalogue(call).labelHistory(try number(call))
            return .json(["history": .array(events.map(\.json))])
        }
        routes.get("/api/v1/labels/{label}/suggestions", .scan) { call, session in
            try session.requireShop()
            return .json(try await suggestions(call))
        }
        routes.get("/api/v1/labels/{label}/picture", .catalogue) { call, session in
            try session.requireShop()
            return try await picture(call)
        }
        addRounds(to: &routes)
    }

    private func addRounds(to routes: inout RouteTable) {
        routes.get("/api/v1/labels/rounds", .catalogue) { call, session in
            try session.requireShop()
            let catalogue = try await access.catalogue(call)
            let rounds = try await catalogue.labelRounds()
            return .json([
                "rounds": .array(rounds.map(\.json)), "figures": try await catalogue.labelFigures().json,
            ])
        }
        routes.post("/api/v1/labels/rounds", .catalogue) { call, session in
            try session.requireShop()
            let again = try await call.object(orEmpty: true).bool("again") ?? false
            let job = try await jobs.requestLabelRound(
                of: try await access.catalogue(call).name, by: session.user.text, again: again)
            return .json(["job": .int(job)], status: .accepted)
        }
        routes.post("/api/v1/labels/rounds/{round}/undo", .catalogue) { call, session in
            try session.requireShop()
            guard let round = Int64(call.parameter("round")) else {
                throw RequestError.notFound("There is no such round.")
            }
            let count = try await access.catalogue(call).rollBackLabels(round, by: session.user.text)
            return .json(["removed": .int(Int64(count))])
        }
    }

    private func number(_ call: Call) throws -> Int64 {
        guard let number = Int64(call.parameter("label")) else {
            throw RequestError.notFound("There is no such picture in the set of boxes.")
        }
        return number
    }

    // MARK: Pictures and boxes

    private func list(_ call: Call) async throws -> JSON {
        let query = try call.query()
        let name = query["filter"] ?? "all"
        guard let filter = LabelFilter(rawValue: name) else {
            let known = LabelFilter.allCases.map(\.rawValue).joined(separator: ", ")
            throw RequestError.invalidParam("'filter' is one of \(known).")
        }
        let after = try query.integer("next", clampedTo: 0...Int64.max) ?? 0
        let limit = Int(try query.integer("limit", clampedTo: 1...500) ?? 50)
        let pictures = try await access.catalogue(call).labelPictures(filter, after: after, limit: limit)
        var object: JSONObject = ["pictures": .array(pictures.map(\.json))]
        if pictures.count == limit, let last = pictures.last { object["next"] = .string(String(last.number)) }
        return .object(object)
    }

    static func described(_ picture: LabelPicture, _ boxes: [LabelBox]) -> JSON {
        var object = picture.json.objectValue ?? [:]
        object["boxes"] = .array(boxes.map(\.json))
        return .object(object)
    }

    private func save(_ call: Call, _ session: Session) async throws -> JSON {
        let body = try await call.object()
        let revision = try body.required("revision", try body.int("revision"))
        let boxes = try body.required("boxes", try body.array("boxes"))
        let edits = try boxes.enumerated().map { place, json in try LabelEdit(json, place: place) }
        let (picture, kept) = try await access.catalogue(call).saveLabels(
            edits, of: try number(call), revision: revision, isDone: try body.bool("done") ?? false,
            by: session.user.text)
        return Self.described(picture, kept)
    }

    private func suggestions(_ call: Call) async throws -> JSON {
        let catalogue = try await access.catalogue(call)
        let number = try number(call)
        let size = try await catalogue.labelPicture(number).picture.size
        let found = try await catalogue.suggestLabels(number)
        return [
            "boxes": .array(
                found.map { each in
                    let (width, height) = (Double(size.width), Double(size.height))
                    let box = [
                        each.box.x * width, each.box.y * height, each.box.width * width, each.box.height * height,
                    ]
                    return [
                        "box": .array(box.map { .double(($0 * 64).rounded() / 64) }),
                        "category": .string(each.category),
                        "score": .double(each.score),
                    ]
                })
        ]
    }

    private func picture(_ call: Call) async throws -> Response {
        let catalogue = try await access.catalogue(call)
        let number = try number(call)
        guard let wished = try call.query().integer("side", clampedTo: 1...960) else {
            return PictureReply.file(try await catalogue.labelFile(number))
        }
        let side = CataloguePictureRoutes.side(atLeast: wished)
        let blob = try await catalogue.labelPicture(number).picture.blob
        let tag = "\(blob.hex.prefix(24))-\(side)"
        let made: Thumbnail
        if let known = cache[tag] {
            made = known
        } else {
            made = try await catalogue.labelThumbnail(number, side: side)
            cache.keep(made, as: tag)
        }
        return PictureReply.thumbnail(made, tag: tag, request: call.request, isPublic: false)
    }
}

extension LabelEdit {
    /// Reads `{"id"?, "box": [x, y, width, height] in pixels, "category", "unsure"?}`.
    ///
    /// - Throws: 400 that names the box by its place.
    init(_ json: JSON, place: Int) throws(RequestError) {
        let numbers = (json["box"]?.arrayValue ?? []).compactMap(\.doubleValue)
        guard let category = json["category"]?.stringValue, !category.isEmpty, category.utf8.count <= 200,
            numbers.count == 4,
            let box = LabelSet.Box(
                left: numbers[0], top: numbers[1], right: numbers[0] + numbers[2], bottom: numbers[1] + numbers[3],
                category: category)
        else {
            throw .invalidParam(
                "Box \(place + 1) needs `box` as [x, y, width, height] in pixels with an area, and a `category`.")
        }
        self.init(number: json["id"]?.intValue, box: box, isUnsure: json["unsure"]?.boolValue ?? false)
    }
}
