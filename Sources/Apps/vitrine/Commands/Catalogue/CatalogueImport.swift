import ArgumentParser
import Basics
import Foundation
import VisualSearch

/// Brings a folder or a table in.
struct CatalogueImport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Bring a folder or a table of items in; makes the catalogue where there is none.",
        discussion: """
            A folder holds one sub-folder for each SKU, whose name is the SKU, with its pictures; or a catalogue.csv \
            (or .tsv, .jsonl, .ndjson), which can also be named itself. The first line of a CSV names its columns:

              sku,title,category,price,currency,stock,link,picture1,picture2,colour
              4711,Red boots,shoes,49.90,EUR,3,https://shop.example/4711,boots/front.jpg,boots/side.jpg,red

            `sku` is needed, the rest is not; other columns become attributes; `shop` tells sellers apart. Pictures are \
            files below the folder of the table. Lines of JSON have the same members, and "pictures": ["a.jpg", …].

              vitrine catalogue import goods/ --catalogue summer --dry-run
              vitrine catalogue import goods/ --catalogue summer --page report.html

            Each line that cannot be taken is named with its reason. The same import again changes nothing; one that \
            was stopped goes on where it stopped. Pictures that are copies of others of the same shop are kept as their \
            aliases, not twice.
            """)

    @Argument(help: "The folder or the table.") var source: String
    @OptionGroup var flags: CatalogueFlags
    @Option(help: "Whose items they are, where the table does not say.") var shop = ""
    @Option(help: "Their category, where the table does not say.") var category = ""
    @Option(help: "Their currency, where the table does not say.") var currency = ""
    @Flag(help: "Add categories that the catalogue does not have; otherwise they count as 'other'.")
    var addCategories = false
    @Flag(help: "Only say what would be refused; nothing is stored.") var dryRun = false
    @Option(help: "Write a page with the pictures of what was not simply taken.") var page: String?
    @Option(help: "Write a table of all lines and pictures.") var table: String?
    @Flag(help: "Write one JSON object instead of lines.") var json = false

    func run() async throws {
        var defaults = ImportDefaults()
        defaults.shop = shop
        defaults.category = category
        defaults.currency = currency
        defaults.addsCategories = addCategories
        let path = URL(fileURLWithPath: source).standardizedFileURL.path
        try await flags.work(creates: true) { [defaults] catalogue, jobs in
            let report = try await report(path, defaults, catalogue, jobs)
            if let table { try PictureFiles.write(Array(report.csv.utf8), to: table) }
            if let page {
                try PictureFiles.write(Array(try await catalogue.importPage(report).utf8), to: page)
            }
            say(report, catalogue)
        }
    }

    private func report(
        _ path: String, _ defaults: ImportDefaults, _ catalogue: Catalogue, _ jobs: CatalogueJobs
    ) async throws -> ImportReport {
        if dryRun {
            let shown = ShownProgress("looking")
            defer { shown.finish() }
            return try await catalogue.dryRun(path, defaults: defaults, fetch: jobs.fetch) { shown.show($0) }
        }
        let job = try await jobs.requestImport(path, into: catalogue.name, defaults: defaults)
        _ = try await JobProgress.finish(job, "importing", jobs)
        return try await catalogue.importReport(of: job)
    }

    private func say(_ report: ImportReport, _ catalogue: Catalogue) {
        if json {
            var object = report.counts.json.objectValue ?? [:]
            object["catalogue"] = .string(catalogue.name)
            object["dry_run"] = .bool(dryRun)
            object["refused"] = .array(
                report.lines.filter { $0.outcome == .refused }.prefix(1_000).map {
                    ["line": .int(Int64($0.line)), "sku": .string($0.sku), "cause": .string($0.cause ?? "")]
                })
            Terminal.say(JSON.object(object).text)
            return
        }
        for line in report.lines where line.outcome == .refused {
            Terminal.warn("line \(line.line) \(line.sku): \(line.cause ?? "refused")")
        }
        for picture in report.pictures where picture.outcome == .refused && picture.cause != "its line was refused" {
            Terminal.warn("line \(picture.line) \(picture.name): \(picture.cause ?? "refused")")
        }
        Terminal.say("\(dryRun ? "Would be: " : "")lines \(Self.text(report.counts.lines))")
        Terminal.say("\(dryRun ? "Would be: " : "")pictures \(Self.text(report.counts.pictures))")
    }

    private static func text(_ counts: [ImportOutcome: Int]) -> String {
        let parts = ImportOutcome.allCases.compactMap { outcome in
            counts[outcome].map { "\($0) \(outcome.rawValue)" }
        }
        return "\(counts.values.reduce(0, +)): \(parts.isEmpty ? "none" : parts.joined(separator: ", "))"
    }
}
