internal import Basics
internal import Storage

/// What a decision changes in the tables, and the way back.
extension Catalogue {
    /// Carries a decision out in the caller's transaction.
    ///
    /// - Returns: What is needed to take it back.
    static func carryOut(
        _ review: CatalogueReview, _ decision: CatalogueReview.Decision, by whom: String, of catalogue: Int64,
        in context: WriteContext
    ) throws -> JSON? {
        switch (review.kind, decision) {
        case (.duplicate, .yes), (.duplicate, .no):
            return try settleCopy(review, isSame: decision == .yes, of: catalogue, in: context)
        case (.noise, .yes):
            let removal = try RemovalQueries.insert(
                kind: "noise", subject: "picture \(review.subject)", by: whom, of: catalogue, in: context)
            try RemovalQueries.markPicture(review.subject, removal: removal, in: context)
            try settle(removal, of: catalogue, in: context)
            return ["removal": .int(removal)]
        case (.merge, .yes): return try join(review, by: whom, of: catalogue, in: context)
        case (.category, .yes): return try move(review, of: catalogue, in: context)
        case (.box, .yes), (.box, .no):
            return try LabelBoxQueries.judge(
                review.subject, isRight: decision == .yes, by: whom, of: catalogue, in: context)
        case (.noise, .no), (.merge, .no), (.category, .no), (.feedback, .yes), (.feedback, .no), (_, .gone): return nil
        }
    }

    /// Puts everything back as it was before a decision.
    static func takeBack(
        _ review: CatalogueReview, by whom: String, of catalogue: Int64, in context: WriteContext
    ) throws {
        let effect = review.effect.flatMap { try? JSON(parsing: Array($0.utf8)) }
        switch review.kind {
        case .duplicate:
            guard var machine = try PictureQueries.machine(review.subject, context.connection) else { return }
            try hear([.aliasUndone], &machine, of: catalogue, in: context)
            for alias in effect?["aliases"]?.arrayValue?.compactMap(\.intValue) ?? [] {
                try PictureQueries.moveAlias(alias, from: review.other, to: review.subject, in: context)
            }
        case .noise:
            guard let removal = effect?["removal"]?.intValue else { return }
            let (_, pictures) = try RemovalQueries.undo(removal, in: context)
            for picture in pictures { try CatalogueEvent.picture(picture).append(to: catalogue, in: context) }
        case .merge: try split(effect, in: context)
        case .category: try moveBack(review, effect, of: catalogue, in: context)
        case .box: try LabelBoxQueries.unjudge(review.subject, effect, by: whom, of: catalogue, in: context)
        case .feedback: return
        }
    }

    // MARK: Copies

    private static func settleCopy(
        _ review: CatalogueReview, isSame: Bool, of catalogue: Int64, in context: WriteContext
    ) throws -> JSON? {
        // Several questions may be open about one picture: this one names whom it is compared with.
        guard var machine = try PictureQueries.machine(review.subject, comparedWith: review.other, context.connection)
        else { return nil }
        guard isSame else {
            try hear([.decided(isSame: false)], &machine, of: catalogue, in: context)
            return nil
        }
        guard try FingerprintQueries.candidate(review.other, context.connection) != nil, machine.alias == nil else {
            throw RequestError(
                status: 409, code: "gone",
                message: "One of the pictures is gone, or is a copy itself by now. Go on with the next question.")
        }
        let aliases = try PictureQueries.aliases(of: review.subject, context.connection).map(\.number)
        try hear([.decided(isSame: true)], &machine, of: catalogue, in: context)
        try PictureQueries.moveAliases(of: review.subject, to: review.other, in: context)
        return aliases.isEmpty ? nil : ["aliases": .array(aliases.map { .int($0) })]
    }

    // MARK: Categories

    private static func move(
        _ review: CatalogueReview, of catalogue: Int64, in context: WriteContext
    ) throws -> JSON {
        let before = try ItemQueries.setCategory(review.other, of: review.subject, in: catalogue, context)
        guard let before else {
            throw RequestError(
                status: 409, code: "gone", message: "The item is gone. Go on with the next question.")
        }
        return ["before": .int(before)]
    }

    private static func moveBack(
        _ review: CatalogueReview, _ effect: JSON?, of catalogue: Int64, in context: WriteContext
    ) throws {
        guard let before = effect?["before"]?.intValue,
            let item = try ItemQueries.item(review.subject, context.connection)
        else { return }
        guard item.category == review.other else {
            throw RequestError(
                status: 409, code: "later_change",
                message: "The item's category was changed again since then. Change it there: this no longer holds.")
        }
        _ = try ItemQueries.setCategory(before, of: item.number, in: catalogue, context)
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
}
