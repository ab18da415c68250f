internal import Basics
internal import Storage

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

    /// Decides a review and carries out a yes. Returns when searches show it.
    ///
    /// - Throws: ``RequestError`` 404 when there is none, 409 with the name of the one who decided first.
    public func decide(_ review: Int64, _ decision: CatalogueReview.Decision, by whom: String = "") async throws {
        try await database.write { [number] context in
            let known = try Self.known(review, of: number, in: context)
            guard known.decision == nil else {
                let who = known.by.flatMap { $0.isEmpty ? nil : $0 } ?? "Somebody"
                throw RequestError(status: 409, code: "decided", message: "\(who) has decided this already.")
            }
            let effect = try Self.carryOut(known, decision, by: whom, of: number, in: context)
            _ = try ReviewQueries.decide(review, decision, by: whom, effect: effect?.text, in: context)
        }
        try await catchUp()
    }

    /// Takes a decision back: everything is as it was before it, and the question is open again.
    ///
    /// - Throws: ``RequestError`` 404 when there is none, 409 when a later decision stands on it.
    public func undecide(_ review: Int64) async throws {
        try await database.write { [number] context in
            let known = try Self.known(review, of: number, in: context)
            guard known.decision != nil else {
                throw RequestError(status: 409, code: "open", message: "Nobody has decided this yet.")
            }
            if known.decision == .yes { try Self.takeBack(known, of: number, in: context) }
            try ReviewQueries.reopen(review, in: context)
        }
        try await finishPending()
        try await catchUp()
    }

    private static func known(
        _ review: Int64, of catalogue: Int64, in context: WriteContext
    ) throws -> CatalogueReview {
        guard let known = try ReviewQueries.review(review, of: catalogue, context.connection) else {
            throw RequestError.notFound("There is no review \(review).")
        }
        return known
    }

    private static func carryOut(
        _ review: CatalogueReview, _ decision: CatalogueReview.Decision, by whom: String, of catalogue: Int64,
        in context: WriteContext
    ) throws -> JSON? {
        switch (review.kind, decision) {
        case (.duplicate, _):
            guard var machine = try PictureQueries.machine(review.subject, context.connection) else { return nil }
            if decision == .yes, try FingerprintQueries.candidate(review.other, context.connection) == nil {
                throw RequestError(
                    status: 409, code: "gone", message: "The other picture is gone, or is a copy itself by now.")
            }
            try hear([.decided(isSame: decision == .yes)], &machine, of: catalogue, in: context)
            if decision == .yes { try PictureQueries.moveAliases(of: review.subject, to: review.other, in: context) }
            return nil
        case (.noise, .yes):
            let removal = try RemovalQueries.insert(
                kind: "noise", subject: "picture \(review.subject)", by: whom, of: catalogue, in: context)
            try RemovalQueries.markPicture(review.subject, removal: removal, in: context)
            try settle(removal, of: catalogue, in: context)
            return ["removal": .int(removal)]
        case (.merge, .yes): return try join(review, by: whom, of: catalogue, in: context)
        case (.category, .yes):
            guard
                let before = try ItemQueries.setCategory(
                    review.other, of: review.subject, in: catalogue, context)
            else { throw RequestError(status: 409, code: "gone", message: "The item is gone.") }
            return ["category": .int(before)]
        case (.noise, .no), (.merge, .no), (.category, .no): return nil
        }
    }

    private static func takeBack(
        _ review: CatalogueReview, of catalogue: Int64, in context: WriteContext
    ) throws {
        let effect = review.effect.flatMap { try? JSON(parsing: Array($0.utf8)) }
        switch review.kind {
        case .duplicate:
            guard var machine = try PictureQueries.machine(review.subject, context.connection) else { return }
            try hear([.aliasUndone], &machine, of: catalogue, in: context)
        case .noise:
            guard let removal = effect?["removal"]?.intValue else { return }
            let (_, pictures) = try RemovalQueries.undo(removal, in: context)
            for picture in pictures { try CatalogueEvent.picture(picture).append(to: catalogue, in: context) }
        case .merge:
            try split(effect, in: context)
        case .category:
            guard let before = effect?["category"]?.intValue else { return }
            _ = try ItemQueries.setCategory(before, of: review.subject, in: catalogue, context)
        }
    }

    // MARK: Groups

    /// Makes one group of two items and everything that each was one with; tells what was before.
    private static func join(
        _ review: CatalogueReview, by whom: String, of catalogue: Int64, in context: WriteContext
    ) throws -> JSON {
        var members: [(item: Int64, before: Int64?)] = []
        for item in [review.subject, review.other] {
            let group = try GroupQueries.group(of: item, context.connection)
            let all = try group.map { try GroupQueries.members(of: $0, context.connection) } ?? [item]
            members += all.map { ($0, group) }
        }
        let group = try GroupQueries.insert(of: catalogue, in: context)
        for member in members { try GroupQueries.join(member.item, to: group, by: whom, in: context) }
        return [
            "group": .int(group),
            "members": .array(
                members.map { ["item": .int($0.item), "before": $0.before.map { .int($0) } ?? .null] }),
        ]
    }

    private static func split(_ effect: JSON?, in context: WriteContext) throws {
        guard let group = effect?["group"]?.intValue, let members = effect?["members"]?.arrayValue else { return }
        for member in members {
            guard let item = member["item"]?.intValue else { continue }
            guard try GroupQueries.group(of: item, context.connection) == group else {
                throw RequestError(
                    status: 409, code: "later_merge", message: "A later merge stands on this one: split that first.")
            }
            if let before = member["before"]?.intValue {
                try GroupQueries.join(item, to: before, by: "", in: context)
            } else {
                try GroupQueries.leave(item, in: context)
            }
        }
    }

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
        let known = try await database.read { [number] in try ReviewQueries.review(review, of: number, $0) }
        // A person who merges by name overrules what was said no to before.
        if known?.decision == .no { try await undecide(review) }
        try await decide(review, .yes, by: whom)
        return review
    }

    /// Takes back the last merge that a SKU was part of: all others stay as they were before it.
    ///
    /// - Throws: ``RequestError`` 404 when the SKU stands alone.
    public func split(_ sku: String) async throws {
        let review = try await database.read { [number] connection -> Int64? in
            for item in try ItemQueries.items(sku: sku, of: number, connection) {
                guard let group = try GroupQueries.group(of: item.number, connection) else { continue }
                if let review = try ReviewQueries.lastMerge(into: group, of: number, connection) { return review }
            }
            return nil
        }
        guard let review else { throw RequestError.notFound("'\(sku)' was merged with nothing.") }
        try await undecide(review)
    }
}
