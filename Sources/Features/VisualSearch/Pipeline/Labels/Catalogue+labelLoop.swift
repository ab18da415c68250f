internal import Basics
internal import Storage

/// Counts of a set of boxes.
public struct LabelFigures: Sendable, Hashable {
    /// Pictures of the set.
    public let pictures: Int64
    /// Finished ones.
    public let done: Int64
    /// Finished ones that measure models.
    public let heldOut: Int64
    /// Boxes that count, by category.
    public let boxes: [String: Int]
    /// Accepted boxes that people were shown unawares and called right.
    public let auditedRight: Int64
    /// Those that they called wrong.
    public let auditedWrong: Int64
    /// Those that nobody has looked at yet.
    public let auditOpen: Int64

    /// The share of accepted boxes that nobody looked at and that are wrong, by the audit; nil before the first.
    public var errorRate: Double? {
        let all = auditedRight + auditedWrong
        return all == 0 ? nil : Double(auditedWrong) / Double(all)
    }
}

/// How the loop ends, and how a round is taken back.
extension Catalogue {
    /// Counts of the set of boxes, and how often accepted boxes are wrong that nobody had looked at.
    public func labelFigures() async throws -> LabelFigures {
        try await database.read { [number] connection in
            let pictures = try LabelPictureQueries.counts(of: number, connection)
            let audit = try LabelBoxQueries.audit(of: number, connection)
            return LabelFigures(
                pictures: pictures.all, done: pictures.done, heldOut: pictures.held,
                boxes: try LabelBoxQueries.counts(of: number, connection), auditedRight: audit.right,
                auditedWrong: audit.wrong, auditOpen: audit.open)
        }
    }

    /// What training on the last round came to; nil when another round follows.
    ///
    /// Rounds that were taken back are remembered: after one, only a model that is as good as the best before it goes on.
    func end(
        _ measure: LabelMeasure, after rounds: [LabelRound], model: String, rules: PseudoLabelRules, by whom: String
    ) async throws -> JSON? {
        let drawn = rounds.filter { $0.state != .stopped }
        guard let best = drawn.max(by: { ($0.averagePrecision ?? 0) < ($1.averagePrecision ?? 0) }) else { return nil }
        guard let now = measure.averagePrecision else {
            throw RequestError(
                status: 409, code: "no_held_out",
                message:
                    "Whether the last round made the model better cannot be told: no finished picture is held out. Draw "
                    + "boxes on more pictures; one in five is held out by itself.")
        }
        let standing = drawn.filter { $0.state == .stands }
        var loop = PseudoLabelLoop(baseline: standing.first?.averagePrecision ?? 0, rules: rules)
        for round in standing.dropFirst() {
            _ = loop.finished(averagePrecision: round.averagePrecision ?? 0, precision: round.precision ?? 1)
        }
        var precision: Double?
        var result: JSONObject = ["model": .string(model), "ap50": JSON(rounding: now, places: 4)]
        var back: LabelRound?
        if let last = standing.last, last.number == drawn.last?.number {
            let measured = measure.precision(at: last.thresholds) ?? 1
            precision = measured
            result["precision"] = JSON(rounding: measured, places: 4)
            switch loop.finished(averagePrecision: now, precision: measured) {
            case .goOn: return nil
            case .stop:
                result["step"] = "stop"
                result["why"] = .string(
                    "AP50 on held-out pictures rose by less than \(rules.gain) in \(rules.patience) rounds.")
            case .rollBack:
                result["step"] = "roll_back"
                result["round"] = .int(last.number)
                result["why"] = .string(
                    "Boxes accepted as before are right less often than \(rules.precision) with the new model.")
                back = last
            }
        } else {
            let before = best.averagePrecision ?? 0
            if now >= before { return nil }
            result["step"] = "stop"
            result["why"] = .string(
                "Round \(drawn.last?.number ?? 0) was taken back, and AP50 on held-out pictures is below the "
                    + "\(JSON(rounding: before, places: 4).text) of round \(best.number)'s model. Draw more boxes and train "
                    + "again, or put that model back.")
        }
        if let back { try await rollBackLabels(back.number, by: whom) }
        if rounds.last?.state != .stopped || rounds.last?.model != model {
            try await log(.stopped, model, now, precision, .object(result), by: whom)
        }
        return .object(result)
    }

    private func log(
        _ state: LabelRound.State, _ model: String, _ averagePrecision: Double, _ precision: Double?, _ figures: JSON,
        by whom: String
    ) async throws {
        try await database.write { [number] context in
            _ = try LabelRoundQueries.insert(
                model: model, state: state, precision: precision, averagePrecision: averagePrecision, figures: figures,
                by: whom, of: number, in: context)
        }
    }

    /// Takes back what a round proposed and nobody confirmed: its boxes and its open questions.
    ///
    /// - Returns: How many boxes went.
    /// - Throws: ``RequestError`` 404 when there is no such round, 409 when a later one stands on it.
    @discardableResult
    public func rollBackLabels(_ round: Int64, by whom: String) async throws -> Int {
        try await database.write { [number] context in
            let standing = try LabelRoundQueries.all(of: number, context.connection).filter { $0.state == .stands }
            guard standing.contains(where: { $0.number == round }) else {
                throw RequestError.notFound("There is no round \(round) that stands.")
            }
            guard standing.last?.number == round else {
                throw RequestError(
                    status: 409, code: "later_round",
                    message: "Round \(standing.last?.number ?? 0) came after it: take that one back first.")
            }
            let boxes = try LabelBoxQueries.boxes(ofRound: round, context.connection)
            var count = 0
            for box in boxes where box.confirmedBy == nil && box.state != .removed && box.state != .rejected {
                try LabelBoxQueries.change(
                    box.number, to: box.box, state: .removed, confirmedBy: nil, act: "removed", by: whom, of: number,
                    in: context)
                try ReviewQueries.dropOpen(.box, subject: box.number, of: number, in: context)
                count += 1
            }
            try LabelRoundQueries.setState(.rolledBack, of: round, in: context)
            return count
        }
    }
}
