import Accounts
import Basics
import HTTPTypes
import HummingbirdCore
import Messaging
import VisualSearch

/// Questions to people of the shop: handed out so that nobody decides the same one at the same time as somebody else,
/// decided, taken back, and logged with who and why.
struct ReviewRoutes: RouteGroup {
    let access: CatalogueAccess
    let jobs: CatalogueJobs

    func add(to routes: inout RouteTable) {
        routes.get("/api/v1/reviews", .catalogue) { call, session in
            try session.requireShop()
            return .json(try await list(call))
        }
        routes.post("/api/v1/reviews/claim", .catalogue) { call, session in
            try session.requireShop()
            return .json(try await take(call, session))
        }
        routes.post("/api/v1/reviews/release", .catalogue) { call, session in
            try session.requireShop()
            try await access.catalogue(call).releaseAll(of: session.user.text)
            return .emptyObject
        }
        routes.get("/api/v1/reviews/progress", .catalogue) { call, session in
            try session.requireShop()
            return .json(try await progress(try await access.catalogue(call)))
        }
        routes.get("/api/v1/reviews/log", .catalogue) { call, session in
            try session.requireShop()
            return .json(try await log(call))
        }
        routes.post("/api/v1/reviews/looks", .catalogue) { call, session in
            try session.requireShop()
            return try await look(call)
        }
        addDecisions(to: &routes)
    }

    private func addDecisions(to routes: inout RouteTable) {
        routes.get("/api/v1/reviews/{review}", .catalogue) { call, session in
            try session.requireShop()
            guard let question = try await access.catalogue(call).question(try number(call)) else {
                throw RequestError.notFound("There is no such question, or what it is about is gone.")
            }
            return .json(question.json(isSecond: false))
        }
        routes.post("/api/v1/reviews/{review}/decision", .catalogue) { call, session in
            try session.requireShop()
            return .json(try await decide(call, session))
        }
        routes.post("/api/v1/reviews/{review}/skip", .catalogue) { call, session in
            try session.requireShop()
            let body = try await call.object(orEmpty: true)
            try await access.catalogue(call).skip(try number(call), try opinion(body, session))
            return .emptyObject
        }
        routes.post("/api/v1/reviews/{review}/undo", .catalogue) { call, session in
            try session.requireShop()
            return .json(try await undo(call, session))
        }
    }

    private func number(_ call: Call) throws -> Int64 {
        guard let number = Int64(call.parameter("review")) else {
            throw RequestError.notFound("There is no such question.")
        }
        return number
    }

    // MARK: Handing out

    private static func kind(_ name: String?) throws(RequestError) -> CatalogueReview.Kind? {
        guard let name, !name.isEmpty else { return nil }
        guard let kind = CatalogueReview.Kind(rawValue: name) else {
            let known = CatalogueReview.Kind.allCases.map(\.rawValue).joined(separator: ", ")
            throw .invalidParam("'kind' is one of \(known), or left out for all of them.")
        }
        return kind
    }

    private func take(_ call: Call, _ session: Session) async throws -> JSON {
        let body = try await call.object(orEmpty: true)
        var wish = Catalogue.QuestionWish()
        wish.kind = try Self.kind(try body.string("kind"))
        wish.limit = Int(clamping: try body.int("limit") ?? 5)
        wish.again = try body.bool("again") ?? false
        wish.isSecond = try body.bool("second") ?? false
        let catalogue = try await access.catalogue(call)
        let questions = try await catalogue.take(wish, by: session.user.text)
        return [
            "catalogue": .string(catalogue.name), "held_ms": .int(Catalogue.heldMilliseconds),
            "reviews": .array(questions.map { $0.json(isSecond: wish.isSecond) }),
        ]
    }

    private func list(_ call: Call) async throws -> JSON {
        let query = try call.query()
        guard let kind = try Self.kind(query["kind"]) else {
            throw RequestError.missingParam("'kind' is needed: the list is of one kind of questions.")
        }
        let after = try query.integer("next", clampedTo: 0...Int64.max) ?? 0
        let limit = Int(try query.integer("limit", clampedTo: 1...200) ?? 50)
        let reviews = try await access.catalogue(call).reviews(kind, after: after, limit: limit)
        var object: JSONObject = ["reviews": .array(reviews.map(\.json))]
        if reviews.count == limit, let last = reviews.last { object["next"] = .string(String(last.number)) }
        return .object(object)
    }

    // MARK: Deciding

    private func opinion(_ body: JSONObject, _ session: Session) throws -> ReviewOpinion {
        ReviewOpinion(
            by: session.user.text, why: try body.string("why") ?? "", tookMilliseconds: try body.int("took_ms"))
    }

