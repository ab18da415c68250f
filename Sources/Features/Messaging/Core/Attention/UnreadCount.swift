/// Unread messages by subtraction: no row and no counter for each member of a room.
package enum UnreadCount {
    /// Counted events of the room, less those up to the place read, less those recalled since.
    ///
    /// - Parameters:
    ///   - counted: counted events of the room up to its head, recalled ones included.
    ///   - recalledAfter: how many counted events with a greater seq were recalled.
    package static func unread<E: Error>(
        counted: Int64, read: ReadPlace, recalledAfter: (Int64) throws(E) -> Int64
    ) throws(E) -> Int64 {
        guard counted > read.counted else { return 0 }
        return max(0, counted - read.counted - (try recalledAfter(read.seq)))
    }

    /// How many elements of an ascending list lie above a seq.
    package static func count(of ascending: [Int64], above seq: Int64) -> Int64 {
        var low = 0
        var high = ascending.count
        while low < high {
            let middle = (low + high) / 2
            if ascending[middle] > seq { high = middle } else { low = middle + 1 }
        }
        return Int64(ascending.count - low)
    }
}

/// The members of a room by whether they have read one event.
package struct EventReaders: Sendable {
    /// Those who have read it, the first to read first.
    package private(set) var read: [(user: Int64, timestamp: Int64)] = []
    /// Those who may see it and have not read it, by number.
    package private(set) var unread: [Int64] = []

    /// Sorts the members who may see an event; the sender is in neither list.
    ///
    /// - Parameters:
    ///   - members: the joined members with what each may see of the room.
    ///   - thread: the thread the event is in, `.main` outside of threads.
    package init(
        of seq: Int64, in thread: ReceiptThread = .main, sender: Int64,
        members: some Sequence<(user: Int64, visible: VisibleRanges)>, receipts: ReceiptBook
    ) {
        for member in members where member.user != sender && member.visible.contains(seq) {
            if let receipt = receipts.publicRead(of: seq, in: thread, by: member.user) {
                read.append((member.user, receipt.timestamp))
            } else {
                unread.append(member.user)
            }
        }
        read.sort { ($0.timestamp, $0.user) < ($1.timestamp, $1.user) }
        unread.sort()
    }
}
