/// How much in a room waits for somebody.
package struct Attention: Sendable, Hashable {
    package var unread: Int64
    package var highlights: Int64
}

extension RoomState {
    /// The furthest place the user has read, by any kind of mark but the fully-read one.
    package func readPlace(of user: Int64) -> (seq: Int64, counted: Int64) {
        var place: (seq: Int64, counted: Int64) = (0, 0)
        for kind in [ReadMarkKind.read, .readPrivate, .own] {
            for thread: Int64 in [0, -1] {
                guard let mark = marks[ReadMarkKey(user: user, kind: kind.rawValue, thread: thread)] else { continue }
                if mark.seq > place.seq { place = (mark.seq, mark.counted) }
            }
        }
        return place
    }

    /// Unread messages: a subtraction of two running counts, less what was recalled since.
    package func attention(of user: Int64) -> Attention {
        let read = readPlace(of: user)
        let isRecalled = recalled.count - recalled.partitioningIndex { $0 > read.seq }
        let unread = counted - read.counted - Int64(isRecalled)
        return Attention(unread: max(0, unread), highlights: Int64(highlights[user]?.count ?? 0))
    }

    /// Who has read an event, and who may see it but has not.
    package func readers(of seq: Int64, sender: Int64) -> (read: [(user: Int64, timestamp: Int64)], unread: [Int64]) {
        var read: [(user: Int64, timestamp: Int64)] = []
        var unread: [Int64] = []
        for (user, spans) in spans where user != sender && spans.current == .join {
            guard visible(to: user).contains(seq) else { continue }
            // Clients with threads say that they have read the main timeline, others the room.
            let keys = [
                ReadMarkKey(user: user, kind: ReadMarkKind.read.rawValue),
                ReadMarkKey(user: user, kind: ReadMarkKind.read.rawValue, thread: -1),
                ReadMarkKey(user: user, kind: ReadMarkKind.own.rawValue),
            ]
            let best = keys.compactMap { marks[$0] }.filter { $0.seq >= seq }.min { $0.timestamp < $1.timestamp }
            if let best { read.append((user, best.timestamp)) } else { unread.append(user) }
        }
        return (read.sorted { $0.timestamp < $1.timestamp }, unread.sorted())
    }
}

extension Array {
    /// The first index whose element satisfies a predicate that holds from some point on.
    func partitioningIndex(where predicate: (Element) -> Bool) -> Int {
        var low = startIndex
        var high = endIndex
        while low < high {
            let middle = low + (high - low) / 2
            if predicate(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
