import Basics
import Storage
import Synchronization

/// The event stream as one application service is to get it: which events concern it, and how far it has come.
///
/// What a transaction holds is written down before it is first sent, so a retry after a restart carries the same
/// events. The position and the end of a transaction are written in one step.
package final class ServiceFeed: Sendable {
    package let engine: MessagingEngine
    package let registration: ServiceRegistration
    private let name: String
    /// The members of rooms that the service has claimed, and how many users the room had when they were looked for.
    private let claimed = Mutex<[RoomNumber: (users: Int, members: [Int64])]>([:])
    private let pending = Mutex<[Int64]>([])

    private static let pageSize = 200
    private static let cachedRooms = 10_000

    package init(_ registration: ServiceRegistration, engine: MessagingEngine) {
        self.registration = registration
        self.engine = engine
        name = "service/\(registration.id)"
    }

    /// Takes up where the store says; a service that was never here begins with what happens from now on.
    package func resume() async throws -> ServiceTransactions {
        let (name, service) = (name, registration.id)
        let (known, record) = try await engine.database.read { connection in
            (
                try ConsumerOffset.position(of: name, connection),
                try ServiceQueries.newest(of: service, in: connection)
            )
        }
        let position = known ?? engine.position
        if known == nil {
            try await engine.database.write { try ConsumerOffset.set(name, position, in: $0) }
        }
        guard let record else { return ServiceTransactions(lastNumber: 0, position: position) }
        pending.withLock { $0 = record.positions }
        return ServiceTransactions(
            lastNumber: record.transaction.number, position: position,
            pending: record.isDone ? nil : record.transaction)
    }

    /// Reads on: how many events concern the service, and up to where was read.
    package func collect(after position: Int64, upTo end: Int64) async throws -> (events: Int, through: Int64) {
        let queries = engine.events
        var found: [Int64] = []
        var place = position
        while place < end {
            let from = place
            let page = try await engine.database.read {
                try queries.log(after: from, limit: Self.pageSize, in: $0)
            }
            for event in page where event.pos <= end {
                guard try await concerns(event) else { continue }
                found.append(event.pos)
                if found.count == ServiceTransactions.maximumEvents {
                    pending.withLock { [found] in $0 = found }
                    return (found.count, event.pos)
                }
            }
            guard page.count == Self.pageSize, let last = page.last, last.pos < end else { break }
            place = last.pos
        }
        pending.withLock { [found] in $0 = found }
        return (found.count, end)
    }

    /// Writes down the transaction that was collected.
    package func store(_ transaction: ServiceTransaction) async throws {
        let (service, positions) = (registration.id, pending.withLock { $0 })
        try await engine.database.write { context in
            try ServiceQueries.store(transaction, positions: positions, of: service, in: context)
        }
    }

    /// Remembers that a transaction was accepted.
    package func finish(_ transaction: ServiceTransaction) async throws {
        let (name, service) = (name, registration.id)
        try await engine.database.write { context in
            try ServiceQueries.finish(transaction, of: service, in: context)
            try ConsumerOffset.set(name, transaction.toPosition, in: context)
        }
    }

    /// Remembers that nothing up to here concerns the service.
    package func skip(to position: Int64) async throws {
        let name = name
        try await engine.database.write { try ConsumerOffset.set(name, position, in: $0) }
    }

    /// The name of a transaction. It holds the generation of the database: after a restore the numbers begin again,
    /// and the service must not take what is new for what it has had.
    package func identifier(of transaction: ServiceTransaction) -> String {
        "\(engine.database.generation)-\(transaction.number)"
    }

    /// What the service is sent. Events that a retention rule has removed meanwhile are left out.
    package func body(of transaction: ServiceTransaction) async throws -> [UInt8] {
        let (queries, positions) = (engine.events, pending.withLock { $0 })
        let events = try await engine.database.read { try queries.events(at: positions, in: $0) }
        var rooms: [RoomNumber: RoomState] = [:]
        for event in events where rooms[event.room] == nil { rooms[event.room] = try await engine.room(event.room) }
        return try await engine.database.read { [engine, rooms] connection in
            var writer = JSONWriter(reserving: 1_024)
            try writer.object { writer in
                writer.key("events")
                try writer.array { writer in
                    for event in events {
                        guard let room = rooms[event.room] else { continue }
                        try OutsideEvent(engine: engine, room: room).write(event, to: &writer, on: connection)
                    }
                }
            }
            return writer.bytes
        }
    }

    // MARK: Interest

    private func concerns(_ event: StoredEvent) async throws -> Bool {
        guard let room = try await engine.room(event.room) else { return false }
        let sender = room.userIDs[event.sender] ?? ""
        let aliases = try await aliases(of: event.room)
        return registration.isInterested(
            room: engine.id(of: event.room), aliases: aliases, sender: sender,
            stateKey: event.type == EventType.member ? event.stateKey : nil,
            members: present(in: room, at: event.seq), serverName: engine.serverName)
    }

    private func aliases(of room: RoomNumber) async throws -> [String] {
        guard !registration.namespaces.aliases.isEmpty else { return [] }
        return try await engine.database.read { try AliasQueries.aliases(of: room, in: $0) }
    }

    /// The claimed users who were in the room, or invited to it, when the event was sent.
    private func present(in room: RoomState, at seq: Int64) -> [String] {
        members(of: room).filter { user in
            guard let spans = room.spans[user] else { return false }
            return [spans.membership(before: seq), spans.membership(before: seq + 1)].contains { membership in
                membership == .join || membership == .invite
            }
        }.compactMap { room.userIDs[$0] }
    }

    private func members(of room: RoomState) -> [Int64] {
        let count = room.userIDs.count
        if let known = claimed.withLock({ $0[room.number] }), known.users == count { return known.members }
        let members = room.userIDs.filter { registration.mayAct(as: $0.value, serverName: engine.serverName) }.map(
            \.key)
        claimed.withLock { claimed in
            if claimed.count >= Self.cachedRooms { claimed.removeAll() }
            claimed[room.number] = (count, members)
        }
        return members
    }
}
