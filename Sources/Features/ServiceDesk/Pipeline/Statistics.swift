package import Basics
import Messaging
package import Storage
import Synchronization

/// The desk's numbers: a file beside the database, filled from the one log and never the truth.
///
/// A page of the log, what follows from it and the position up to which it was read are one transaction, so a kill at
/// any moment repeats nothing and skips nothing. The file may be deleted at any time; it is made again from position 0.
package final class Statistics: Sendable {
    package let desk: Desk
    package let file: Database
    private let consumer: Consumer<DeskLog>
    let hours: HoursBook
    /// Up to when everything was taken in.
    private let mark = Mutex(Watermark(sources: [0]))
    let lastDay = Mutex<ReadDay?>(nil)
    /// Rings when a notice is to be brought somewhere.
    var alertBell: Bell { desk.courierBell }
    static let name = "statistics"
    /// Positions a page: large enough that a busy minute is few transactions.
    private static let pageSize = 2_000

    private init(desk: Desk, file: Database) {
        self.desk = desk
        self.file = file
        let hours = HoursBook()
        self.hours = hours
        consumer = Consumer(
            name: Self.name, source: DeskLog(desk), database: file, pageLimit: Self.pageSize
        ) { facts, context in try Self.take(facts, { hours.hours($0) }, in: context) }
    }

    /// Opens the numbers of a desk; makes a new file where there is none or where it is damaged, and empties one that
    /// belongs to another life of the database.
    package static func open(path: String, desk: Desk, clock: any WallClock) async throws -> Statistics {
        var options = DatabaseOptions()
        options.readerCount = 2
        options.cacheKibibytes = 16_384
        let file = try await DerivedFile.open(
            path: path, migrations: StatisticsSchema.migrations, options: options, clock: clock)
        let statistics = Statistics(desk: desk, file: file)
        try await DerivedFile.settle(file, following: desk.database, at: try await statistics.position) {
            try await statistics.restart()
        }
        return statistics
    }

    // MARK: Taking in

    /// Applies facts in the order of the log.
    private static func take(
        _ facts: [DeskFact], _ hours: (String) -> WeeklyHours?, in context: WriteContext
    ) throws {
        var settings = try StandingQueries.settings(context.connection, hours: hours)
        var rooms: [Int64: RoomStanding] = [:]
        var agents: [Int64: AgentStanding] = [:]
        var effects = FactEffects()
        for fact in facts {
            switch fact.what {
            case .queueSet(let setting):
                settings[setting.queue] = setting
                try StandingQueries.store(setting, in: context)
            case .presence(let agent, let status):
                var standing = try agents[agent] ?? PresenceQueries.standing(of: agent, context.connection)
                standing.become(status, at: fact.at, &effects.panes)
                agents[agent] = standing
            case .rated(let rating):
                effects.panes.add(.rating, rating.stars, at: fact.at, rating.dimensions)
                guard let before = rating.before else { continue }
                effects.panes.add(.rating, before.stars, at: before.at, rating.dimensions, times: -1)
            default:
                guard let room = fact.room else { continue }
                var standing = try rooms[room] ?? StandingQueries.standing(of: room, context.connection)
                standing.apply(fact, setting: { settings[$0] ?? .unknown($0) }, &effects)
                rooms[room] = standing
            }
        }
        for standing in rooms.values.sorted(by: { $0.room < $1.room }) {
            try StandingQueries.store(standing, in: context)
        }
        for standing in agents.values.sorted(by: { $0.agent < $1.agent }) {
            try PresenceQueries.store(standing, in: context)
        }
        try FactQueries.store(effects, in: context)
    }

    /// Up to which position of the log the numbers have come.
    package var position: Int64 {
        get async throws { try await consumer.position }
    }

    /// How many positions they are behind at most.
    package var lag: Int64 {
        get async throws { max(0, desk.database.position - (try await position)) }
    }

    /// Takes in what is new, up to so many pages; to be called about once a second.
    ///
    /// - Returns: whether everything was taken in.
    @discardableResult
    package func follow(pages: Int = 50) async throws -> Bool {
        // A write that stores nothing stands in line behind all that came before it: what is stamped earlier than it
        // is on disk when it is answered.
        let now = try await desk.database.write { $0.now }
        let head = desk.database.position
        for _ in 0..<max(1, pages) {
            guard try await consumer.step() else { break }
            try Task.checkCancellation()
        }
        guard try await position >= head else { return false }
        mark.withLock { $0.advance(0, to: now) }
        return true
    }

    /// Up to when the numbers hold everything, in milliseconds since 1970; 0 before the first look at the log.
    package var watermark: Int64 { mark.withLock { $0.time } }

    /// Begins again with no numbers. What was found on days stays.
    package func restart() async throws {
        try await consumer.restart { try StatisticsSchema.empty($0) }
    }

    package func close() async { await file.close() }
}

/// Opening hours by the text that they are written in: reading a zone's changes takes a while.
final class HoursBook: Sendable {
    private let known = Mutex<[String: WeeklyHours]>([:])

    func hours(_ text: String) -> WeeklyHours? {
        if let found = known.withLock({ $0[text] }) { return found }
        let read = HoursText.stored(text)
        known.withLock { known in
            if known.count >= 1_000 { known.removeAll() }
            known[text] = read
        }
        return read
    }
}
