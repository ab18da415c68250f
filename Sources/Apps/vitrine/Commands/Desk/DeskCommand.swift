import ArgumentParser
import Foundation
import ServiceDesk

/// What an operator does about the service desk.
struct DeskCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "desk",
        abstract: "Simulate a day of the service desk, rehearse one on this disk, or try a business behind cards.",
        subcommands: [DeskSimulate.self, DeskRehearse.self, DeskCheckAdapter.self])
}

/// Waits and loads of a day under other rules, on virtual time.
struct DeskSimulate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Show how long customers would wait with so many agents, under each rule.",
        discussion: """
              vitrine desk simulate --agents 12 --capacity 2 --per-hour 240 --minutes 5

            Arrivals and lengths of conversations are drawn from the seed, or read from a table that
            GET /api/v1/desk/stats/arrivals gave (--arrivals FILE); dispatch is the one that runs live.
            """)

    @Option(help: "Agents at work.") var agents = 12
    @Option(help: "Conversations that each holds at a time.") var capacity: Int64 = 2
    @Option(help: "Conversations that begin in an hour, on average.") var perHour = 240.0
    @Option(help: "Minutes that a conversation takes, on average.") var minutes = 5.0
    @Option(help: "Conversations in the whole day.") var conversations = 5_000
    @Option(help: "Of a hundred conversations, how many need a skill that every third agent has.") var skilled: UInt64 =
        0
    @Option(help: "The seed; the same one gives the same day.") var seed: UInt64 = 1
    @Option(help: "Conversations as they came on real days, instead of drawn ones.") var arrivals: String?

    func run() throws {
        guard agents > 0, agents <= 10_000, capacity > 0, perHour > 0, minutes > 0, conversations > 0 else {
            throw Failure("Agents, capacity, conversations and minutes must be more than zero.")
        }
        let recorded = try arrivals.map { try Self.table($0) } ?? []
        for (name, rule) in BusyDay.rules {
            var day = BusyDay(
                rule: rule, agents: agents, capacity: capacity, between: 3_600_000 / perHour,
                handling: minutes * 60_000, arrivals: conversations, skilledPercent: min(100, skilled))
            day.recorded = recorded
            Terminal.say("\(name): \(day.run(seed: seed).summary)")
        }
    }

    private static func table(_ path: String) throws -> [RecordedArrival] {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw Failure("The table \(path) cannot be read.")
        }
        do {
            return try ArrivalTable.read(text)
        } catch {
            throw Failure("\(path): \(error)")
        }
    }
}

/// A shop by chance on a real folder.
struct DeskRehearse: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rehearse",
        abstract: "Run a shop by chance in a folder of its own, and show what a decision costs on this disk.",
        discussion: """
              vitrine desk rehearse ./rehearsal --steps 2000

            With --tell every answer is printed once it is durable. A second run goes on with the same folder.
            """)

    @Argument(help: "A folder for this alone; it is made if there is none.") var folder: String
    @Option(help: "How much is done.") var steps = 1_000
    @Option(help: "How much is done at a time.") var workers = 4
    @Option(help: "The seed.") var seed: UInt64 = 1
    @Flag(help: "Print each answer.") var tell = false

    func run() async throws {
        let rehearsal = try await Rehearsal.open(folder: folder)
        let isTold = tell
        let took = try await rehearsal.run(steps: steps, seed: seed, workers: workers) { answers in
            guard isTold else { return }
            for answer in answers { Terminal.say(answer.line) }
        }
        let problems = try await rehearsal.problems(answered: [])
        await rehearsal.close()
        guard let last = took.last else { throw Failure("Nothing was done.") }
        Terminal.say(
            "\(took.count) answered: p50 \(took[took.count / 2]) us, p99 \(took[took.count * 99 / 100]) us, "
                + "longest \(last) us, each with its sync of the disk")
        guard problems.isEmpty else { throw Failure(problems.joined(separator: "\n")) }
    }
}
