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
        var step = try await beginSync(session, request)
        while case .wait(let wait) = step {
            await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in wait.park { continuation.resume() } }
            } onCancel: {
                wait.cancel()
            }
            step = try await resume(wait)
        }
        guard case .reply(let bytes) = step else { return [] }
        return bytes
    }

    /// Begins to answer a sync: what there is to tell, or something to wait with.
    package func beginSync(_ session: Session, _ request: SyncRequest) async throws -> SyncStep {
        if let since = request.since, since.generation == database.generation {
            accounts.acknowledge(device: session.deviceNumber, position: min(since.position, position))
            try await userData?.acknowledge(session, upTo: since.position)
        }
        switch try await look(session, request) {
        case .answer(let bytes): return .reply(bytes)
        case .nothing(let bytes, let seen):
            let time = min(max(0, request.timeout), settings.longestPoll)
            guard time > 0 else { return .reply(bytes) }
            return .wait(SyncWait(self, session, request, after: seen, until: monotonicMilliseconds() + time))
        }
    }

    /// Looks again, after a wait has ended.
    package func resume(_ wait: SyncWait) async throws -> SyncStep {
        let reason = wait.reason
        if reason == .sessionEnded { throw RequestError.unknownToken() }
        switch try await look(wait.session, wait.request) {
        case .answer(let bytes): return .reply(bytes)
        case .nothing(let bytes, let seen): return reason == .over ? .reply(bytes) : .wait(wait.again(after: seen))
        }
    }

    /// One look at what there is to tell.
    private enum Look {
        case answer([UInt8])
        /// Nothing: the reply that says so, and how far was looked.
        case nothing([UInt8], WakeMark)
    }

    private func look(_ session: Session, _ request: SyncRequest) async throws -> Look {
        let (snapshot, personal) = try await news(session, request)
        let reply = try await reply(session, request, snapshot, personal)
        if snapshot.since == nil || request.isFullState || !reply.isEmpty { return .answer(reply.bytes) }
        return .nothing(reply.bytes, WakeMark(position: snapshot.position, ephemeral: snapshot.ephemeral))
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
    /// Ready-made presence events of those who share a room.
    package var presence: [[UInt8]] = []
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
