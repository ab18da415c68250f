import Basics
import Storage

/// Unread messages of a room told apart by thread, for clients whose filter asks for it.
struct ThreadAttention {
    /// What is outside all threads.
    var main = Attention(unread: 0, highlights: 0)
    /// By the seq of each thread's first event.
    var threads: [Int64: Attention] = [:]

    /// Counts from the receipts: one without a thread reads everything up to it, one of the main timeline or of a
    /// thread only what belongs there. Who sends has read what stands before.
    init(of user: Int64, in room: RoomState, on connection: Connection) throws {
        let whole = Self.place(user, [0], room)
        let mainPlace = max(whole, Self.place(user, [-1], room)) { $0.seq < $1.seq }
        let answers = try RelationQueries.threaded(room: room.number, after: whole.seq, in: connection)
        let visible = room.visible(to: user)
        let highlighted = Set(room.highlights[user] ?? [])
        var inThreads = 0
        for answer in answers where visible.contains(answer.seq) {
            if answer.seq > mainPlace.seq { inThreads += 1 }
            let place = max(whole, Self.place(user, [answer.root], room)) { $0.seq < $1.seq }
            guard answer.seq > place.seq, answer.sender != user else { continue }
            threads[answer.root, default: Attention(unread: 0, highlights: 0)].unread += 1
            if highlighted.contains(answer.seq) { threads[answer.root]?.highlights += 1 }
        }
        let recalled = room.recalled.count - room.recalled.partitioningIndex { $0 > mainPlace.seq }
        main.unread = max(0, room.counted - mainPlace.counted - Int64(recalled) - Int64(inThreads))
        let ofThreads = Set(answers.map(\.seq))
        main.highlights = Int64(highlighted.filter { $0 > mainPlace.seq && !ofThreads.contains($0) }.count)
    }

    private static func place(_ user: Int64, _ threads: [Int64], _ room: RoomState) -> (seq: Int64, counted: Int64) {
        var place: (seq: Int64, counted: Int64) = (0, 0)
        for kind in [ReadMarkKind.read, .readPrivate, .own] {
            for thread in threads {
                let key = ReadMarkKey(user: user, kind: kind.rawValue, thread: thread)
                guard let mark = room.marks[key], mark.seq > place.seq else { continue }
                place = (mark.seq, mark.counted)
            }
        }
        return place
    }

    func write(to writer: inout JSONWriter, room: RoomNumber) {
        writer.key("unread_notifications")
        main.write(to: &writer)
        writer.key("unread_thread_notifications")
        writer.object { writer in
            for (root, attention) in threads.sorted(by: { $0.key < $1.key }) {
                writer.key(EventAddress(room: room, seq: root).text)
                attention.write(to: &writer)
            }
        }
    }
}

private func max<Value>(_ left: Value, _ right: Value, by isLess: (Value, Value) -> Bool) -> Value {
    isLess(left, right) ? right : left
}

extension Attention {
    /// The counts as a sync shows them.
    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.key("notification_count")
            writer.int(unread)
            writer.key("highlight_count")
            writer.int(highlights)
        }
    }
}
