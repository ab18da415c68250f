import Accounts
import Basics
import Foundation
import Messaging
import ServiceDesk
import Storage
import TestSupport

/// A server's desk in a folder of a test's own, which can be closed and opened again.
final class TestDesk {
    let folder: String
    let clock: MockWallClock
    private(set) var database: Database
    private(set) var accounts: Accounts
    private(set) var messaging: MessagingEngine
    private(set) var desk: Desk

    private let times: DeskTimes
    private let time: any WallClock

    /// When the mock clock begins.
    static let start: Int64 = 1_800_000_000_000

    /// - Parameter ticking: by the computer's time of day, for what is to happen by itself.
    init(times: DeskTimes = DeskTimes(), ticking: Bool = false) throws {
        folder = FileManager.default.temporaryDirectory.path + "/vitrine-desk-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        clock = MockWallClock(Self.start)
        self.times = times
        time = ticking ? SystemWallClock() : clock
        (database, accounts, messaging, desk) = try Self.open(folder, time, times)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private static func open(
        _ folder: String, _ clock: any WallClock, _ times: DeskTimes
    ) throws -> (Database, Accounts, MessagingEngine, Desk) {
        let migrations =
            Accounts.migrations + MessagingEngine.migrations + UserDataStore.migrations + Desk.migrations
        let database = try Database.open(path: "\(folder)/vitrine.db", migrations: migrations, clock: clock)
        let accounts = Accounts(database: database, serverName: "shop.test", clock: clock)
        let messaging = MessagingEngine(database: database, accounts: accounts, clock: clock)
        let desk = Desk(database: database, messaging: messaging, accounts: accounts, times: times)
        return (database, accounts, messaging, desk)
    }

    /// The numbers of this desk, in a file beside it.
    func statistics() async throws -> Statistics {
        try await Statistics.open(path: "\(folder)/stats.db", desk: desk, clock: time)
    }

    func restart() async throws {
        messaging.closePolls()
        await database.close()
        (database, accounts, messaging, desk) = try Self.open(folder, time, times)
    }

    func user(_ name: String?, _ kind: UserKind) async throws -> Session {
        let user = try await accounts.register(Registration(localpart: name, kind: kind, displayName: name)).user
        let grant = try await accounts.openSession(of: user)
        return Session(
            userNumber: user.number, user: user.identifier, deviceNumber: grant.deviceNumber,
            deviceID: grant.deviceID, kind: kind)
    }

    /// An agent who is there.
    func agent(_ name: String, capacity: Int64 = 2, queues: Set<Int64> = [1]) async throws -> Session {
        let session = try await user(name, .staff)
        try await desk.setAgent(session.userNumber, AgentSettings(capacity: capacity, queues: queues))
        try await desk.perform(.agentStatus(session.userNumber, .available))
        return session
    }

    func queue(_ name: String = "sales", mode: QueueMode = .push) async throws -> Int64 {
        try await desk.setQueue(DeskQueue(number: 0, name: name, mode: mode), number: nil, hours: nil).number
    }

    func say(_ text: String, _ session: Session, in room: String) async throws {
        _ = try await messaging.send(
            session, room: room, type: "m.room.message", transaction: UUID().uuidString,
            content: ["msgtype": "m.text", "body": .string(text)])
    }

    /// The texts and senders of a room as somebody sees them, the oldest first.
    func talk(_ session: Session, in room: String) async throws -> [String] {
        var request = HistoryRequest()
        request.isForwards = true
        request.limit = 500
        let page = try JSON(parsing: try await messaging.messages(session, room: room, request), limits: .stored)
        return (page["chunk"]?.arrayValue ?? []).filter { $0["type"] == "m.room.message" }.compactMap {
            $0["content"]?["body"]?.stringValue
        }
    }
}
