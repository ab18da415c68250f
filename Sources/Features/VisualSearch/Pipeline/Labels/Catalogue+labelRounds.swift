internal import Basics
internal import Imaging
internal import Storage

/// The semi-supervised loop: a detector draws on pictures that nobody has finished, sure boxes become labels, unsure ones
/// are questions, and held-out pictures of people decide how long that goes on.
extension Catalogue {
    /// What a detector without classes calls things on pictures of no known category.
    static let thing = "object"
    /// Most questions of a round; what is left over is masked.
    private static let mostQuestions = 10_000

    /// All rounds, in their order.
    public func labelRounds() async throws -> [LabelRound] {
        try await database.read { [number] in try LabelRoundQueries.all(of: number, $0) }
    }

    /// Runs the installed detector over all pictures that nobody has finished.
    ///
    /// First the model is measured on held-out pictures. When the last round made it worse, that round is taken back;
    /// when rounds gain nothing any more, the loop ends; both are logged, and nothing is proposed.
    /// - Parameter again: lets the model of the last round draw once more, and goes on after the end.
    /// - Throws: ``RequestError`` 503 without a detector, 409 when this model drew the last round already.
    func proposeLabels(
        by whom: String, again: Bool = false, rules: PseudoLabelRules = PseudoLabelRules(),
        progress: @escaping @Sendable (Double, String) async throws -> Void
    ) async throws -> JSON {
        try requireDetector()
        let model = environment.models.finder.model
        let rounds = try await labelRounds()
        guard again || rounds.last(where: { $0.state == .stands })?.model != model else {
            throw RequestError(
                status: 409, code: "same_model",
                message: "\(model) has drawn the last round already. Train on the export (vitrine labels export, then "
                    + "vitrine-train fit), install what came out, and ask again; --again lets it draw on new pictures.")
        }
        try await collectLabelPictures()
        let held = try await look(at: .done, onlyHeldOut: true, progress: progress)
        let measure = LabelMeasure(held, rules: rules)
        if !again, let end = try await end(measure, after: rounds, model: model, rules: rules, by: whom) { return end }
        let pool = try await look(at: .open, onlyHeldOut: false, progress: progress)
        let isPlain = pool.isPlain
        let labels = try await database.read { [number] in try LabelBoxQueries.counts(of: number, $0) }
        let round = PseudoLabelRound(
            boxes: pool.flatMap { Self.fresh($0, isPlain: isPlain, overlap: rules.overlap) }, heldOut: measure.found,
            truth: measure.truth, labels: isPlain ? [Self.thing: labels.values.reduce(0, +)] : labels, rules: rules,
            seed: UInt64(rounds.count + 1))
        let before = rounds.last { $0.state == .stands }?.thresholds
        return try await keep(
            round, of: pool, model: model, measure, precision: measure.precision(at: before ?? measure.thresholds),
            by: whom)
    }

    func requireDetector() throws {
        guard environment.models.finder.isLooking else {
            throw RequestError(
                status: 503, code: "no_model",
                message:
                    "No detector is installed. Put one's manifest and .onnx file into the folder `models` of the data "
                    + "folder, or train one (Documentation/Training.md), and start again.")
        }
    }

    // MARK: Looking

    /// Boxes where nothing is drawn yet: what was decided before is not asked again.
    private static func fresh(_ seen: LabelSighting, isPlain: Bool, overlap: Double) -> [PseudoBox] {
        // What was only taken back with its round may come again.
        let known = seen.drawn(isPlain: isPlain) {
            $0.state != .masked && !($0.state == .removed && $0.confirmedBy == nil)
        }
        return seen.boxes.filter { box in !known.contains { $0.box.overlap(with: box.box) >= overlap } }
    }

    private func look(
        at filter: LabelFilter, onlyHeldOut: Bool, progress: @Sendable (Double, String) async throws -> Void
    ) async throws -> [LabelSighting] {
        var seen: [LabelSighting] = []
        var last: Int64 = 0
        while true {
            let page = try await labelPictures(filter, after: last, limit: 64)
            guard let end = page.last else { return seen }
            for picture in page where !onlyHeldOut || picture.isHeldOut {
                // A picture that cannot be read holds up no other.
                guard let found = try? await detections(in: picture) else { continue }
                let boxes = try await database.read { try LabelBoxQueries.boxes(of: picture.number, $0) }
                seen.append(LabelSighting(picture: picture, found: found, drawn: boxes))
            }
            last = end.number
            try await progress(0, "\(seen.count) pictures")
        }
    }

