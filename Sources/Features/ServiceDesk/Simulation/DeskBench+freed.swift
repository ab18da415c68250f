import Accounts
import Basics
import Foundation
import Messaging

extension DeskBench {
    /// What passes between an agent's getting free and the next conversation's being the agent's, on disk.
    package struct FreedReport: Sendable {
        package var agents: Int
        package var waiting: Int
        /// From the end of a conversation to the answer: decision, rows, rooms, and the sync of the disk.
        package var assigned: Spread
        /// Of the whole process, for the same.
        package var processor: Spread
        /// A write of four kibibytes to a file beside the database and its sync, before each of them: what any commit
        /// takes at least.
        package var floor: Spread
        /// Times at which not the oldest conversation was assigned.
        package var wrong = 0
    }

    /// Fills the shop until `waiting` conversations wait, then lets agents end theirs, one after the other.
    ///
    /// - Parameter told: how far the filling is.
    package func freed(
        agents count: Int = 200, waiting: Int = 1_000, rounds: Int = 500, told: @Sendable (String) -> Void = { _ in }
    ) async throws -> FreedReport {
        _ = try await agents(count, capacity: 1)
        told("\(count) agents are there")
        _ = try await many(count + waiting) { [self] place in
            let visitor = try await session("visitor-\(place)", .visitor)
            return try await desk.open(visitor, scene: nil, topic: Self.topic, text: nil).conversation.number
        }
        told("\(waiting) customers wait")
        var report = FreedReport(
            agents: count, waiting: waiting, assigned: Spread([]), processor: Spread([]), floor: Spread([]))
        var (assigned, processor, floor) = ([Int64](), [Int64](), [Int64]())
        let probe = try SyncProbe(folder: folder)
        for round in 0..<max(1, rounds) {
            let (served, oldest) = standing()
            guard !served.isEmpty, let oldest else { break }
            floor.append(try probe.sync())
            let start = (ContinuousClock.now, processorMicroseconds())
            let outcome = try await desk.perform(.resolved(served[round % served.count], by: nil))
            processor.append(processorMicroseconds() - start.1)
            assigned.append((ContinuousClock.now - start.0).microseconds)
            let given = outcome.transitions.filter { $0.reason == .assigned }.map(\.conversation)
            if given != [oldest] { report.wrong += 1 }
            // As many wait as before.
            let visitor = try await session("later-\(round)", .visitor)
            _ = try await desk.open(visitor, scene: nil, topic: Self.topic, text: nil)
        }
        report.assigned = Spread(assigned)
        report.processor = Spread(processor)
        report.floor = Spread(floor)
        return report
    }

    /// Who is served, and who has waited longest.
    private func standing() -> (served: [Int64], oldest: Int64?) {
        desk.peek { machine in
            let all = machine.conversations.values
            let oldest = all.filter { $0.status == .queued }.min { ($0.enqueued, $0.number) < ($1.enqueued, $1.number) }
            return (all.filter { $0.status == .open }.map(\.number).sorted(), oldest?.number)
        } ?? ([], nil)
    }

    /// Processor time of the whole process so far.
    func processorMicroseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
    }
}

/// What a sync of the disk takes by itself.
private struct SyncProbe {
    private let file: FileHandle
    private let block = Data(repeating: 7, count: 4_096)

    init(folder: String) throws {
        let path = folder + "/probe"
        _ = FileManager.default.createFile(atPath: path, contents: nil)
        file = try FileHandle(forWritingTo: URL(filePath: path))
    }

    /// Microseconds of a write and its sync.
    func sync() throws -> Int64 {
        let start = ContinuousClock.now
        try file.write(contentsOf: block)
        try file.synchronize()
        return (ContinuousClock.now - start).microseconds
    }
}
