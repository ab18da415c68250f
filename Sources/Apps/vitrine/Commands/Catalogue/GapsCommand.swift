import ArgumentParser
import Basics
import VisualSearch

/// What customers look for in vain.
struct GapsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gaps",
        abstract: "Tell what customers look for and the catalogue lacks.",
        discussion: """
            Scans of the last four weeks that found nothing are gathered; what several people scanned is a gap.

              vitrine gaps --catalogue summer
              vitrine gaps replay --catalogue summer     answer those scans again with today's catalogue
              vitrine gaps titles --catalogue summer     learn categories and names from titles
            """,
        subcommands: [GapsFind.self, GapsReplay.self, GapsTitles.self], defaultSubcommand: GapsFind.self)
}

/// Gathers and lists gaps.
struct GapsFind: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "find", abstract: "Gather the gaps of this week.")

    @OptionGroup var flags: CatalogueFlags
    @Flag(help: "Write one JSON object a gap.") var json = false

    func run() async throws {
        try await flags.work { catalogue, jobs in
            let result = try await JobProgress.finish(try await jobs.requestGaps(of: catalogue.name), "gathering", jobs)
            for gap in try await catalogue.gaps(week: result["week"]?.stringValue).gaps {
                if json {
                    let object: JSON = [
                        "week": .string(gap.week), "category": .string(gap.category), "scans": .int(gap.scans),
                        "visitors": .int(gap.visitors), "samples": .array(gap.samples.map { .string($0) }),
                    ]
                    Terminal.say(object.text)
                } else {
                    Terminal.say(
                        "\(gap.scans) scans by \(gap.visitors) people\t\(gap.category)\t\(gap.samples.joined(separator: " "))"
                    )
                }
            }
            if json { return }
            for thing in try await catalogue.wanted(limit: 20) {
                Terminal.say("asked for \(thing.count) times\t\(thing.kind.rawValue) \(thing.key)")
            }
            Terminal.say(
                "\(result["missed"]?.intValue ?? 0) of \(result["scans"]?.intValue ?? 0) scans found nothing, "
                    + "\(result["gaps"]?.intValue ?? 0) gaps")
        }
    }
}

/// Answers scans again.
struct GapsReplay: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Answer scans that found nothing again, with today's catalogue.")

    @Argument(help: "One scan; without it all that were not answered again since the catalogue changed.") var scan:
        String?
    @OptionGroup var flags: CatalogueFlags

    func run() async throws {
        try await flags.work { catalogue, jobs in
            if let scan {
                let (then, now) = (try await catalogue.keptScan(scan), try await catalogue.replay(scan))
                Terminal.say("then: \(Self.words(then))")
                Terminal.say("now:  \(Self.words(now))")
                return
            }
            let result = try await JobProgress.finish(
                try await jobs.requestReplay(of: catalogue.name), "answering", jobs)
            for replay in try await catalogue.replays() {
                let score = (replay.score * 1_000).rounded() / 1_000
                Terminal.say("\(replay.id)\t\(replay.verdict)\t\(replay.style)\t\(score)")
            }
            Terminal.say(
                "\(result["replayed"]?.intValue ?? 0) scans answered again, \(result["found"]?.intValue ?? 0) found now"
            )
        }
    }

    private static func words(_ answer: ScanAnswer) -> String {
        let best = answer.groups.first ?? answer.similar.first
        let score = best.map { ($0.score * 1_000).rounded() / 1_000 } ?? 0
        return "\(answer.verdict.name)  \(best?.style ?? "nothing")  \(score)  \(answer.generation)"
    }
}

/// Learns from titles.
struct GapsTitles: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "titles", abstract: "Learn categories and names of things from titles, and tell how well.")

    @OptionGroup var flags: CatalogueFlags

    func run() async throws {
        let result = try await flags.work { catalogue, jobs in
            try await JobProgress.finish(try await jobs.requestTitles(of: catalogue.name), "learning", jobs)
        }
        Terminal.say(result.text)
    }
}