    /// What the detector sees in a picture of the set.
    func detections(in picture: LabelPicture) async throws -> [Detection] {
        let bytes = try await environment.blobs.reader(of: picture.blob).readAll()
        return try await environment.work.run { [limits = options.limits, finder = environment.models.finder] in
            try finder.objects(in: LookedAt(bytes, limits: limits).decoded.image)
        }
    }

    // MARK: Keeping

    /// Writes a round with all its boxes and questions in one step.
    private func keep(
        _ round: PseudoLabelRound, of pool: [LabelSighting], model: String, _ measure: LabelMeasure, precision: Double?,
        by whom: String
    ) async throws -> JSON {
        let seen = Dictionary(uniqueKeysWithValues: pool.map { ($0.picture.number, $0) })
        let figures = round.json(pictures: pool.count, heldOut: measure.pictures)
        let asked = round.queue.prefix(Self.mostQuestions)
        let silent = round.masked + round.queue.dropFirst(Self.mostQuestions)
        let audited = Set(round.audited)
        let count = round.accepted.count + round.queue.count + round.masked.count
        let number = try await database.write(bytes: 512 * (count + 8)) { [catalogue = self.number] context in
            let number = try LabelRoundQueries.insert(
                model: model, state: .stands, precision: precision, averagePrecision: measure.averagePrecision,
                figures: figures, by: whom, of: catalogue, in: context)
            func put(_ box: PseudoBox, _ state: LabelBox.State, asks: Bool) throws {
                guard let seen = seen[box.picture],
                    let draft = seen.draft(box, model, number, state, isAudited: asks && state == .accepted)
                else { return }
                let made = try LabelBoxQueries.insert(
                    draft, act: "proposed", by: model, of: catalogue, in: context)
                guard asks else { return }
                try ReviewQueries.propose(
                    .box, subject: made, other: box.picture, score: box.score, evidence: ["round": .int(number)],
                    of: catalogue, in: context)
            }
            for box in asked { try put(box, .unsure, asks: true) }
            for box in round.accepted { try put(box, .accepted, asks: audited.contains(box)) }
            for box in silent { try put(box, .masked, asks: false) }
            return number
        }
        var result = figures.objectValue ?? [:]
        result["round"] = .int(number)
        result["model"] = .string(model)
        result["step"] = "proposed"
        result["ap50"] = measure.averagePrecision.map { JSON(rounding: $0, places: 4) }
        return .object(result)
    }
}

extension PseudoLabelRound {
    /// How many boxes went where, and from which certainty on.
    func json(pictures: Int, heldOut: Int) -> JSON {
        var limits = JSONObject()
        for (name, value) in thresholds.sorted(by: { $0.key < $1.key }) {
            // Above every score: no certainty is precise enough.
            limits[name] = value.isFinite ? JSON(rounding: value, places: 4) : .null
        }
        return [
            "pictures": .int(Int64(pictures)), "held_out": .int(Int64(heldOut)),
            "accepted": .int(Int64(accepted.count)), "queued": .int(Int64(queue.count)),
            "masked": .int(Int64(masked.count)), "waiting": .int(Int64(waiting.count)),
            "audited": .int(Int64(audited.count)), "thresholds": .object(limits),
        ]
    }
}

extension LabelRound {
    /// From which certainty on its boxes were accepted.
    var thresholds: [String: Double] {
        var limits: [String: Double] = [:]
        for (name, value) in figures["thresholds"]?.objectValue ?? [:] {
            limits[name] = value.doubleValue ?? .infinity
        }
        return limits
    }
}

extension LabelSighting {
    /// A box of the loop as it is stored.
    fileprivate func draft(
        _ box: PseudoBox, _ model: String, _ round: Int64, _ state: LabelBox.State, isAudited: Bool
    ) -> LabelBoxQueries.Draft? {
        let (width, height) = (Double(picture.size.width), Double(picture.size.height))
        let shape = LabelSet.Box(
            left: box.box.x * width, top: box.box.y * height, right: box.box.right * width,
            bottom: box.box.bottom * height,
            category: box.category == Catalogue.thing ? picture.category ?? Catalogue.thing : box.category)
        return shape.map {
            LabelBoxQueries.Draft(
                picture: picture.number, box: $0, source: .model, model: model, score: box.score, round: round,
                state: state, isAudited: isAudited)
        }
    }
}
