import Basics
import Storage

/// A user's place in a room, for the list of the user's rooms.
package struct UserRoom: Sendable {
    package var membership: Membership
    /// The position of the member event that made it so.
    package var since: Int64
    package var forgotten: Bool
}

/// The newest positions of a room.
package struct RoomHead: Sendable {
    package var events: Int64
    package var marks: Int64
}

/// What one write changed, gathered on the writer's thread until its batch is on disk.
struct Publication: Sendable {
    enum Audience: Sendable {
        case room(RoomNumber)
        case users([Int64])
    }
    var position: Int64
    var audience: Audience
    var memberships: [(user: Int64, room: RoomNumber, place: UserRoom)] = []
}

/// Everything about rooms that readers look at without the database, as of the newest published commit.
///
/// A value behind one lock. Each commit is published as one step, so whoever holds the lock sees the rooms, the lists
/// of rooms and the position of one and the same moment.
struct Committed: Sendable {
    /// All that has a position up to this one is in here or in the database.
    var position: Int64
    private(set) var rooms: [RoomNumber: RoomState] = [:]
    private var touched: [RoomNumber: Int64] = [:]
    private(set) var users: [Int64: [RoomNumber: UserRoom]] = [:]
    private var heads: [RoomNumber: RoomHead] = [:]
    /// Counts changes of membership, so that a slow load of a user's rooms notices that it came too late.
    private(set) var membershipEpoch = 0
    private var recent: [(position: Int64, room: RoomNumber)] = []
    private var recentFloor: Int64
    /// The newest position of something that belongs to a user alone (account data, to-device messages, keys).
    private var personal: [Int64: Int64] = [:]
    private let personalFloor: Int64
    private let roomLimit: Int
    private let recentLimit = 65_536

    init(position: Int64, roomLimit: Int) {
        self.position = position
        recentFloor = position
        personalFloor = position
        self.roomLimit = roomLimit
    }

    // MARK: Publishing

    mutating func publish(_ state: RoomState, now: Int64) {
        rooms[state.number] = state
        touched[state.number] = now
        heads[state.number] = RoomHead(events: state.headPos, marks: state.receiptPos)
        if rooms.count > roomLimit { evict(now: now) }
    }

    mutating func publish(_ publication: Publication) {
        switch publication.audience {
        case .room(let room): note(room, at: publication.position)
        case .users(let users): for user in users { personal[user] = publication.position }
        }
        for change in publication.memberships {
            membershipEpoch += 1
            users[change.user]?[change.room] = change.place
            noteDevices(of: change.user, in: change.room, at: publication.position)
        }
    }

    /// Whoever shares an encrypted room with somebody must hear of that one's devices: both sides are told to look.
    private mutating func noteDevices(of user: Int64, in number: RoomNumber, at position: Int64) {
        guard let room = rooms[number], room[EventType.encryption] != nil else { return }
        personal[user] = position
        for member in room.joinedUsers { personal[member] = position }
    }

    private mutating func note(_ room: RoomNumber, at position: Int64) {
        recent.append((position, room))
        guard recent.count >= recentLimit * 2 else { return }
        recentFloor = recent[recent.count - recentLimit - 1].position
        recent.removeFirst(recent.count - recentLimit)
    }

    /// Forgets the quarter of rooms that nobody touched for longest. A room of the last minute stays: a reader that
    /// loads from an old snapshot must still find what was published since.
    private mutating func evict(now: Int64) {
        let idle = touched.filter { now - $0.value > 60_000 }.sorted { $0.value < $1.value }
        for (room, _) in idle.prefix(roomLimit / 4) { forget(room) }
    }

    private mutating func forget(_ room: RoomNumber) {
        rooms[room] = nil
        touched[room] = nil
    }

    // MARK: Loading

    /// Keeps a room that a reader loaded, unless a commit has brought it meanwhile.
    mutating func keep(_ state: RoomState, now: Int64) {
        guard rooms[state.number] == nil else { return }
        publish(state, now: now)
    }

    mutating func keep(rooms loaded: [RoomNumber: UserRoom], heads: [RoomNumber: RoomHead], of user: Int64) {
        users[user] = loaded
        for (room, head) in heads {
            let known = self.heads[room]
            self.heads[room] = RoomHead(
                events: max(head.events, known?.events ?? 0), marks: max(head.marks, known?.marks ?? 0))
        }
    }

    /// Drops what says which rooms have changed for whom. All of it is read again from the rows when it is needed.
    mutating func dropIndex() {
        membershipEpoch += 1
        users.removeAll()
        heads.removeAll()
        recent.removeAll()
        recentFloor = position
    }

    /// Drops the rooms in memory. Only for a moment in which nothing else uses them.
    mutating func dropRooms() {
        for room in Array(rooms.keys) { forget(room) }
        dropIndex()
    }

    // MARK: Asking

    mutating func touch(_ room: RoomNumber, now: Int64) -> RoomState? {
        guard let state = rooms[room] else { return nil }
        touched[room] = now
        return state
    }

    /// Whether something that belongs to the user alone may have come after a position.
    func hasPersonalNews(_ user: Int64, after since: Int64) -> Bool {
        if let newest = personal[user] { return newest > since }
        return since < personalFloor
    }

    /// The user's rooms in which something has happened after a position; all of them for `nil`.
    ///
    /// Costs the smaller of the number of the user's rooms and the number of changes since.
    func changedRooms(of user: Int64, after since: Int64?) -> [RoomNumber] {
        guard let mine = users[user] else { return [] }
        guard let since else { return Array(mine.keys) }
        if since >= recentFloor {
            let start = firstRecent(after: since)
            if recent.count - start < mine.count {
                return Set(recent[start...].lazy.map(\.room)).filter { mine[$0] != nil }
            }
        }
        return mine.compactMap { room, place in
            let head = heads[room] ?? RoomHead(events: 0, marks: 0)
            return max(head.events, head.marks, place.since) > since ? room : nil
        }
    }

    private func firstRecent(after position: Int64) -> Int {
        var low = 0
        var high = recent.count
        while low < high {
            let middle = (low + high) / 2
            if recent[middle].position > position { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
