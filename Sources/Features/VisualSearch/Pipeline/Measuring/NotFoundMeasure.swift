internal import Basics
public import Evaluation

/// How honestly "not found" is told: what is not in the catalogue should be refused, what is there accepted.
///
/// Each photo is asked twice, with its item in the gallery and as if it were not there; strangers, whose items never were
/// there, are asked once. The probability is fitted to other photos than it is measured on.
public struct NotFoundMeasure: Sendable {
    /// What is fitted and measured.
    public struct Input: Sendable {
        /// Photos to fit the calibration to.
        public var fitted: [SeenPicture]
        /// Photos of things of another world that the order of answers is learnt from too; others than ``strangers``.
        public var fittedStrangers: [SeenPicture] = []
        /// Photos to measure it on.
        public var queries: [SeenPicture]
        /// Photos of things of another world than the gallery's.
        public var strangers: [SeenPicture]
        /// The catalogue: merchants' pictures, perhaps photos of customers among them.
        public var gallery: [SeenPicture]
        /// A second catalogue that the calibration is fitted to and measured on as well, such as the merchants' pictures
        /// alone: what ships with a model meets both.
        public var other: [SeenPicture] = []

        /// Photos and pictures.
        public init(
            fitted: [SeenPicture], queries: [SeenPicture], strangers: [SeenPicture] = [], gallery: [SeenPicture]
        ) {
            self.fitted = fitted
            self.queries = queries
            self.strangers = strangers
            self.gallery = gallery
        }
    }

    private let input: Input
    private let bootstrap: Bootstrap

    /// The shares of present items at which refusals are told.
    public static let accepted = [0.9, 0.8, 0.7, 0.6, 0.5]

    /// A measurement.
    public init(_ input: Input, bootstrap: Bootstrap = Bootstrap()) {
        self.input = input
        self.bootstrap = bootstrap
    }

    /// The answers of one space.
    private struct Answers {
        let calibration: ScanCalibration
        let present: [CalibrationExample]
        let absent: [CalibrationExample]
        let strange: [CalibrationExample]

        func score(_ example: CalibrationExample) -> Double {
            calibration.model(for: example.category).probability(example.features)
        }

        func isAccepted(_ example: CalibrationExample) -> Bool {
            calibration.model(for: example.category).accepts(score(example))
        }
    }

    /// What is fitted for the model, to be shipped with it.
    ///
    /// - Throws: ``EvaluationError`` when there are too few photos to fit to.
    public func calibration() throws -> CalibrationModel { try answers(floor: false).calibration.global }

    /// The figures of the model and of the built-in feature.
    ///
    /// - Throws: ``EvaluationError`` when there are too few photos to fit to.
    public func report() throws -> MeasureReport {
        let model = try answers(floor: false)
        let hasFloor =
            (input.fitted + input.fittedStrangers + input.queries + input.strangers + input.gallery
            + input.other)
            .allSatisfy { !$0.floor.isEmpty }
        let floor = hasFloor ? try answers(floor: true) : nil
        let other = input.other.isEmpty ? nil : try asked(model.calibration, try Self.search(input.other), floor: false)
        var sides: [(String, Answers)] = [("model", model)]
        if let other { sides.append(("other catalogue", other)) }
        if let floor { sides.append(("floor/1", floor)) }
        func row(_ name: String, _ figure: (Answers) -> Figure?) -> MeasureReport.Row {
            .init(name, Dictionary(uniqueKeysWithValues: sides.map { ($0.0, figure($0.1)) }))
        }
        var rows = [
            row("AUROC, item there or taken away") { area($0, $0.present, $0.absent) },
            row("AUROC, item there or a stranger") { area($0, $0.present, $0.strange) },
            row("AUROC, right answer or not") { right($0) },
            row("calibration error") {
                report($0).calibrationError.map { Figure(value: $0, count: input.queries.count * 2) }
            },
        ]
        for share in Self.accepted {
            let percent = Int((share * 100).rounded())
            rows.append(row("taken away refused at \(percent) % accepted") { refused($0, $0.absent, at: share) })
            rows.append(row("strangers refused at \(percent) % accepted") { refused($0, $0.strange, at: share) })
        }
        rows += [
            row("at the threshold: present accepted") { accepted($0, $0.present) },
            row("at the threshold: taken away accepted") { accepted($0, $0.absent) },
            row("at the threshold: strangers accepted") { accepted($0, $0.strange) },
            row("at the threshold: same item is right") { answers in
                bootstrap.mean(
                    (answers.present + answers.absent).filter { answers.isAccepted($0) }.map { $0.isRight ? 1 : 0 })
            },
            row("probably not there: right answers") { said($0, $0.present.filter(\.isRight)) },
            row("probably not there: taken away") { said($0, $0.absent) },
            row("probably not there: strangers") { said($0, $0.strange) },
        ]
        let threshold = model.calibration.global.threshold
        return MeasureReport(
            "Not found: \(input.queries.count) photos, \(input.strangers.count) strangers, \(input.gallery.count) pictures",
            facts: [
                ("fittedTo", .int(Int64(input.fitted.count))),
                ("strangersFittedTo", .int(Int64(input.fittedStrangers.count))),
                ("threshold", threshold.map { JSON(rounding: $0, places: 4) } ?? .null),
                ("unlikely", model.calibration.global.unlikely.map { JSON(rounding: $0, places: 4) } ?? .null),
                ("weights", .array(model.calibration.global.weights.map { JSON(rounding: $0, places: 3) })),
            ], columns: sides.map(\.0), rows: rows)
    }

