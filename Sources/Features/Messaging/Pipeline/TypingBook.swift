/// Who is typing where; in memory only, numbered by a counter that begins anew with each start of the server.
struct TypingBook: Sendable {
    private struct Typist: Sendable {
        var user: Int64
        var until: Int64
    }

    /// Names this run of the server: a token of another run has seen nothing of this one.
    let boot: UInt32
    private(set) var counter: Int64 = 0
    private var rooms: [RoomNumber: (changed: Int64, typists: [Typist])] = [:]

    init(boot: UInt32) { self.boot = boot }

    /// Sets or clears a user's typing in a room; tells the new counter if that changed who is typing.
    mutating func set(_ user: Int64, in room: RoomNumber, until: Int64?, now: Int64) -> Int64? {
        var typists = (rooms[room]?.typists ?? []).filter { $0.until > now }
        let before = (rooms[room]?.typists ?? []).map(\.user)
        typists.removeAll { $0.user == user }
        if let until { typists.append(Typist(user: user, until: until)) }
        let isChange = Set(before) != Set(typists.map(\.user))
        if isChange { counter += 1 }
        let changed = isChange ? counter : rooms[room]?.changed ?? counter
        rooms[room] = (changed, typists)
        return isChange ? counter : nil
    }

    /// Ends what has run out; the rooms in which somebody stopped.
    mutating func expire(now: Int64) -> [RoomNumber] {
        var ended: [RoomNumber] = []
        for (room, entry) in rooms where entry.typists.contains(where: { $0.until <= now }) {
            counter += 1
            rooms[room] = (counter, entry.typists.filter { $0.until > now })
            ended.append(room)
        }
        if rooms.count > 1_024 {
            rooms = rooms.filter { !$0.value.typists.isEmpty || counter - $0.value.changed < 4_096 }
        }
        return ended
    }

    /// Who is typing in a room, if that has changed after a counter.
    func typists(in room: RoomNumber, after since: Int64) -> [Int64]? {
        guard let entry = rooms[room], entry.changed > since else { return nil }
        return entry.typists.map(\.user)
    }

    /// The rooms in which that has changed after a counter.
    func changed(after since: Int64) -> [RoomNumber] {
        guard since < counter else { return [] }
        return rooms.compactMap { $0.value.changed > since ? $0.key : nil }
    }
}
