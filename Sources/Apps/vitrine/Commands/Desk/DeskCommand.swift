import ArgumentParser
import Basics
import Foundation
import ServiceDesk

/// What an operator does about the service desk.
struct DeskCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "desk",
        abstract:
            "Simulate a day of the service desk, rehearse or measure one on this disk, or try a business behind cards.",
        subcommands: [DeskSimulate.self, DeskRehearse.self, DeskBenchCommand.self, DeskCheckAdapter.self])
}

/// Waits and loads of a day under other rules, on virtual time.
struct DeskSimulate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Show how long customers would wait with so many agents, under each rule.",
        discussion: """
              vitrine desk simulate --agents 12 --capacity 2 --per-hour 240 --minutes 5

            Arrivals and lengths of conversations are drawn from the seed, or read from a table that
            GET /api/v1/desk/stats/arrivals gave (--arrivals FILE); dispatch is the one that runs live. A roster is a JSON
            list of {"count", "capacity", "skills", "queues", "hours"}; without one there are equal agents. Without
            recorded arrivals and without skills Erlang's formula is shown beside what came out.
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
    @Option(help: "A JSON file with the agents: who works when, on what, and how much at a time.") var roster: String?
    @Option(help: "Another priority for a queue of recorded arrivals, QUEUE=0...9; may be repeated.")
    var priority: [String] = []

    func run() throws {
        guard agents > 0, agents <= 10_000, capacity > 0, perHour > 0, minutes > 0, conversations > 0 else {
            throw Failure("Agents, capacity, conversations and minutes must be more than zero.")
        }
        var day = BusyDay(
            agents: agents, capacity: capacity, between: 3_600_000 / perHour, handling: minutes * 60_000,
            arrivals: conversations, skilledPercent: min(100, skilled))
        day.recorded = try arrivals.map { try Self.table($0) } ?? []
        day.roster = try roster.map { try Self.agents($0) } ?? []
        day.priorities = try Self.priorities(priority)
        for (name, rule) in BusyDay.rules {
            day.rule = rule
            let start = clock()
            let report = day.run(seed: seed)
            let seconds = Double(clock() - start) / Double(CLOCKS_PER_SEC)
            Terminal.say("\(name): \(report.summary), \((seconds * 100).rounded() / 100) s of processor time")
        }
        guard day.recorded.isEmpty, day.roster.isEmpty, day.skilledPercent == 0 else { return }
        let line = ErlangC(servers: agents * Int(capacity), between: day.between, handling: day.handling)
        guard line.load < 1 else { return Terminal.say("Erlang C: the line grows for ever") }
        Terminal.say(
            "Erlang C: mean \(Int(line.meanWait / 1_000)) s, \((line.waiting * 1_000).rounded() / 10) % have to wait, "
                + "\((line.share(within: 20_000) * 1_000).rounded() / 10) % wait 20 s at most")
    }

    private static func priorities(_ texts: [String]) throws -> [Int64: Int64] {
        var found: [Int64: Int64] = [:]
        for text in texts {
            let numbers = text.split(separator: "=").map { Int64($0) }
            guard numbers.count == 2, let queue = numbers[0], let priority = numbers[1], (0...9).contains(priority)
            else { throw Failure("'\(text)' is not QUEUE=PRIORITY with a priority from 0 to 9.") }
            found[queue] = priority
        }
        return found
    }

    private static func agents(_ path: String) throws -> [RosterAgent] {
        guard let bytes = try? Data(contentsOf: URL(filePath: path)) else {
            throw Failure("The roster \(path) cannot be read.")
        }
        do {
            return try RosterAgent.read(try JSON(parsing: [UInt8](bytes)))
        } catch {
            throw Failure.explaining(error)
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
