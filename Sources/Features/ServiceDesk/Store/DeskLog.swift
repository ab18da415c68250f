import Accounts
import Basics
import Messaging
package import Storage

/// The one log as statistics read it: messages, steps of conversations, cards, opinions and settings of queues, each at
/// its position.
///
/// It is read from the tables themselves, so it can be read again from 0 at any time and nothing has to be kept for it.
package struct DeskLog: EventStream {
    let desk: Desk

    package init(_ desk: Desk) { self.desk = desk }

    /// The facts at the next `limit` positions.
    package func read(after position: Int64, limit: Int) async throws -> StreamPage<DeskFact> {
        let accounts = desk.accounts
        return try await desk.database.read { connection in
            let end = min(position + Int64(max(1, limit)), try Meta.position(connection))
            guard end > position else { return StreamPage(entries: [], through: position) }
            let reader = LogReader(accounts, connection)
            let facts = try reader.facts(positions: (position + 1)...end).sorted { $0.position < $1.position }
            return StreamPage(entries: facts, through: end)
        }
    }

    /// The offset lies beside the effect.
    package func commit(name: String, position: Int64) async throws {}
}

/// A place of the log as a fact of statistics.
extension DeskFact: StreamEntry {}

/// Reads the facts of the log, by position or by room; valid inside one read.
final class LogReader {
    private let accounts: Accounts
    private let connection: Connection
    private var speakers: [Int64: Speaker?] = [:]
    private var serviceRooms: [Int64: Bool] = [:]
    private static let types = (EventType.message, Desk.cardActionType, Desk.cardResultType)

    init(_ accounts: Accounts, _ connection: Connection) {
        self.accounts = accounts
        self.connection = connection
    }

    func facts(positions: ClosedRange<Int64>) throws -> [DeskFact] {
        let lines = try EventLines.lines(positions: positions, types: Self.types, connection)
            .filter { try isServiceRoom($0.room) }
        return try lines.compactMap(fact) + MoveQueries.moves(positions: positions, connection)
            + RatingQueries.facts(positions: positions, connection)
            + PresenceQueries.facts(positions: positions, connection)
    }

    /// All facts of a room up to a position.
    func facts(ofRoom room: Int64, upTo position: Int64) throws -> [DeskFact] {
        try EventLines.lines(room: room, upTo: position, types: Self.types, connection).compactMap(fact)
            + MoveQueries.moves(ofRoom: room, upTo: position, connection)
    }

    /// The desk's rooms in which anything happened between two positions.
    func rooms(positions: ClosedRange<Int64>) throws -> [Int64] {
        let talked = try EventLines.rooms(positions: positions, connection).filter(isServiceRoom)
        return Set(talked).union(try MoveQueries.rooms(positions: positions, connection)).sorted()
    }

    /// The first position behind which nothing is earlier than a moment. Times never go back along the log, so it is
    /// found by halving.
    func place(of moment: Int64, upTo head: Int64) throws -> Int64 {
        var (low, high) = (1 as Int64, head + 1)
        while low < high {
            let middle = low + (high - low) / 2
            let event = try EventLines.first(from: middle, connection).map { ($0.position, $0.received) }
            let found = [event, try MoveQueries.first(from: middle, connection)].compactMap { $0 }.min { $0.0 < $1.0 }
            if let found, found.1 < moment, found.0 <= head { low = found.0 + 1 } else { high = middle }
        }
        return low
    }

    // MARK: Lines

    private func isServiceRoom(_ room: Int64) throws -> Bool {
        if let known = serviceRooms[room] { return known }
        let found = try MoveQueries.isServiceRoom(room, connection)
        serviceRooms[room] = found
        return found
    }

    /// Who speaks; nil for the shop's own account.
    private func speaker(_ user: Int64) throws -> Speaker? {
        if let known = speakers[user] { return known }
        let account = try accounts.user(number: user, on: connection)
        let found: Speaker? =
            switch account?.kind {
            case .staff: .human(user)
            case .robot: account.map(MessagingEngine.isShop) ?? false ? nil : .robot
            default: .customer
            }
        speakers[user] = .some(found)
        return found
    }

    private func fact(_ line: EventLine) throws -> DeskFact? {
        func fact(_ what: DeskFact.What) -> DeskFact { DeskFact(position: line.position, at: line.received, what) }
        switch line.type {
        case Desk.cardActionType: return fact(.cardPressed(room: line.room))
        case Desk.cardResultType:
            let answer = try AdapterQueries.answer(room: line.room, seq: line.seq, connection)
            return answer.map { fact(.cardAnswered(room: line.room, $0.outcome, took: $0.took)) }
        default:
            guard line.isCounted else { return nil }
            if let speaker = try speaker(line.sender) { return fact(.said(room: line.room, speaker)) }
            let isCard = try CardQueries.card(room: line.room, seq: line.seq, connection) != nil
            return isCard ? fact(.cardSent(room: line.room)) : nil
        }
    }
}
