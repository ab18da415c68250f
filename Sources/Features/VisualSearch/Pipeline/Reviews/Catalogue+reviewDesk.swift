public import Basics
internal import Storage

/// Questions handed out to people: nobody decides the same one at the same time as somebody else.
extension Catalogue {
    /// How long somebody has a question before them: 5 minutes. Asking again begins anew.
    public static let heldMilliseconds: Int64 = 300_000

    /// A question with everything that a person needs to decide it.
    public struct Question: Sendable {
        /// The question.
        public let review: CatalogueReview
        /// Pictures by number, items, boxes and reasons.
        public let view: JSON
    }

    /// Which questions somebody asks for.
    public struct QuestionWish: Sendable {
        /// Of which kind; nil for all.
        public var kind: CatalogueReview.Kind?
        /// How many at most, 1 to 20.
        public var limit = 5
        /// Whether those that they skipped come again.
        public var again = false
        /// Whether decided ones of others are wanted, for a second opinion.
        public var isSecond = false

        /// The defaults: any kind.
        public init() {}
    }

    /// Hands questions to somebody, who has them for ``heldMilliseconds``; those that they have come first.
    ///
    /// Questions about what is gone are closed on the way.
    public func take(_ wish: QuestionWish, by whom: String) async throws -> [Question] {
        var questions: [Question] = []
        let limit = min(max(1, wish.limit), 20)
        // Closing what is gone makes room for others; a queue of nothing else ends all the same.
        for _ in 0..<50 {
            let (taken, gone) = try await takeOnce(wish, limit: limit, by: whom)
            questions = taken
            if gone == 0 { break }
        }
        return questions
    }

    private func takeOnce(
        _ wish: QuestionWish, limit: Int, by whom: String
    ) async throws -> ([Question], gone: Int) {
        try await database.write { [number] context in
            let desk = ReviewDeskQueries.Wish(kind: wish.kind, whom: whom, limit: limit, again: wish.again)
            let found =
                wish.isSecond
                ? try ReviewDeskQueries.decided(desk, of: number, at: context.now, context.connection)
                : try ReviewDeskQueries.free(desk, of: number, at: context.now, context.connection)
            var questions: [Question] = []
            var gone = 0
            for review in found {
                if let view = try ReviewView(context.connection, catalogue: number).json(of: review) {
                    let (until, _) = context.now.addingReportingOverflow(Self.heldMilliseconds)
                    try ReviewDeskQueries.hold(review.number, by: whom, until: until, in: context)
                    questions.append(Question(review: review, view: view))
                } else if !wish.isSecond {
                    _ = try ReviewQueries.decide(review.number, .gone, by: "", effect: nil, in: context)
                    try ReviewDeskQueries.log(.gone, on: review, by: "", of: number, in: context)
                    gone += 1
                }
            }
            return (questions, gone)
        }
    }

    /// One question as it stands, whoever has it; nil when there is none, or what it is about is gone.
    public func question(_ review: Int64) async throws -> Question? {
        try await database.read { [number] connection in
            guard let known = try ReviewQueries.review(review, of: number, connection),
                let view = try ReviewView(connection, catalogue: number).json(of: known)
            else { return nil }
            return Question(review: known, view: view)
        }
    }

    /// Leaves a question to others; it is not shown to this person again for twelve hours.
    ///
    /// - Throws: ``RequestError`` 404 when there is none.
    public func skip(_ review: Int64, _ opinion: ReviewOpinion) async throws {
        try await database.write { [number] context in
            let known = try Self.known(review, of: number, in: context)
            try ReviewDeskQueries.log(
                .skip, on: known, by: opinion.whom, why: opinion.why, took: opinion.took, of: number, in: context)
            try ReviewDeskQueries.release(review, by: opinion.whom, of: number, in: context)
        }
    }

    /// Takes a skip back: the question is shown to this person again.
    public func unskip(_ review: Int64, by whom: String) async throws {
        try await database.write { [number] context in
            let known = try Self.known(review, of: number, in: context)
            try ReviewDeskQueries.log(.unskip, on: known, by: whom, of: number, in: context)
        }
    }

    /// Lets go of everything that somebody has before them, so that others need not wait.
    public func releaseAll(of whom: String) async throws {
        try await database.write { [number] context in
            try ReviewDeskQueries.release(nil, by: whom, of: number, in: context)
        }
    }

    /// A second opinion, which changes nothing: it tells how far two people agree.
    ///
    /// - Returns: Whether it agrees with the first.
    /// - Throws: ``RequestError`` 404 when there is no such question, 409 when it is open or the person's own.
    public func secondOpinion(
        _ review: Int64, _ decision: CatalogueReview.Decision, _ opinion: ReviewOpinion
    ) async throws -> Bool {
        try await database.write { [number] context in
            let known = try Self.known(review, of: number, in: context)
            guard let first = known.decision, first != .gone, known.by != opinion.whom else {
                throw RequestError(
                    status: 409, code: "no_second",
                    message: "A second opinion is given on what somebody else has decided. Decide this one instead.")
            }
            try ReviewDeskQueries.log(
                decision == .yes ? .yes : .no, on: known, by: opinion.whom, why: opinion.why, took: opinion.took,
                isSecond: true, of: number, in: context)
            try ReviewDeskQueries.release(review, by: opinion.whom, of: number, in: context)
            return first == decision
        }
    }

    /// What people did, the newest first.
    ///
    /// - Parameters:
    ///   - review: only what was done about one question.
    ///   - before: the number of the last line of the page before.
    public func reviewLog(
        review: Int64? = nil, before line: Int64 = .max, limit: Int = 50
    ) async throws -> [ReviewLogLine] {
        let limit = min(max(1, limit), 500)
        return try await database.read { [number] in
            try ReviewDeskQueries.lines(of: number, before: line, review: review, limit: limit, $0)
        }
    }

    /// How far people have come, a row a kind.
    public func reviewProgress() async throws -> [ReviewProgress] {
        try await database.read { [number, now = database.now] in
            try ReviewDeskQueries.progress(of: number, at: now, $0)
        }
    }
}
