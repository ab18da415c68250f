import Accounts
import Basics
import Storage
import Synchronization

/// Follows the log of events and works out whom they are to notify: highlights for rules that look at the text, and
/// notices for pushers.
///
/// Derived from the log, so nothing of it is on the path of a message. What follows from a page and the position behind
/// it are written in one step; a page without consequences is not written at all.
package final class NotificationFeed: Sendable {
    let engine: MessagingEngine
    let userData: UserDataStore
    private let state = Mutex(State())

    private struct State {
        /// All up to here has been looked at; nil before the first step.
        var position: Int64?
        var written: Int64 = 0
        var names: [RoomNumber: NameIndex] = [:]
    }

    /// What one page of the log leads to.
    private struct Findings {
        var through: Int64
        var count = 0
        var highlights: [RoomNumber: [(seq: Int64, users: [Int64])]] = [:]
        var notices: [(event: EventAddress, user: Int64)] = []
    }

    private static let name = "push"
    private static let pageSize = 200
    private static let cachedRooms = 2_000
    /// How far the position may run ahead of the one that is written down.
    private static let unwrittenPositions: Int64 = 5_000
    /// Nobody is called to what happened so long ago.
    private static let oldestNotice: Int64 = 86_400_000

    package init(engine: MessagingEngine, userData: UserDataStore) {
        self.engine = engine
        self.userData = userData
    }

    /// Takes one page of the log. Tells whether there may be more, and whether notices were queued.
    package func step() async throws -> (more: Bool, queued: Bool) {
        let start = try await position()
        let queries = engine.events
        let end = engine.position
        guard start < end else { return (false, false) }
        let page = try await engine.database.read { try queries.log(after: start, limit: Self.pageSize, in: $0) }
        let isFull = page.count == Self.pageSize
        var findings = Findings(through: isFull ? page.last?.pos ?? end : max(end, page.last?.pos ?? end))
        try await judge(page, &findings)
        try await write(findings)
        state.withLock { $0.position = findings.through }
        return (isFull, !findings.notices.isEmpty)
    }

    private func position() async throws -> Int64 {
        if let known = state.withLock({ $0.position }) { return known }
        let stored = try await engine.database.read { try ConsumerOffset.position(of: Self.name, $0) }
        // What was said before notices existed calls nobody.
        let start = min(stored ?? engine.position, engine.position)
        if stored == nil { try await engine.database.write { try ConsumerOffset.set(Self.name, start, in: $0) } }
        state.withLock { state in
            state.position = start
            state.written = start
        }
        return start
    }

    // MARK: Judging

    private func judge(_ page: [StoredEvent], _ findings: inout Findings) async throws {
        guard !page.isEmpty else { return }
        let audience = try await userData.audience()
        let everybody = audience.all
        for event in page {
            if event.type == EventType.member { state.withLock { $0.names[event.room] = nil } }
            guard !event.flags.contains(.redacted), let room = try await engine.room(event.room) else { continue }
            let judge = PushJudge(engine: engine, userData: userData, room: room)
            let view = judge.view(of: event)
            let candidates = candidates(for: event, view, in: room, everybody)
            var highlighted: [Int64] = []
            for user in candidates {
                guard let verdict = try await judge.verdict(on: event, view, for: user) else { continue }
                if verdict.highlight, event.flags.contains(.counted) { highlighted.append(user) }
                if verdict.notify, audience.withPushers.contains(user), isFresh(event) {
                    findings.notices.append((event.address, user))
                }
            }
            if !highlighted.isEmpty { findings.highlights[event.room, default: []].append((event.seq, highlighted)) }
        }
    }

    private func isFresh(_ event: StoredEvent) -> Bool { engine.clock.now() - event.received < Self.oldestNotice }

    private func candidates(
        for event: StoredEvent, _ view: PushEventView, in room: RoomState, _ audience: Set<Int64>
    ) -> Set<Int64> {
        var found =
            audience.count < room.spans.count
            ? audience.filter { room.spans[$0] != nil } : Set(room.spans.keys.filter(audience.contains))
        if event.flags.contains(.counted), !view.saysWhomItMentions, let body = view.body {
            found.formUnion(names(of: room).candidates(in: body))
            if body.contains("@room") { found.formUnion(room.joinedUsers) }
        }
        found.remove(event.sender)
        return found
    }

    private func names(of room: RoomState) -> NameIndex {
        if let known = state.withLock({ $0.names[room.number] }) { return known }
        let made = NameIndex(room)
        state.withLock { state in
            if state.names.count >= Self.cachedRooms { state.names.removeAll() }
            state.names[room.number] = made
        }
        return made
    }

    // MARK: Writing

    private func write(_ findings: Findings) async throws {
        let isQuiet = findings.highlights.isEmpty && findings.notices.isEmpty
        let written = state.withLock { $0.written }
        guard !isQuiet || findings.through - written > Self.unwrittenPositions else { return }
        try await engine.database.write { [engine] context in
            for (number, entries) in findings.highlights {
                try RoomTransaction.run(engine, number, in: context) { change in
                    try change.highlightLate(entries)
                }
            }
            for notice in findings.notices { _ = try PushQueries.add(notice.event, for: notice.user, in: context) }
            try ConsumerOffset.set(Self.name, findings.through, in: context)
        }
        state.withLock { $0.written = findings.through }
    }
}

extension RoomTransaction {
    /// Adds highlights that were found after their events were stored, for those who have not read them yet.
    fileprivate mutating func highlightLate(_ entries: [(seq: Int64, users: [Int64])]) throws {
        var touched: Set<Int64> = []
        for (seq, users) in entries {
            guard let event = try existing(seq), !event.flags.contains(.redacted) else { continue }
            let missing = users.filter { user in
                room.readPlace(of: user).seq < seq && !(room.highlights[user]?.contains(seq) ?? false)
            }
            guard !missing.isEmpty else { continue }
            try highlight(event, for: missing)
            for user in missing { room.highlights[user]?.sort() }
            touched.formUnion(missing)
        }
        guard !touched.isEmpty else { return }
        // Counts have changed: the room is news, as after a receipt.
        room.receiptPos = context.nextPosition()
        try engine.rooms.updateReceiptPosition(room, in: context)
        for user in touched { room.highlightPositions[user] = room.receiptPos }
        publication.position = room.receiptPos
    }
}