    private static func search(_ gallery: [SeenPicture], floor: Bool = false) throws -> GallerySearch {
        guard let search = GallerySearch(gallery, floor: floor) else {
            throw EvaluationError("The gallery has a picture without a vector.")
        }
        return search
    }

    private func answers(floor: Bool) throws -> Answers {
        let search = try Self.search(input.gallery, floor: floor)
        let all = input.other.isEmpty ? [search] : [search, try Self.search(input.other, floor: floor)]
        func ask(_ pictures: [SeenPicture], _ isPresent: Bool) -> [CalibrationExample] {
            all.flatMap { search in pictures.map { search.example($0, floor: floor, isPresent: isPresent) } }
        }
        let examples = ask(input.fitted, true) + ask(input.fitted, false)
        var rules = ScanCalibration.Rules()
        rules.examples = min(rules.examples, 60)
        let calibration = ScanCalibration(
            generation: "measured", fitting: examples, strangers: ask(input.fittedStrangers, false), rules: rules)
        guard let calibration else {
            throw EvaluationError("\(input.fitted.count) photos are too few to fit to: at least 30 are needed.")
        }
        return try asked(
            ScanCalibration(generation: "measured", global: calibration.global, categories: [:]), search, floor: floor)
    }

    /// What a catalogue answers to the photos that the calibration has not seen.
    private func asked(
        _ calibration: ScanCalibration, _ search: GallerySearch, floor: Bool
    ) throws -> Answers {
        func ask(_ pictures: [SeenPicture], _ isPresent: Bool) -> [CalibrationExample] {
            pictures.map { search.example($0, floor: floor, isPresent: isPresent) }
        }
        return Answers(
            calibration: calibration, present: ask(input.queries, true), absent: ask(input.queries, false),
            strange: ask(input.strangers, false))
    }

    /// The share that is told to be probably not there.
    private func said(_ answers: Answers, _ examples: [CalibrationExample]) -> Figure? {
        bootstrap.mean(
            examples.map { answers.calibration.model(for: $0.category).refuses(answers.score($0)) ? 1 : 0 })
    }

    private func report(_ answers: Answers) -> CalibrationReport {
        CalibrationReport(answers.calibration, on: answers.present + answers.absent, bootstrap: bootstrap)
    }

    private func area(
        _ answers: Answers, _ known: [CalibrationExample], _ unknown: [CalibrationExample]
    ) -> Figure? {
        NotFound.areaUnderCurve(
            scores: (known + unknown).map(answers.score),
            hasAnswer: known.map { _ in true } + unknown.map { _ in false },
            bootstrap: bootstrap)
    }

    private func right(_ answers: Answers) -> Figure? {
        let all = answers.present + answers.absent
        return NotFound.areaUnderCurve(
            scores: all.map(answers.score), hasAnswer: all.map(\.isRight), bootstrap: bootstrap)
    }

    /// The share that is refused at the threshold that accepts a share of what is present.
    private func refused(_ answers: Answers, _ unknown: [CalibrationExample], at share: Double) -> Figure? {
        let ranked = answers.present.map(answers.score).sorted(by: >)
        guard !ranked.isEmpty, !unknown.isEmpty else { return nil }
        let bound = ranked[min(ranked.count - 1, Int((Double(ranked.count) * share).rounded(.up)) - 1)]
        return bootstrap.mean(unknown.map { answers.score($0) < bound ? 1 : 0 })
    }

    private func accepted(_ answers: Answers, _ examples: [CalibrationExample]) -> Figure? {
        bootstrap.mean(examples.map { answers.isAccepted($0) ? 1 : 0 })
    }
}
