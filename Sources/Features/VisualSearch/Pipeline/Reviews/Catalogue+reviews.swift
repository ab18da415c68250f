internal import Basics
internal import Storage

/// What somebody says to a question, with what is kept of it.
public struct ReviewOpinion: Sendable, Hashable {
    /// Who says it.
    public var whom: String
    /// Why, in their words; at most 500 bytes are kept.
    public var why: String
    /// How long they looked at it, in milliseconds; nil when nobody measured.
    public var tookMilliseconds: Int64?

    /// An opinion's author and reasons.
    public init(by whom: String = "", why: String = "", tookMilliseconds: Int64? = nil) {
        self.whom = whom
        self.why = why
        self.tookMilliseconds = tookMilliseconds
    }

    /// Longer looks were interrupted by something else: 10 minutes.
    private static let longestLook: Int64 = 600_000

    /// The time as it is kept.
    var took: Int64? { tookMilliseconds.flatMap { (1...Self.longestLook).contains($0) ? $0 : nil } }
}

/// What people decide, and taking it back.
extension Catalogue {
    /// Open questions of a kind, in the order in which they came.
    ///
    /// - Parameter after: the number of the last review of the page before; 0 for the first page.
    public func reviews(
        _ kind: CatalogueReview.Kind, after number: Int64 = 0, limit: Int = 50
    ) async throws -> [CatalogueReview] {
        let limit = min(max(1, limit), 1_000)
        return try await database.read { [catalogue = self.number] in
            try ReviewQueries.open(kind, of: catalogue, after: number, limit: limit, $0)
        }
    }

    /// A review as it stands; nil when there is none of that number.
    public func review(_ review: Int64) async throws -> CatalogueReview? {
        try await database.read { [number] in try ReviewQueries.review(review, of: number, $0) }
    }

    /// Decides a review and carries out a yes. Returns when searches show it.
    ///
    /// - Throws: ``RequestError`` 404 when there is none, 409 with the name of the one who decided first or has it
    ///   before them.
    public func decide(_ review: Int64, _ decision: CatalogueReview.Decision, by whom: String = "") async throws {
        try await decide(review, decision, ReviewOpinion(by: whom))
    }

    /// Decides a review and carries out a yes; keeps who, why and how long it took. Returns when searches show it.
    ///
    /// - Throws: ``RequestError`` 404 when there is none, 409 with the name of the one who decided first or has it
    ///   before them.
    public func decide(
        _ review: Int64, _ decision: CatalogueReview.Decision, _ opinion: ReviewOpinion
    ) async throws {
        guard opinion.why.utf8.count <= 500 else {
            throw RequestError.invalidParam("A reason has at most 500 bytes. Shorten it.")
        }
        try await database.write { [number] context in
            let known = try Self.known(review, of: number, in: context)
            try Self.refuseOthers(known, opinion.whom, at: context.now)
            let effect = try Self.carryOut(known, decision, by: opinion.whom, of: number, in: context)
            _ = try ReviewQueries.decide(review, decision, by: opinion.whom, effect: effect?.text, in: context)
            let act: ReviewLogLine.Act =
                switch decision {
                case .yes: .yes
                case .no: .no
                case .gone: .gone
                }
            try ReviewDeskQueries.log(
                act, on: known, by: opinion.whom, why: opinion.why, took: opinion.took, of: number, in: context)
        }
        try await catchUp()
    }

    /// Refuses when somebody was first, or looks at it just now.
    private static func refuseOthers(_ known: CatalogueReview, _ whom: String, at now: Int64) throws {
        if let decision = known.decision {
            let who = known.by.flatMap { $0.isEmpty ? nil : $0 } ?? "Somebody"
            throw RequestError(
                status: 409, code: "decided",
                message:
                    "\(who) has decided this already: \(decision.rawValue). Go on with the next one, or undo it first.",
                extra: ["by": .string(who), "decision": .string(decision.rawValue)])
        }
        if known.isHeld(against: whom, at: now), let holder = known.heldBy {
            throw RequestError(
                status: 409, code: "held",
                message:
                    "\(holder) has this question before them. Go on with the next one; it comes back if they leave it.",
                extra: ["by": .string(holder)])
        }
    }

