package import Accounts
import Basics
import Foundation
package import Messaging
package import Storage
import Synchronization

/// A small shop that works by chance on a real folder: what a machine does with a desk, and whether nothing is lost.
///
/// Unlike a ``BusyDay`` it stores every decision. Running it again on the same folder goes on where it ended.
package final class Rehearsal: Sendable {
    package let database: Database
    package let messaging: MessagingEngine
    package let accounts: Accounts
    package let desk: Desk
    package let statistics: Statistics
    /// Microseconds from a request to its answer, the sync of the disk included.
    private let took = Mutex<[Int64]>([])

    private init(
        _ database: Database, _ messaging: MessagingEngine, _ accounts: Accounts, _ desk: Desk, _ statistics: Statistics
    ) {
        self.database = database
        self.messaging = messaging
        self.accounts = accounts
        self.desk = desk
        self.statistics = statistics
    }

    /// Something that was answered: it must be there for ever.
    package enum Answer: Sendable, Hashable {
        /// A conversation has had so many transitions.
        case moved(conversation: Int64, n: Int64)
        /// A text was said in a room.
        case said(room: String, text: String)
    }

    /// Opens a folder, making shop, queues and agents on first use.
    package static func open(folder: String) async throws -> Rehearsal {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let database = try Database.open(
            path: folder + "/rehearsal.db",
            migrations: Accounts.migrations + MessagingEngine.migrations + Desk.migrations)
        let clock = SystemWallClock()
        let accounts = Accounts(database: database, serverName: "rehearsal.test", clock: clock)
        let messaging = MessagingEngine(database: database, accounts: accounts, clock: clock)
        // Everything that takes minutes in a shop takes milliseconds here.
        var times = DeskTimes()
        (times.offer, times.exclusion, times.hold) = (40, 30, 50)
        (times.firstSilence, times.laterSilence, times.idle) = (200, 300, 500)
        (times.robotSilence, times.lostGrace) = (60, 60)
        let desk = Desk(database: database, messaging: messaging, accounts: accounts, times: times)
        let statistics = try await Statistics.open(path: folder + "/stats.db", desk: desk, clock: clock)
        let rehearsal = Rehearsal(database, messaging, accounts, desk, statistics)
        try await rehearsal.furnish()
        return rehearsal
    }

    package func close() async {
        await statistics.close()
        await database.close()
    }

    private func furnish() async throws {
        guard try await desk.agents().count < Self.agentCount else { return }
        if try await desk.queues().isEmpty {
            _ = try await desk.setQueue(DeskQueue(number: 0, name: "sales"), number: nil, hours: nil)
            _ = try await desk.setQueue(DeskQueue(number: 0, name: "service", mode: .offer), number: nil, hours: nil)
        }
        for place in 1...Self.agentCount {
            let agent = try await session("agent-\(place)", .staff)
            try await desk.setAgent(agent.userNumber, AgentSettings(capacity: 3, queues: [1, 2]))
            try await desk.perform(.agentStatus(agent.userNumber, .available))
        }
    }

    private static let agentCount = 5
    private static let visitorCount: UInt64 = 24

    private func session(_ name: String, _ kind: UserKind) async throws -> Session {
        let user: UserRecord
        if let known = try await accounts.user(localpart: name) {
            user = known
        } else {
            user = try await accounts.register(Registration(localpart: name, kind: kind, displayName: name)).user
        }
        return session(of: user)
    }

    func session(of user: UserRecord) -> Session {
        Session(
            userNumber: user.number, user: user.identifier, deviceNumber: user.number, deviceID: "REHEARSAL",
            kind: user.kind)
    }

    // MARK: Working

    /// Does things by chance, some at a time, and tells of each that was answered.
    ///
    /// - Returns: microseconds that each took, sorted.
    package func run(
        steps: Int, seed: UInt64, workers: Int = 4, told: @escaping @Sendable ([Answer]) -> Void
    ) async throws -> [Int64] {
        let desk = desk
        let time = Task { try await desk.run() }
        defer { time.cancel() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<max(1, workers) {
                group.addTask { [self] in
                    var random = SeededRandom(seed: seed &+ UInt64(worker) &* 0x9E37)
                    for step in 0..<max(1, steps / max(1, workers)) {
                        let start = ContinuousClock.now
                        do {
                            let answers = try await act(&random, name: "\(seed)-\(worker)-\(step)")
                            let passed = start.duration(to: .now)
                            took.withLock { $0.append(passed.microseconds) }
                            told(answers)
                            // Every few steps, so that a kill meets it at work.
                            if worker == 0 { try await statistics.follow() }
                        } catch let refusal as RequestError where refusal.status < 500 {
                            continue
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        return took.withLock { $0.sorted() }
    }

    private func act(_ random: inout SeededRandom, name: String) async throws -> [Answer] {
        let number = 1 + Int64(random.next() % 30)
        switch random.next() % 12 {
        case 0...3: return try await open(&random, text: name)
        case 4...5: return try await sayAsOwner(number, text: name)
        case 6: return try await perform(.resolved(number, by: nil))
        case 7: return try await perform(.transferred(number, to: .queue(1 + Int64(random.next() % 2)), by: nil))
        case 8: return try await accept(number)
        case 9: return try await perform(.snoozed(number, until: database.now + 100, by: nil))
        default:
            let agents = try await desk.agents().map(\.number)
            guard !agents.isEmpty else { return [] }
            let agent = agents[Int(random.next() % UInt64(agents.count))]
            let isThere = random.next() % 4 > 0
            return try await perform(.agentStatus(agent, isThere ? .available : .offline))
        }
    }

    private func perform(_ event: DeskEvent) async throws -> [Answer] {
        try await desk.perform(event).transitions.map { .moved(conversation: $0.conversation, n: $0.n) }
    }

    private func open(_ random: inout SeededRandom, text: String) async throws -> [Answer] {
        let visitor = try await session("visitor-\(random.next() % Self.visitorCount)", .visitor)
        let opened = try await desk.open(visitor, scene: nil, topic: "buy", text: text)
        return [
            .moved(conversation: opened.conversation.number, n: opened.conversation.n),
            .said(room: opened.room, text: text),
        ]
    }

    private func sayAsOwner(_ number: Int64, text: String) async throws -> [Answer] {
        let conversation = try await desk.conversation(number)
        guard let agent = conversation.owner?.agent, let room = desk.roomID(of: conversation),
            let user = try await accounts.user(number: agent)
        else { return [] }
        let session = try await session(user.identifier.localpart, .staff)
        _ = try await messaging.send(
            session, room: room, type: EventType.message, transaction: text,
            content: ["msgtype": "m.text", "body": .string(text)])
        return [.said(room: room, text: text)]
    }

    private func accept(_ number: Int64) async throws -> [Answer] {
        guard let agent = try await desk.conversation(number).owner?.agent else { return [] }
        return try await perform(.accepted(number, agent: agent))
    }
}

extension Duration {
    var microseconds: Int64 {
        components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
    }
}
