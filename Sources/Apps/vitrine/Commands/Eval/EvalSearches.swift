import ArgumentParser
import VisualSearch

/// Photos against merchants' pictures.
struct EvalRetrieval: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retrieval",
        abstract: "How often a customer's photo finds the same item among merchants' pictures.",
        discussion: """
              vitrine eval retrieval --queries customers/ --gallery shop/ --distractors other/

            Photos are looked at as a scan does (the object that the detector is sure of, else the middle), pictures of the \
            gallery whole. Printed are the shares of photos whose item is first, among five, among ten, and the mean average \
            precision; `model` ranks by the cosine alone, `as a scan ranks` joins it with what the model says of categories; \
            with few pictures also k-reciprocal re-ranking, which scans do not use. Photos of an `occasion` from which the \
            gallery has pictures are not asked.
            """)

    @Option(help: "Photos of customers.") var queries: String
    @Option(help: "Pictures of the same items; `photos:` in front for customers' photos; may be given several times.")
    var gallery: [String]
    @Option(help: "Pictures of other things; may be given several times.") var distractors: [String] = []
    @OptionGroup var flags: EvalFlags

    func run() async throws {
        let eyes = flags.eyes()
        let seen = try await flags.see(queries, as: .customer, with: eyes, title: "photos")
        let stored = try await flags.seeGallery(gallery, with: eyes)
        var others: [SeenPicture] = []
        for source in distractors {
            others += try await flags.see(source, as: .merchant, with: eyes, title: "distractors")
        }
        try flags.say(eyes) {
            try RetrievalMeasure(queries: seen, gallery: stored, distractors: others, bootstrap: flags.bootstrap)
                .report()
        }
    }
}

/// The category of photos.
struct EvalCategory: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "category",
        abstract: "How often the category of a photo is told rightly: by the model, by its neighbours, by both.",
        discussion: """
              vitrine eval category --queries customers/ --gallery shop/

            Both sides need categories. The model's own word is that of its category head, whose names must be those of the \
            categories; the vote is that of the nearest pictures of the gallery.
            """)

    @Option(help: "Photos of customers.") var queries: String
    @Option(help: "Pictures of the catalogue; `photos:` in front for customers' photos; may be given several times.")
    var gallery: [String]
    @Option(help: "How many neighbours vote.") var neighbours = CategoryVote.Rules().neighbours
    @Option(help: "How far the model's word is trusted, 0 to 1.") var trust = CategoryVote.Rules().detectorAccuracy
    @Option(help: "How far the vote is trusted, 0 to 1.") var voteTrust = CategoryVote.Rules().voteAccuracy
    @OptionGroup var flags: EvalFlags

    func validate() throws {
        guard neighbours > 0, (0...1).contains(trust), (0...1).contains(voteTrust) else {
            throw ValidationError("--neighbours is at least 1, trust is 0 to 1.")
        }
    }

    func run() async throws {
        let eyes = flags.eyes()
        let seen = try await flags.see(queries, as: .customer, with: eyes, title: "photos")
        let stored = try await flags.seeGallery(gallery, with: eyes)
        var rules = CategoryVote.Rules()
        (rules.neighbours, rules.detectorAccuracy, rules.voteAccuracy) = (neighbours, trust, voteTrust)
        try flags.say(eyes) {
            try CategoryMeasure(queries: seen, gallery: stored, rules: rules, bootstrap: flags.bootstrap).report()
        }
    }
}

/// What is not there.
struct EvalNotFound: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "notfound",
        abstract: "How honestly a scan says that an item is not there.",
        discussion: """
              vitrine eval notfound --fit customers1/ --queries customers2/ --gallery shop/ --strangers holiday/

            Each photo is asked twice: with its item in the gallery, and as if it were not there. Strangers are photos of \
            things that the gallery never had. The probability and its threshold are fitted to the photos of --fit, and \
            the order of answers to those and to other strangers (--fit-strangers) if there are any. \
            Printed is how well the probability parts them, the share that is refused where 90 to 50 % of the present items \
            are accepted, and what the calibrated threshold accepts.
            """)

    @Option(help: "Photos to fit the calibration to.") var fit: String
    @Option(help: "Photos to measure it on.") var queries: String
    @Option(help: "Pictures of the catalogue; `photos:` in front for customers' photos; may be given several times.")
    var gallery: [String]
    @Option(help: "Photos of other things.") var strangers: String?
    @Option(help: "Photos of other things to fit to; none of --strangers.") var fitStrangers: String?
    @Option(help: "At most so many strangers of each kind.") var strangerLimit = 1_000
    @Option(help: "A second catalogue to fit to and to measure on, such as merchants' pictures alone; like --gallery.")
    var otherGallery: [String] = []
    @Option(help: "Write the calibration to this file: NAME.scan.json beside the manifest NAME.json is used by scans.")
    var write: String?
    @OptionGroup var flags: EvalFlags

    func run() async throws {
        let eyes = flags.eyes()
        let fitted = try await flags.see(fit, as: .customer, with: eyes, title: "photos to fit")
        let seen = try await flags.see(queries, as: .customer, with: eyes, title: "photos")
        let stored = try await flags.seeGallery(gallery, with: eyes)
        func see(_ source: String?) async throws -> [SeenPicture] {
            guard let source else { return [] }
            return try await flags.see(source, as: .customer, with: eyes, title: "strangers", limit: strangerLimit)
        }
        var input = NotFoundMeasure.Input(
            fitted: fitted, queries: seen, strangers: try await see(strangers), gallery: stored)
        input.fittedStrangers = try await see(fitStrangers)
        input.other = try await flags.seeGallery(otherGallery, with: eyes)
        let measure = NotFoundMeasure(input, bootstrap: flags.bootstrap)
        try flags.say(eyes) {
            let report = try measure.report()
            if let write {
                let text = ScanCalibration.Shipped.text(
                    try measure.calibration(), space: eyes.space.name, measured: report.json)
                try PictureFiles.write(Array(text.utf8), to: write)
            }
            return report
        }
    }
}