    /// Takes a decision back: everything is as it was before it, and the question is open again.
    ///
    /// - Throws: ``RequestError`` 404 when there is none, 409 when a later decision stands on it.
    public func undecide(_ review: Int64, by whom: String = "", why: String = "") async throws {
        guard why.utf8.count <= 500 else {
            throw RequestError.invalidParam("A reason has at most 500 bytes. Shorten it.")
        }
        try await database.write { [number] context in
            let known = try Self.known(review, of: number, in: context)
            guard known.decision != nil else {
                throw RequestError(
                    status: 409, code: "open", message: "Nobody has decided this yet: there is nothing to take back.")
            }
            if known.decision == .yes || known.kind == .box {
                try Self.takeBack(known, by: whom, of: number, in: context)
            }
            try ReviewQueries.reopen(review, in: context)
            try ReviewDeskQueries.log(.undo, on: known, by: whom, why: why, of: number, in: context)
        }
        try await finishPending()
        try await catchUp()
    }

    static func known(_ review: Int64, of catalogue: Int64, in context: WriteContext) throws -> CatalogueReview {
        guard let known = try ReviewQueries.review(review, of: catalogue, context.connection) else {
            throw RequestError.notFound("There is no review \(review).")
        }
        return known
    }

    // MARK: By name

    /// Makes two SKUs one style; what each was one with comes along.
    ///
    /// - Returns: The number of the decision, to take it back.
    /// - Throws: ``RequestError`` 404 when there is no such SKU, 409 when they are one already.
    @discardableResult
    public func merge(_ sku: String, with other: String, by whom: String = "") async throws -> Int64 {
        let review = try await database.write { [number] context in
            func item(_ sku: String) throws -> CatalogueItem {
                guard let item = try ItemQueries.items(sku: sku, of: number, context.connection).first else {
                    throw RequestError.notFound("There is no SKU '\(sku)'.")
                }
                return item
            }
            let (one, two) = (try item(sku).number, try item(other).number)
            let group = try GroupQueries.group(of: one, context.connection)
            let isOne = try group != nil && group == GroupQueries.group(of: two, context.connection)
            guard one != two, !isOne else {
                throw RequestError(status: 409, code: "merged", message: "'\(sku)' and '\(other)' are one already.")
            }
            let (low, high) = (min(one, two), max(one, two))
            try ReviewQueries.propose(
                .merge, subject: low, other: high, score: 1, evidence: ["why": "a person said so"], of: number,
                in: context)
            return try ReviewQueries.number(.merge, subject: low, other: high, of: number, context.connection)
        }
        guard let review else { throw StorageError(.other, "The review was not stored.") }
        let known = try await self.review(review)
        // A person who merges by name overrules what was said no to before.
        if known?.decision != nil { try await undecide(review, by: whom) }
        try await decide(review, .yes, by: whom)
        return review
    }

    /// Takes back the last merge that a SKU was part of: all others stay as they were before it.
    ///
    /// - Throws: ``RequestError`` 404 when the SKU stands alone.
    public func split(_ sku: String, by whom: String = "") async throws {
        let review = try await database.read { [number] connection -> Int64? in
            for item in try ItemQueries.items(sku: sku, of: number, connection) {
                guard let group = try GroupQueries.group(of: item.number, connection) else { continue }
                if let review = try ReviewQueries.lastMerge(into: group, of: number, connection) { return review }
            }
            return nil
        }
        guard let review else { throw RequestError.notFound("'\(sku)' was merged with nothing.") }
        try await undecide(review, by: whom)
    }
}
