package import Accounts
import Basics
import Storage
import Synchronization

extension MessagingEngine {
    /// Answers what a device has not heard yet; waits for news up to the time-out if there is none.
    ///
    /// The token in the reply is the only thing that says how far the device is: until it comes back as `since`, the
    /// same events come again.
    package func sync(_ session: Session, _ request: SyncRequest) async throws -> [UInt8] {
        if let since = request.since, since.generation == database.generation {
            accounts.acknowledge(device: session.deviceNumber, position: min(since.position, position))
            try await userData?.acknowledge(session, upTo: since.position)
        }
        let wait = min(max(0, request.timeout), settings.longestPoll)
        let deadline = monotonicMilliseconds() + wait
        while true {
            switch try await look(session, request) {
            case .answer(let bytes): return bytes
            case .nothing(let bytes, let seen):
                guard wait > 0 else { return bytes }
                switch await sleep(session, after: seen, until: deadline) {
                case .news: continue
                case .over: return bytes
                case .sessionEnded: throw RequestError.unknownToken()
                }
            }
        }
    }

    /// One look at what there is to tell.
    private enum Look {
        case answer([UInt8])
        /// Nothing: the reply that says so, and how far was looked.
        case nothing([UInt8], WakeMark)
    }

    /// A function of its own, so that a waiting poll holds none of what looking took.
    private func look(_ session: Session, _ request: SyncRequest) async throws -> Look {
        let (snapshot, personal) = try await news(session, request)
        let reply = try await reply(session, request, snapshot, personal)
        if snapshot.since == nil || request.isFullState || !reply.isEmpty { return .answer(reply.bytes) }
        return .nothing(reply.bytes, WakeMark(position: snapshot.position, ephemeral: snapshot.ephemeral))
    }

    private func sleep(_ session: Session, after seen: WakeMark, until deadline: Int64) async -> WakeReason {
        let user = session.userNumber
        return await hub.wait(user: user, device: session.deviceNumber, after: seen, deadline: deadline) {
            [self] _, room in
            guard let number = RoomNumber(value: room) else { return false }
            return committed.withLock { $0.users[user]?[number]?.membership == .join }
        }
    }

    /// What happened in the user's rooms and to the user alone, of one moment.
    private func news(
        _ session: Session, _ request: SyncRequest
    ) async throws -> (SyncSnapshot, PersonalNews?) {
        var extra: Set<RoomNumber> = []
        for _ in 0..<16 {
            let snapshot = try await snapshot(session, request, including: extra)
            guard snapshot.hasPersonalNews, let userData else { return (snapshot, nil) }
            let personal = try await userData.news(for: session, after: snapshot.since, upTo: snapshot.position)
            // Account data of a room in which nothing else happened: the room must be told of, too.
            let named = Set(personal.roomAccountData.keys.compactMap(RoomNumber.init(value:)))
            let missing = named.subtracting(snapshot.rooms.map(\.number)).filter {
                snapshot.places[$0]?.membership == .join
            }
            if missing.isEmpty { return (snapshot, personal) }
            extra.formUnion(missing)
        }
        throw RequestError.resourceLimit("The server is busy. Try again.", retryAfterMilliseconds: 500)
    }

    private func reply(
        _ session: Session, _ request: SyncRequest, _ snapshot: SyncSnapshot, _ personal: PersonalNews?
    ) async throws -> SyncReply {
        var furthest: Int64?
        if snapshot.rooms.contains(where: { $0.tail.contains { $0.flags.contains(.deliverFirst) } }) {
            furthest = try await accounts.positions(of: session.userNumber)
                .filter { $0.device.number != session.deviceNumber }.map(\.position).max()
        }
        let builder = SyncBuilder(
            engine: self, session: session, request: request, snapshot: snapshot, personal: personal,
            furthestOther: furthest)
        do {
            return try builder.build(with: nil)
        } catch is NeedsDatabase {
            return try await database.read { try builder.build(with: $0) }
        }
    }
}

/// What happened to a user alone, read from where account data, to-device messages and keys are kept.
package struct PersonalNews: Sendable {
    package var accountData: [(type: String, content: [UInt8])] = []
    package var roomAccountData: [Int64: [(type: String, content: [UInt8])]] = [:]
    /// Ready-made to-device events.
    package var toDevice: [[UInt8]] = []
    package var changedDevices: [String] = []
    package var leftDevices: [String] = []
    package var oneTimeKeys: [String: Int64] = [:]
    package var unusedFallbackKeys: [String] = []

    package init() {}
}

/// Where what belongs to a user alone is kept.
package protocol PersonalData: Sendable {
    /// What came after a position up to another one; everything for `nil`.
    func news(for session: Session, after: Int64?, upTo: Int64) async throws -> PersonalNews
    /// The device has everything up to a position: what was kept for it alone may go.
    func acknowledge(_ session: Session, upTo: Int64) async throws
    /// Reads the user's push rules, unless they are known.
    func loadQuietRooms(of user: Int64) async throws
    /// Where less counts for the user, as far as the rules are known.
    func quietRooms(of user: Int64) -> QuietRooms
}
