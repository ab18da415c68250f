import Accounts
import Basics
import HTTPTypes
import HummingbirdCore
import Messaging
import VisualSearch

/// Scanning: a picture in, the same items and similar ones out; asking again, feedback, forgetting.
///
/// Whoever has a scan's id may see its answer, which is how it is shared in a conversation; only its owner and people of
/// the shop may change it.
struct ScanRoutes: RouteGroup {
    let access: CatalogueAccess
    let media: MediaStore
    let gate: ScanGate
    let meters: ScanMeters
    let sessions = ScanSessions()

    private var catalogues: Catalogues { access.catalogues }

    func add(to routes: inout RouteTable) {
        routes.post("/api/v1/scans", .scan) { call, session in try await scan(call, session) }
        routes.get("/api/v1/scans/{id}", .catalogue) { call, _ in
            let scan = try await known(call)
            return .json(described(scan, watch: try await catalogue(of: scan).watch(of: scan.answer.id)))
        }
        routes.get("/api/v1/scans/{id}/picture", .catalogue) { call, _ in
            let scan = try await known(call)
            return PictureReply.file(try await catalogue(of: scan).keptPhoto(scan.answer.id))
        }
        routes.patch("/api/v1/scans/{id}", .rescan) { call, session in try await change(call, session) }
        routes.delete("/api/v1/scans/{id}", .catalogue) { call, session in
            let scan = try await own(call, session)
            sessions.forget(scan.answer.id)
            try await catalogue(of: scan).forgetScan(scan.answer.id)
            return .emptyObject
        }
        routes.post("/api/v1/scans/{id}/feedback", .catalogue) { call, session in
            try await feedback(call, session)
        }
        routes.get("/api/v1/feedback", .catalogue) { call, session in
            try session.requireShop()
            return .json(try await wrong(call))
        }
    }

    // MARK: Scanning

    private func scan(_ call: Call, _ session: Session) async throws -> Response {
        try session.refuseSuspended()
        do {
            var catalogue = try await access.catalogue(call)
            let body = try await ScanBody(call, session, media: media, catalogues: catalogues)
            let isOpen = try call.query()["catalogue"] == nil
            return try await gate.run {
                var scan = try await catalogue.beginScan(
                    body.photos, request: body.wish.request, filter: body.wish.filter)
                var answer = try await scan.answer()
                // What belongs to a vertical is looked up where its model and its goods are.
                if isOpen, let other = try await catalogues.vertical(for: answer, of: catalogue) {
                    let special = try await other.beginScan(
                        body.photos, request: body.wish.request, filter: body.wish.filter)
                    let said = try await special.answer()
                    if case .nothing = said.verdict {} else { (catalogue, scan, answer) = (other, special, said) }
                }
                meters.answered(answer)
                // Of a burst the frame is kept that the answer shows.
                let shown = await scan.shownPhoto
                let photo = body.photos.indices.contains(shown) ? body.photos[shown] : body.photos[0]
                try await catalogue.keep(
                    answer, photo: photo, visitor: session.userNumber, wish: body.wish.json,
                    vector: await scan.searchedVector)
                sessions.keep(scan, as: answer.id)
                return .json(answer.json, status: .created)
            }
        } catch {
            meters.refused.add()
            throw error
        }
    }

    private func change(_ call: Call, _ session: Session) async throws -> Response {
        let kept = try await own(call, session)
        let body = try await call.object()
        let (answer, vector) = try await gate.run {
            let scan = try await running(kept)
            switch (body["box"], body["category"]) {
            case (.some, nil): return (try await scan.answer(box: try ScanWish(body).box), await scan.searchedVector)
            case (nil, .some(let category)):
                guard category.isNull || category.stringValue != nil else {
                    throw RequestError.badJSON("'category' must be a string or null.")
                }
                return (try await scan.answer(category: category.stringValue), await scan.searchedVector)
            default: throw RequestError.invalidParam("Either 'box' or 'category' is needed.")
            }
        }
        meters.answered(answer)
        try await catalogue(of: kept).replace(answer, vector: vector)
        return .json(answer.json)
    }

    /// The scan with its decoded picture; decoded again when that was a while ago.
    private func running(_ kept: KeptScan) async throws -> ScanSession {
        let id = kept.answer.id
        if let session = sessions[id] { return session }
        let catalogue = try await catalogue(of: kept)
        let photo = try await catalogue.keptPhoto(id)
        let wish = ScanWish(kept: kept.wish)
        let scan = try await catalogue.beginScan([photo], request: wish.request, filter: wish.filter, id: id)
        _ = try await scan.answer()
        sessions.keep(scan, as: id)
        return scan
    }

    // MARK: Kept scans

    private func known(_ call: Call) async throws -> KeptScan {
        guard let scan = try await catalogues.scan(call.parameter("id")) else {
            throw RequestError.notFound("There is no such scan; they are kept for 30 days.")
        }
        return scan
    }

    private func catalogue(of scan: KeptScan) async throws -> Catalogue {
        try await catalogues.catalogue(scan.catalogue)
    }

    private func own(_ call: Call, _ session: Session) async throws -> KeptScan {
        try session.refuseSuspended()
        let scan = try await known(call)
        guard scan.visitor == session.userNumber || session.isOfShop else {
            throw RequestError.forbidden("Somebody else made this scan.")
        }
        return scan
    }

    private func described(_ scan: KeptScan, watch: ScanWatch? = nil) -> JSON {
        guard var object = scan.answer.json.objectValue else { return scan.answer.json }
        object["catalogue"] = .string(scan.catalogue)
        object["at"] = .int(scan.atMilliseconds)
        object["expires"] = .int(scan.expiresMilliseconds)
        object["feedback"] = scan.feedback?.json
        object["watch"] = watch.map { .string($0.state.rawValue) }
        return .object(object)
    }

    // MARK: Feedback

    private func feedback(_ call: Call, _ session: Session) async throws -> Response {
        let scan = try await own(call, session)
        let body = try await call.object()
        let name = try body.required("verdict", try body.string("verdict"))
        guard let verdict = ScanFeedback(rawValue: name) else {
            let known = ScanFeedback.allCases.map(\.rawValue).joined(separator: ", ")
            throw RequestError.invalidParam("'verdict' is one of \(known).")
        }
        try await catalogue(of: scan).feedback(
            verdict, on: scan.answer.id, sku: try body.string("sku"), category: try body.string("category"))
        meters.feedback.add()
        return .emptyObject
    }

    private func wrong(_ call: Call) async throws -> JSON {
        let query = try call.query()
        let after = try query.integer("next", clampedTo: 0...Int64.max) ?? 0
        let limit = try query.integer("limit", clampedTo: 1...200) ?? 50
        let scans = try await catalogues.wrongScans(after: after, limit: Int(limit))
        var object: JSONObject = ["scans": .array(scans.map { described($0) })]
        if scans.count == Int(limit), let last = scans.last { object["next"] = .string(String(last.number)) }
        return .object(object)
    }
}

extension KeptFeedback {
    /// As it stands in a scan.
    var json: JSON {
        var object: JSONObject = ["verdict": .string(verdict.rawValue)]
        object["sku"] = sku.map { .string($0) }
        object["category"] = category.map { .string($0) }
        return .object(object)
    }
}
