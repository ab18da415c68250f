/// Names one long poll; the server numbers them and never uses a number twice.
package struct WaiterID: Sendable, Hashable {
    package let number: UInt64

    package init(_ number: UInt64) {
        self.number = number
    }
}

/// The streams a long poll waits for.
package enum WakeStream: Sendable, Hashable {
    /// Everything that has a position in the database.
    case positions
    /// Typing notices and the like, numbered in memory.
    case ephemeral
}

/// How far a snapshot has read each stream.
package struct WakeMark: Sendable, Hashable {
    package var position: Int64
    package var ephemeral: Int64

    package init(position: Int64, ephemeral: Int64) {
        self.position = position
        self.ephemeral = ephemeral
    }
}

/// The answer to a registration.
package enum WakeRegistration: Sendable, Hashable {
    /// Something was published after the snapshot: take a new one, do not wait.
    case ready
    /// Waiting; the displaced older polls of the same device must be answered empty.
    case parked(displaced: [WaiterID])
    /// The server is shutting down: answer empty.
    case closed
}

/// Who waits for what: long polls are registered here and named when something is published for them.
///
/// A value without continuations, clock or lock; the server holds those. No wake-up can be lost: the table remembers
/// what was published lately, and a registration whose snapshot is older is answered `ready` at once. Its `after`
/// must be the mark of the snapshot that came out empty, not the client's `since`, else news that were not visible
/// to the client would answer `ready` for ever.
package struct WakeTable: Sendable, Hashable {
    private struct Waiter: Sendable, Hashable {
        let users: [Int64]
        let device: Int64
        let after: WakeMark
        let deadline: Int64
    }

    private var waiters: [WaiterID: Waiter] = [:]
    private var byUser: [Int64: [WaiterID]] = [:]
    private var byDevice: [Int64: [WaiterID]] = [:]
    private var deadlines = DeadlineHeap()
    private var positions: WakeLog
    private var ephemeral: WakeLog
    private var isClosed = false
    private let pollsPerDevice: Int

    /// An empty table.
    ///
    /// - Parameters:
    ///   - head: newest position when the server started; nothing before it is remembered.
    ///   - remembered: how many publications of each stream are remembered.
    ///   - walkLimit: how many of them a registration looks at before it gives up and answers `ready`.
    ///   - pollsPerDevice: how many polls one device may hold; older ones are displaced.
    package init(head: Int64, remembered: Int = 4_096, walkLimit: Int = 512, pollsPerDevice: Int = 4) {
        positions = WakeLog(floor: head, capacity: remembered, walkLimit: walkLimit)
        ephemeral = WakeLog(floor: 0, capacity: remembered, walkLimit: walkLimit)
        self.pollsPerDevice = max(1, pollsPerDevice)
    }

    /// How many polls wait.
    package var count: Int { waiters.count }

    /// When the next poll runs out; may name a poll that is gone already.
    package var nextDeadline: Int64? { deadlines.first?.deadline }

    /// Parks a poll, unless something was published for one of its users since its snapshot.
    ///
    /// After `parked` the server must check the session once more: a device that ended before the registration has
    /// nobody left to wake it.
    ///
    /// - Parameters:
    ///   - after: mark of the snapshot in which nothing was found.
    ///   - deadline: milliseconds of the clock given to ``expire(now:)``.
    ///   - belongs: whether a user is in a room now; asked only for rooms published after the snapshot.
    package mutating func register(
        _ id: WaiterID, users: [Int64], device: Int64, after: WakeMark, deadline: Int64,
        belongs: (_ user: Int64, _ room: Int64) -> Bool
    ) -> WakeRegistration {
        guard !isClosed else { return .closed }
        func concerns(_ audience: WakeLog.Audience) -> Bool {
            switch audience {
            case .users(let named): users.contains { named.contains($0) }
            case .room(let room): users.contains { belongs($0, room) }
            }
        }
        if positions.hasNews(after: after.position, isFor: concerns) { return .ready }
        if ephemeral.hasNews(after: after.ephemeral, isFor: concerns) { return .ready }
        _ = cancel(id)
        let held = byDevice[device] ?? []
        let displaced = Array(held.prefix(max(0, held.count + 1 - pollsPerDevice)))
        for older in displaced { _ = cancel(older) }
        insert(id, Waiter(users: users, device: device, after: after, deadline: deadline))
        return .parked(displaced: displaced)
    }

    private mutating func insert(_ id: WaiterID, _ waiter: Waiter) {
        waiters[id] = waiter
        byDevice[waiter.device, default: []].append(id)
        for user in waiter.users { byUser[user, default: []].append(id) }
        deadlines.insert(.init(deadline: waiter.deadline, waiter: id))
        guard deadlines.count > 2 * waiters.count + 64 else { return }
        deadlines = DeadlineHeap(waiters.lazy.map { .init(deadline: $1.deadline, waiter: $0) })
    }

    /// Takes a poll out, e.g. because its client went away; tells whether it was still waiting.
    package mutating func cancel(_ id: WaiterID) -> Bool {
        guard let waiter = waiters.removeValue(forKey: id) else { return false }
        Self.drop(id, from: &byDevice, under: waiter.device)
        for user in waiter.users { Self.drop(id, from: &byUser, under: user) }
        return true
    }

    private static func drop(_ id: WaiterID, from lists: inout [Int64: [WaiterID]], under key: Int64) {
        guard let at = lists[key]?.firstIndex(of: id) else { return }
        if lists[key]?.count == 1 { lists[key] = nil } else { lists[key]?.remove(at: at) }
    }

    /// Something for some users is readable now: the polls to answer, which are out of the table.
    package mutating func published(_ stream: WakeStream, at place: Int64, users: [Int64]) -> [WaiterID] {
        remember(stream, at: place, for: .users(users))
        var woken: [WaiterID] = []
        for user in users { collect(user, stream, place, into: &woken) }
        return taken(woken)
    }

    /// Something in a room is readable now: the polls to answer, which are out of the table.
    ///
    /// Walks the room's members or the waiting users, whichever are fewer. Users who are no longer members (the one
    /// who was just removed) need ``published(_:at:users:)`` beside it.
    package mutating func publishedToRoom(
        _ stream: WakeStream, at place: Int64, room: Int64, members: some Collection<Int64>,
        isMember: (_ user: Int64) -> Bool
    ) -> [WaiterID] {
        remember(stream, at: place, for: .room(room))
        var woken: [WaiterID] = []
        if byUser.count < members.count {
            for user in byUser.keys where isMember(user) { collect(user, stream, place, into: &woken) }
        } else {
            for user in members { collect(user, stream, place, into: &woken) }
        }
        return taken(woken)
    }

    private mutating func remember(_ stream: WakeStream, at place: Int64, for audience: WakeLog.Audience) {
        switch stream {
        case .positions: positions.append(at: place, for: audience)
        case .ephemeral: ephemeral.append(at: place, for: audience)
        }
    }

    private func collect(_ user: Int64, _ stream: WakeStream, _ place: Int64, into woken: inout [WaiterID]) {
        for id in byUser[user] ?? [] {
            guard let after = waiters[id]?.after else { continue }
            if (stream == .positions ? after.position : after.ephemeral) < place { woken.append(id) }
        }
    }

    /// Takes polls out and names each once, even if several of its users were meant.
    private mutating func taken(_ ids: [WaiterID]) -> [WaiterID] {
        ids.filter { cancel($0) }
    }

    /// The polls whose time is up, which are out of the table.
    package mutating func expire(now: Int64) -> [WaiterID] {
        var expired: [WaiterID] = []
        while let next = deadlines.first, next.deadline <= now {
            deadlines.removeFirst()
            guard waiters[next.waiter]?.deadline == next.deadline, cancel(next.waiter) else { continue }
            expired.append(next.waiter)
        }
        return expired
    }

    /// A device was logged out: its polls, which must be answered 401 at once.
    package mutating func endDevice(_ device: Int64) -> [WaiterID] {
        taken(byDevice[device] ?? [])
    }

    /// The server stops: all polls, and none is parked from now on.
    package mutating func close() -> [WaiterID] {
        isClosed = true
        return taken(Array(waiters.keys))
    }
}

extension WakeTable {
    /// Highest position that is not remembered any more.
    var rememberedFloor: Int64 { positions.floor }

    /// Entries held beside the polls themselves.
    var footprint: Int { positions.count + ephemeral.count + deadlines.count }
}
