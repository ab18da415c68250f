import ArgumentParser
import Basics
import Foundation
import VisualSearch

/// What belongs to which SKU.
struct SkuCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sku",
        abstract: "Find foreign pictures in items and items that are one thing; decide, and take decisions back.",
        discussion: """
            Nothing is changed by looking: proposals are listed, and a person decides each.

              vitrine sku denoise --catalogue summer
              vitrine sku merge --catalogue summer
              vitrine sku decide 17 yes
              vitrine sku undecide 17

            Two SKUs that are known to be one style are merged by name, and split again:

              vitrine sku merge 4711 4712
              vitrine sku split 4712

            Styles go out as a set to learn from, and what a classifier takes for each other comes back as proposals:

              vitrine catalogue export --training --to lesson/
              vitrine-train fit styles.json            # a source: root lesson, table styles.csv, labels label
              vitrine-train embed runs/styles-… --to vectors
              vitrine sku merge --learnt vectors/confusion.json
            """,
        subcommands: [SkuDenoise.self, SkuMerge.self, SkuSplit.self, SkuDecide.self, SkuUndecide.self])

    /// Lists the open questions of a kind.
    static func list(_ kind: CatalogueReview.Kind, of catalogue: Catalogue) async throws {
        var last: Int64 = 0
        while true {
            let page = try await catalogue.reviews(kind, after: last, limit: 200)
            guard let end = page.last else { break }
            for review in page {
                let score = (review.score * 1_000).rounded() / 1_000
                Terminal.say("\(review.number)  \(score)  \(try await text(review, catalogue))")
            }
            last = end.number
        }
    }

    private static func text(_ review: CatalogueReview, _ catalogue: Catalogue) async throws -> String {
        func item(_ number: Int64) async throws -> String {
            try await catalogue.item(number).map { "\($0.draft.sku) \($0.draft.title)" }
                ?? "item \(number), which is gone"
        }
        let why = review.evidence["why"]?.stringValue.map { ": \($0)" } ?? ""
        return switch review.kind {
        case .merge: "\(try await item(review.subject))  =  \(try await item(review.other))\(why)"
        case .noise: "picture \(review.subject) in \(try await item(review.other))"
        case .duplicate: "picture \(review.subject)  =  picture \(review.other)"
        case .category: "\(try await item(review.subject)) seems to be \(review.evidence["seems"]?.stringValue ?? "")"
        case .feedback: "scan \(review.subject)"
        case .box: "box \(review.subject) of picture \(review.other)"
        }
    }
}

/// Looks for foreign pictures.
struct SkuDenoise: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "denoise", abstract: "Propose pictures that do not show the item they belong to.")

    @OptionGroup var flags: CatalogueFlags

    func run() async throws {
        try await flags.work { catalogue, jobs in
            let job = try await jobs.requestDenoising(of: catalogue.name)
            let result = try await JobProgress.finish(job, "looking", jobs)
            Terminal.say(
                "\(result["items"]?.intValue ?? 0) items were looked at, \(result["undecided"]?.intValue ?? 0) left alone, "
                    + "\(result["proposed"]?.intValue ?? 0) pictures are proposed anew.")
            try await SkuCommand.list(.noise, of: catalogue)
        }
    }
}

/// Looks for SKUs that are one.
struct SkuMerge: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge", abstract: "Propose SKUs that are one style; or merge two by name.")

    @Argument(help: "Two SKUs that are one.") var skus: [String] = []
    @Option(
        name: .long, help: "Propose by what a trained classifier confuses: confusion.json of `vitrine-train embed`.")
    var learnt: String?
    @Option(name: .long, help: "The label of the training that names styles, where it has several.") var label: String?
    @OptionGroup var flags: CatalogueFlags

    func validate() throws {
        guard skus.isEmpty || skus.count == 2 else { throw ValidationError("Name two SKUs, or none.") }
        guard skus.isEmpty || learnt == nil else { throw ValidationError("Name two SKUs, or a file, not both.") }
    }

    private func counts() throws -> LearntCounts? {
        guard let learnt else { return nil }
        guard let data = FileManager.default.contents(atPath: learnt) else { throw Failure("There is no \(learnt).") }
        let json = try JSON(parsing: Array(data), limits: JSONLimits(maximumBytes: 1 << 28))
        return try LearntCounts(json, label: label)
    }

    func run() async throws {
        try await flags.work { catalogue, jobs in
            if let one = skus.first, let other = skus.last {
                let review = try await catalogue.merge(one, with: other, by: "command line")
                Terminal.say("\(one) and \(other) are one style. Back with: vitrine sku undecide \(review)")
                return
            }
            let job = try await jobs.requestMerging(of: catalogue.name, learnt: try counts())
            let result = try await JobProgress.finish(job, "looking", jobs)
            if let unknown = result["unknown"]?.intValue, unknown > 0 {
                Terminal.say("\(unknown) classes of the training are no styles of the catalogue.")
            }
            Terminal.say("\(result["proposed"]?.intValue ?? 0) pairs are proposed anew.")
            try await SkuCommand.list(.merge, of: catalogue)
        }
    }
}

/// Takes a merge back.
struct SkuSplit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "split", abstract: "Take back the last merge that a SKU was part of.")

    @Argument(help: "The SKU.") var sku: String
    @OptionGroup var flags: CatalogueFlags

    func run() async throws {
        try await flags.work { catalogue, _ in
            try await catalogue.split(sku)
            Terminal.say("\(sku) is as it was before its last merge.")
        }
    }
}

/// Decides a question.
struct SkuDecide: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decide", abstract: "Answer a question with yes, which is carried out, or no.")

    @Argument(help: "Its number.") var review: Int64
    @Argument(help: "yes or no.") var answer: String
    @OptionGroup var flags: CatalogueFlags

    func validate() throws {
        guard CatalogueReview.Decision(rawValue: answer) != nil else {
            throw ValidationError("The answer is yes or no.")
        }
    }

    func run() async throws {
        guard let decision = CatalogueReview.Decision(rawValue: answer) else { return }
        try await flags.work { catalogue, _ in
            try await catalogue.decide(review, decision, by: "command line")
            Terminal.say("Decided. Back with: vitrine sku undecide \(review)")
        }
    }
}

/// Takes a decision back.
struct SkuUndecide: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "undecide", abstract: "Take a decision back: everything is as before, and the question open again."
    )

    @Argument(help: "Its number.") var review: Int64
    @OptionGroup var flags: CatalogueFlags

    func run() async throws {
        try await flags.work { catalogue, _ in
            try await catalogue.undecide(review)
            Terminal.say("The question \(review) is open again.")
        }
    }
}
