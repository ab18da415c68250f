/// What a receipt says; raw values are those of the store.
package enum ReceiptKind: Int64, Sendable, Hashable, CaseIterable {
    /// Read, and everyone may know.
    case read = 1
    /// Read, and only the reader's own devices know.
    case readPrivate = 2
    /// Who sends has read what stands before; set by sending, told to nobody.
    case own = 3
    /// Where the reader's marker stands; says nothing about notifications.
    case fullyRead = 4

    /// The word of the client-server API, nil for the kind that clients cannot set.
    package var name: String? {
        switch self {
        case .read: "m.read"
        case .readPrivate: "m.read.private"
        case .fullyRead: "m.fully_read"
        case .own: nil
        }
    }

    /// Reads the receipt type of a request.
    package init?(name: String) {
        guard let kind = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = kind
    }
}

/// The part of a room a receipt is about.
package enum ReceiptThread: Sendable, Hashable {
    /// The whole room, threads included.
    case room
    /// All that is in no thread.
    case main
    /// One thread, named by the seq of its root.
    case root(Int64)

    /// The number in the store: 0, -1, or the seq of the root.
    package var number: Int64 {
        switch self {
        case .room: 0
        case .main: -1
        case .root(let seq): seq
        }
    }

    package init(number: Int64) {
        self = number > 0 ? .root(number) : number == 0 ? .room : .main
    }
}

/// Whose receipt, of which kind, about which part of the room.
package struct ReceiptSlot: Sendable, Hashable {
    package let user: Int64
    package let kind: ReceiptKind
    package let thread: ReceiptThread

    package init(user: Int64, kind: ReceiptKind, thread: ReceiptThread = .room) {
        self.user = user
        self.kind = kind
        self.thread = thread
    }
}

/// How far somebody has read.
package struct Receipt: Sendable, Hashable {
    package let seq: Int64
    /// Counted events of the room up to and including `seq`.
    package let counted: Int64
    package let timestamp: Int64
    /// Position of the stream at which the receipt was stored.
    package let position: Int64

    package init(seq: Int64, counted: Int64, timestamp: Int64, position: Int64) {
        self.seq = seq
        self.counted = counted
        self.timestamp = timestamp
        self.position = position
    }
}

/// A place up to which somebody has read.
package struct ReadPlace: Sendable, Hashable {
    package let seq: Int64
    /// Counted events of the room up to and including `seq`.
    package let counted: Int64

    package init(seq: Int64, counted: Int64) {
        self.seq = seq
        self.counted = counted
    }
}

/// The receipts of one room. They only ever move forward.
package struct ReceiptBook: Sendable, Hashable {
    private var receipts: [Int64: [ReceiptSlot: Receipt]] = [:]

    package init() {}

    /// Takes a receipt in; tells whether it was further than the one before, else nothing changes.
    @discardableResult
    package mutating func receive(_ receipt: Receipt, for slot: ReceiptSlot) -> Bool {
        guard receipt.seq > receipts[slot.user]?[slot]?.seq ?? 0 else { return false }
        receipts[slot.user, default: [:]][slot] = receipt
        return true
    }

    package subscript(slot: ReceiptSlot) -> Receipt? { receipts[slot.user]?[slot] }

    /// Up to where a member has read for counting: the furthest of public, private and own receipts about the room or
    /// its main timeline, and never before the member joined.
    package func readPlace(of user: Int64, joined: ReadPlace) -> ReadPlace {
        var place = joined
        for (slot, receipt) in receipts[user] ?? [:] where slot.kind != .fullyRead {
            if case .root = slot.thread { continue }
            if receipt.seq > place.seq { place = ReadPlace(seq: receipt.seq, counted: receipt.counted) }
        }
        return place
    }

    /// When a user has read the event at `seq`, as others may know: by a public receipt or by sending later.
    ///
    /// - Parameter thread: the thread the event is in, `.main` outside of threads.
    package func publicRead(of seq: Int64, in thread: ReceiptThread, by user: Int64) -> Receipt? {
        let slots = [
            ReceiptSlot(user: user, kind: .read), ReceiptSlot(user: user, kind: .read, thread: thread),
            ReceiptSlot(user: user, kind: .own),
        ]
        return slots.compactMap { self[$0] }.filter { $0.seq >= seq }.min { $0.timestamp < $1.timestamp }
    }

    /// The receipts stored after a position that a reader may hear of: public ones, and the reader's own private ones.
    package func changes(after position: Int64, reader: Int64) -> [(slot: ReceiptSlot, receipt: Receipt)] {
        var changes: [(slot: ReceiptSlot, receipt: Receipt)] = []
        for (user, slots) in receipts {
            for (slot, receipt) in slots where receipt.position > position {
                guard slot.kind == .read || slot.kind == .readPrivate && user == reader else { continue }
                changes.append((slot, receipt))
            }
        }
        return changes.sorted { $0.receipt.position < $1.receipt.position }
    }
}
