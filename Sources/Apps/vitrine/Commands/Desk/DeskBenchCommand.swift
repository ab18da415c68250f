import ArgumentParser
import Foundation
import ServiceDesk

/// What the desk costs on this disk.
struct DeskBenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure on this disk what a freed agent's next conversation takes, and how far live numbers lag.",
        discussion: """
              vitrine desk bench ./bench --agents 200 --waiting 1000
              vitrine desk bench ./bench-live --rate 1000 --seconds 60

            The folder must be empty; it is left behind to be looked at. A plain write and its sync are timed before each \
            assignment, so that a slow disk is seen as one. The exit status is 1 when a wrong conversation was assigned.
            """)

    @Argument(help: "A folder for this alone; it is made if there is none.") var folder: String
    @Option(help: "Agents, each with one conversation.") var agents = 200
    @Option(help: "Conversations that wait while agents get free.") var waiting = 1_000
    @Option(help: "How often an agent gets free.") var rounds = 500
    @Option(help: "Messages in a second, for the lag of live numbers.") var rate = 1_000
    @Option(help: "Seconds of messages; 0 measures assignments instead.") var seconds = 0
    @Option(help: "Conversations that the messages are spread over.") var rooms = 200

    func run() async throws {
        guard (1...10_000).contains(agents), (0...100_000).contains(waiting), rounds > 0, (1...100_000).contains(rate),
            (0...3_600).contains(seconds), (1...1_000).contains(rooms)
        else { throw Failure("Agents, waiting, rounds, rate, seconds or rooms are out of bounds.") }
        let bench: DeskBench
        do { bench = try await DeskBench.open(folder: folder) } catch { throw Failure.explaining(error) }
        if seconds > 0 { try await live(bench) } else { try await freed(bench) }
        await bench.close()
    }

    private func freed(_ bench: DeskBench) async throws {
        let report = try await bench.freed(agents: agents, waiting: waiting, rounds: rounds) { Terminal.say($0) }
        Terminal.say("\(report.assigned.sorted.count) assignments, \(agents) agents, \(waiting) waiting")
        Terminal.say("end of a conversation to the next one's being on disk: \(report.assigned.summary)")
        Terminal.say("processor time of the same:                            \(report.processor.summary)")
        Terminal.say("a plain write of 4 KiB and its sync, in between:       \(report.floor.summary)")
        guard report.wrong == 0 else { throw Failure("\(report.wrong) times not the oldest was assigned.") }
    }

    private func live(_ bench: DeskBench) async throws {
        let report = try await bench.live(perSecond: rate, seconds: seconds, rooms: rooms) { Terminal.say($0) }
        Terminal.say(
            "\(report.messages) messages in \(rooms) conversations, \(Int(report.rate)) a second (\(rate) wished)")
        Terminal.say("a message on disk to its being in the live numbers: \(report.lag.summary)")
        Terminal.say(
            "processor time of a message: \(report.alone) us alone, \(report.processor) us with numbers once a second; "
                + "taken in at once its numbers cost \(report.takenInPercent) %")
    }
}
