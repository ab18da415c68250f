import Accounts
import Basics
import HTTPTypes
import HummingbirdCore
import Messaging
import VisualSearch

/// "Tell me when it comes": scans that wait for their item.
struct WatchRoutes: RouteGroup {
    let catalogues: Catalogues
    /// The conversation of a customer who names none.
    var ownRoom: @Sendable (Session) async throws -> String? = { _ in nil }

    func add(to routes: inout RouteTable) {
        let path = "/api/v1/scans/{id}/watch"
        routes.post(path, .catalogue) { call, session in
            let (catalogue, id) = try await own(call, session)
            let body = try await call.object()
            let days = try body.int("days") ?? 60
            guard (1...180).contains(days) else { throw RequestError.invalidParam("'days' is 1 to 180.") }
            var room = try body.string("room") ?? ""
            if room.isEmpty, !session.isOfShop { room = try await ownRoom(session) ?? "" }
            guard room.utf8.count <= 255 else { throw RequestError.invalidParam("'room' is the id of a conversation.") }
            let watch = try await catalogue.watch(
                id, visitor: session.userNumber, room: room, milliseconds: days * 86_400_000)
            return .json(try await described(watch, in: catalogue), status: .created)
        }
        routes.get(path, .catalogue) { call, session in
            let (catalogue, id) = try await own(call, session)
            guard let watch = try await catalogue.watch(of: id) else {
                throw RequestError.notFound("The scan does not wait for anything.")
            }
            return .json(try await described(watch, in: catalogue))
        }
        routes.delete(path, .catalogue) { call, session in
            let (catalogue, id) = try await own(call, session)
            try await catalogue.cancelWatch(of: id)
            return .emptyObject
        }
        routes.get("/api/v1/watches/answered", .catalogue) { _, session in
            try session.requireShop()
            let answered = try await catalogues.untoldWatches()
            return .json(["watches": .array(answered.map(\.json))])
        }
        routes.post("/api/v1/scans/{id}/watch/told", .catalogue) { call, session in
            try session.requireShop()
            let (catalogue, id) = try await own(call, session)
            guard let watch = try await catalogue.watch(of: id), watch.state == .answered else {
                throw RequestError.notFound("The scan has no answer that could be told.")
            }
            try await catalogues.setTold(watch)
            return .emptyObject
        }
    }

    private func own(_ call: Call, _ session: Session) async throws -> (Catalogue, String) {
        try session.refuseSuspended()
        let id = call.parameter("id")
        guard let scan = try await catalogues.scan(id) else {
            throw RequestError.notFound("There is no such scan; they are kept for 30 days.")
        }
        guard scan.visitor == session.userNumber || session.isOfShop else {
            throw RequestError.forbidden("Somebody else made this scan.")
        }
        return (try await catalogues.catalogue(scan.catalogue), id)
    }

    private func described(_ watch: ScanWatch, in catalogue: Catalogue) async throws -> JSON {
        var object: JSONObject = ["state": .string(watch.state.rawValue), "expires": .int(watch.expiresMilliseconds)]
        object["answered"] = watch.answeredMilliseconds.map { .int($0) }
        object["score"] = watch.score.map { .likeness($0) }
        if let number = watch.item, let item = try await catalogue.item(number) { object["item"] = item.json }
        return .object(object)
    }
}

extension AnsweredWatch {
    /// What somebody needs who tells the conversation.
    fileprivate var json: JSON {
        [
            "scan": .string(scan), "room": .string(watch.room), "item": item.json,
            "answered": .int(watch.answeredMilliseconds ?? 0),
        ]
    }
}
