import ArgumentParser
import Foundation
import Imaging
import VisualSearch

/// Finds pictures that are copies of each other.
struct DedupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dedup",
        abstract: "Find pictures that are copies of each other; nothing is touched without --apply.",
        discussion: """
            Compressed again, made smaller, brighter, blurred, mirrored or turned: hashes propose pairs, and two \
            further checks judge them. Both agree: a copy. One agrees: a person should look. Crops and small turns \
            are not found.

            First look at the page:

              vitrine dedup photos/ --page copies.html

            Then move the copies aside (the largest of each stays), and back if you think again:

              vitrine dedup photos/ --apply
              vitrine dedup undo photos/.vitrine-duplicates/20261121-051500/undo.ndjson

            Stopped or killed while it compares, the same command goes on where it was; pictures are read again.

            All options: vitrine dedup run --help
            """,
        subcommands: [DedupRun.self, DedupUndo.self], defaultSubcommand: DedupRun.self)
}

/// Looks through a folder.
struct DedupRun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Look through a folder, write a page, and with --apply move copies aside.")

    @Argument(help: "The folder.") var folder: String
    @Option(help: "The page of pairs to write.") var page = "duplicates.html"
    @Option(help: "Most pairs on the page.") var show = 500
    @Flag(help: "Move the copies aside, with an undo file beside them.") var apply = false
    @Flag(help: "Each folder inside is a seller: equal pictures of two sellers are shown, but both stay.")
    var sellers = false

    func run() async throws {
        let collection = try await DedupCollection.read(folder, sellers: sellers)
        for refusal in collection.refused { Terminal.warn(refusal) }
        guard !collection.pictures.isEmpty else { throw Failure("'\(folder)' holds no picture that can be read.") }
        let (report, journal) = collection.report(resuming: page + ".progress")
        let html = DedupPage(collection: collection, report: report, most: max(1, show)).html
        try PictureFiles.write(Array(html.utf8), to: page)
        journal.remove()
        Terminal.say(summary(report, collection))
        Terminal.say("Pairs: \(page)")
        guard apply else {
            if !report.aliases.isEmpty { Terminal.say("Nothing was touched. With --apply the copies are moved aside.") }
            return
        }
        try move(report, of: collection)
    }

    private func move(_ report: DuplicateReport, of collection: DedupCollection) throws {
        let moves = DuplicateMoves(
            folder: collection.folder, aside: "\(collection.folder)/.vitrine-duplicates/\(Self.stamp())")
        var bar = ProgressBar("moving")
        do {
            let outcome = try moves.apply(collection.moves(report)) { bar.show($0) }
            bar.finish()
            for problem in outcome.problems { Terminal.warn(problem) }
            Terminal.say("\(outcome.count) copies were moved aside.")
            if outcome.count > 0 { Terminal.say("Undo: vitrine dedup undo '\(moves.undoFile)'") }
        } catch {
            bar.finish()
            throw Failure("Not all copies could be moved (\(error.localizedDescription)). Undo: \(moves.undoFile)")
        }
    }

    private static func stamp() -> String {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.dateFormat = "yyyyMMdd-HHmmss"
        return format.string(from: Date())
    }

    private func summary(_ report: DuplicateReport, _ collection: DedupCollection) -> String {
        let bytes = report.aliases.reduce(0) { $0 + collection.pictures[$1.picture].analysis.byteCount }
        let share = Double(report.aliases.count) * 100 / Double(max(1, report.count))
        let review = report.pairs.count { if case .review = $0.verdict { true } else { false } }
        let shared = report.pairs.count { if case .sharedBySellers = $0.verdict { true } else { false } }
        return """
            \(report.count) pictures, \(collection.refused.count) could not be read
            \(report.aliases.count) copies (\(String(format: "%.1f", share)) %, \(bytes / 1024) KiB)
            \(review) pairs for a person to look at\(sellers ? "\n\(shared) pairs shared by sellers" : "")
            """
    }
}

/// Brings back what was moved aside.
struct DedupUndo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "undo",
        abstract: "Bring back the pictures that --apply moved aside.",
        discussion: "A file is brought back only if nothing stands in its place.")

    @Argument(help: "The undo file.") var file: String

    func run() async throws {
        guard let outcome = try? DuplicateMoves.undo(file) else { throw Failure("'\(file)' cannot be read.") }
        for problem in outcome.problems { Terminal.warn(problem) }
        Terminal.say("\(outcome.count) pictures are back.")
        if !outcome.problems.isEmpty { throw ExitCode(1) }
    }
}

/// The pictures of a folder, looked at.
struct DedupCollection: Sendable {
    struct Picture: Sendable {
        let path: String
        let analysis: PictureAnalysis
    }

    let folder: String
    let pictures: [Picture]
    /// A sentence for each file that is no picture or cannot be read.
    let refused: [String]

    static func read(_ folder: String, sellers: Bool) async throws -> DedupCollection {
        let base = URL(fileURLWithPath: folder).standardizedFileURL.path
        let results = await PictureFiles.map(try PictureFiles.list([folder]), title: "reading") {
            path -> Result<Picture, Failure> in
            do {
                let inside = path.dropFirst(base.count).split(separator: "/")
                let seller = sellers && inside.count > 1 ? String(inside[0]) : ""
                let bytes = try PictureFiles.read(path)
                return .success(Picture(path: path, analysis: try PictureAnalysis(bytes, seller: seller)))
            } catch let error as ImageError {
                return .failure(error.at(path))
            } catch {
                return .failure(Failure("\(error)"))
            }
        }
        return DedupCollection(
            folder: base, pictures: results.compactMap { try? $0.get() },
            refused: results.compactMap { if case .failure(let failure) = $0 { failure.description } else { nil } })
    }

    /// What a report puts aside.
    func moves(_ report: DuplicateReport) -> [DuplicateMoves.Move] {
        report.aliases.map { alias in
            DuplicateMoves.Move(
                path: pictures[alias.picture].path, digest: pictures[alias.picture].analysis.picture.fileDigest,
                kept: pictures[alias.kept].path, why: alias.evidence.kind.rawValue)
        }
    }

    /// Compares all; what a run before this one finished and wrote down is not compared again.
    func report(resuming path: String) -> (DuplicateReport, PairJournal) {
        let hashes = pictures.map(\.analysis.hashes)
        let journal = PairJournal(path, views: hashes)
        if journal.shards > 0 { Terminal.say("Going on where the last comparison ended.") }
        var bar = ProgressBar("comparing")
        let near = FingerprintIndex.pairs(views: hashes, journal: journal) {
            bar.show($0)
            return true
        }
        bar.finish()
        if let problem = journal.problem { Terminal.warn(problem) }
        let report = DuplicateReport(
            pictures: pictures.map(\.analysis.picture), views: pictures.map(\.analysis.views),
            candidates: near, worth: pictures.map(\.analysis.worth))
        return (report, journal)
    }
}
