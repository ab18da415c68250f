import Accounts
import Basics
import Foundation
import Messaging
import Storage
import Synchronization

/// What the desk costs on a real disk: a shop in a folder of its own, as large as asked for, with the clock on the wall.
package final class DeskBench: Sendable {
    let database: Database
    let messaging: MessagingEngine
    let accounts: Accounts
    let desk: Desk
    let statistics: Statistics
    let folder: String
    static let topic = "bench"

    private init(
        _ database: Database, _ messaging: MessagingEngine, _ accounts: Accounts, _ desk: Desk,
        _ statistics: Statistics, _ folder: String
    ) {
        self.database = database
        self.messaging = messaging
        self.accounts = accounts
        self.desk = desk
        self.statistics = statistics
        self.folder = folder
    }

    /// Opens an empty folder for a shop with one queue that pushes.
    package static func open(folder: String) async throws -> DeskBench {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let database = try Database.open(
            path: folder + "/bench.db", migrations: Accounts.migrations + MessagingEngine.migrations + Desk.migrations)
        let clock = SystemWallClock()
        let accounts = Accounts(database: database, serverName: "bench.test", clock: clock)
        let messaging = MessagingEngine(database: database, accounts: accounts, clock: clock)
        // Nobody is silent here: what is measured is what happens by itself.
        var times = DeskTimes()
        (times.firstSilence, times.laterSilence, times.idle) = (86_400_000, 86_400_000, 86_400_000)
        let desk = Desk(database: database, messaging: messaging, accounts: accounts, times: times)
        let statistics = try await Statistics.open(path: folder + "/stats.db", desk: desk, clock: clock)
        guard try await desk.queues().isEmpty else {
            throw StorageError(.misuse, "The folder \(folder) holds a measurement already; name an empty one.")
        }
        let queue = DeskQueue(number: 0, name: "all", target: 86_400_000)
        _ = try await desk.setQueue(queue, number: nil, hours: nil)
        return DeskBench(database, messaging, accounts, desk, statistics, folder)
    }

    package func close() async {
        await statistics.close()
        await database.close()
    }

    // MARK: People

    func agents(_ count: Int, capacity: Int64) async throws -> [Session] {
        try await many(count) { [self] place in
            let agent = try await session("agent-\(place)", .staff)
            try await desk.setAgent(agent.userNumber, AgentSettings(capacity: capacity, queues: [1]))
            try await desk.perform(.agentStatus(agent.userNumber, .available))
            return agent
        }
    }

    func session(_ name: String, _ kind: UserKind) async throws -> Session {
        let user = try await accounts.register(Registration(localpart: name, kind: kind, displayName: name)).user
        return Session(
            userNumber: user.number, user: user.identifier, deviceNumber: user.number, deviceID: "BENCH", kind: kind)
    }

    /// Does something many times, 64 at a time, so that many share one sync of the disk.
    func many<T: Sendable>(_ count: Int, _ body: @escaping @Sendable (Int) async throws -> T) async throws -> [T] {
        try await withThrowingTaskGroup(of: (Int, T).self) { group in
            var found: [Int: T] = [:]
            for place in 0..<count {
                if place >= 64, let (done, value) = try await group.next() { found[done] = value }
                group.addTask { (place, try await body(place)) }
            }
            for try await (done, value) in group { found[done] = value }
            return (0..<count).compactMap { found[$0] }
        }
    }
}

/// Times in microseconds, in order of size.
package struct Spread: Sendable, Hashable {
    package let sorted: [Int64]

    package init(_ values: [Int64]) { sorted = values.sorted() }

    package func quantile(_ share: Double) -> Int64 {
        sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))]
    }

    /// In milliseconds, for people.
    package var summary: String {
        func shown(_ share: Double) -> String { "\(Double(quantile(share) / 10) / 100)" }
        return "p50 \(shown(0.5)) ms, p90 \(shown(0.9)) ms, p99 \(shown(0.99)) ms, longest \(shown(1)) ms"
    }
}