    private func decide(_ call: Call, _ session: Session) async throws -> JSON {
        let body = try await call.object()
        let word = try body.required("decision", try body.string("decision"))
        guard let decision = CatalogueReview.Decision(rawValue: word), decision != .gone else {
            throw RequestError.invalidParam("'decision' is yes or no. To leave a question to others, skip it.")
        }
        let catalogue = try await access.catalogue(call)
        let opinion = try opinion(body, session)
        if try body.bool("second") ?? false {
            let agrees = try await catalogue.secondOpinion(try number(call), decision, opinion)
            return ["agrees": .bool(agrees)]
        }
        try await catalogue.decide(try number(call), decision, opinion)
        return try await described(try number(call), in: catalogue)
    }

    private func undo(_ call: Call, _ session: Session) async throws -> JSON {
        let body = try await call.object(orEmpty: true)
        let catalogue = try await access.catalogue(call)
        let number = try number(call)
        let known = try await catalogue.review(number)
        if known != nil, known?.decision == nil {
            // Nothing was decided, but perhaps left: it comes back to whoever left it.
            try await catalogue.unskip(number, by: session.user.text)
        } else {
            try await catalogue.undecide(number, by: session.user.text, why: try body.string("why") ?? "")
        }
        return try await described(number, in: catalogue)
    }

    private func described(_ number: Int64, in catalogue: Catalogue) async throws -> JSON {
        guard let review = try await catalogue.review(number) else {
            throw RequestError.notFound("There is no such question.")
        }
        return review.json
    }

    // MARK: How far, who and what

    private func progress(_ catalogue: Catalogue) async throws -> JSON {
        let rows = try await catalogue.reviewProgress()
        let statistics = try await catalogue.statistics()
        let items = Double(statistics.items)
        let pictures = Double(statistics.pictures.values.reduce(0, +))
        return [
            "catalogue": .string(catalogue.name), "kinds": .array(rows.map(\.json)),
            // What a person would have had to compare by hand.
            "pairs": [
                "merge": .double(items * max(0, items - 1) / 2),
                "duplicate": .double(pictures * max(0, pictures - 1) / 2),
            ],
        ]
    }

    private func log(_ call: Call) async throws -> JSON {
        let query = try call.query()
        let before = try query.integer("next", clampedTo: 1...Int64.max) ?? .max
        let limit = Int(try query.integer("limit", clampedTo: 1...500) ?? 50)
        let review = try query.integer("review", clampedTo: 1...Int64.max)
        let lines = try await access.catalogue(call).reviewLog(review: review, before: before, limit: limit)
        var object: JSONObject = ["log": .array(lines.map(\.json))]
        if lines.count == limit, let last = lines.last { object["next"] = .string(String(last.number)) }
        return .object(object)
    }

    private func look(_ call: Call) async throws -> Response {
        let body = try await call.object()
        let name = try body.required("look", try body.string("look"))
        guard let look = CatalogueLook(rawValue: name) else {
            let known = CatalogueLook.allCases.map(\.rawValue).joined(separator: ", ")
            throw RequestError.invalidParam("'look' is one of \(known).")
        }
        let catalogue = try await access.catalogue(call)
        return .json(["job": .int(try await jobs.request(look, of: catalogue.name))], status: .accepted)
    }
}

extension CatalogueReview {
    /// The question as it stands, without what it is about.
    var json: JSON {
        var object: JSONObject = [
            "review": .int(number), "kind": .string(kind.rawValue), "score": .double(score), "evidence": evidence,
        ]
        object["decision"] = decision.map { .string($0.rawValue) }
        object["by"] = by.map { .string($0) }
        object["decided"] = decidedMilliseconds.map { .int($0) }
        return .object(object)
    }
}

extension Catalogue.Question {
    /// The question with what it is about; a second opinion is not told the first, and no box how it came here.
    func json(isSecond: Bool) -> JSON {
        var object = review.json.objectValue ?? [:]
        if isSecond { for name in ["decision", "by", "decided"] { object[name] = nil } }
        if review.kind == .box { object["evidence"] = .object([:]) }
        object["view"] = view
        return .object(object)
    }
}

extension ReviewProgress {
    fileprivate var json: JSON {
        [
            "kind": .string(kind.rawValue), "open": .int(open), "held": .int(held), "yes": .int(yes), "no": .int(no),
            "seconds": seconds.map { .double(($0 * 10).rounded() / 10) } ?? .null, "second": .int(opinions),
            "agreeing": .int(agreeing),
        ]
    }
}

extension ReviewLogLine {
    fileprivate var json: JSON {
        var object: JSONObject = [
            "line": .int(number), "review": .int(review), "kind": .string(kind.rawValue), "act": .string(act.rawValue),
            "by": .string(by), "at": .int(atMilliseconds),
        ]
        if !why.isEmpty { object["why"] = .string(why) }
        object["took_ms"] = tookMilliseconds.map { .int($0) }
        if isSecond { object["second"] = true }
        return .object(object)
    }
}
