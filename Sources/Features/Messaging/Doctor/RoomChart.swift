import Basics

/// What the events of a room say, gathered in one walk through them.
struct RoomChart {
    let room: DoctorQueries.Room
    private let name: String
    private(set) var findings: [MessagingFinding] = []
    private(set) var last: StoredEvent?
    private var lastCounted: StoredEvent?
    /// One fault is told once, not again at each event after it.
    private var told: Set<MessagingFinding.Rule> = []

    init(_ room: DoctorQueries.Room, name: String) {
        self.room = room
        self.name = name
    }

    mutating func take(_ event: StoredEvent) {
        checkPlace(event)
        if event.seq > room.purgedSeq { checkCount(event) }
        if event.flags.contains(.redacted) { checkRedaction(event) }
        last = event
        if event.flags.contains(.counted) { lastCounted = event }
    }

    private mutating func tell(_ rule: MessagingFinding.Rule, _ sentence: String) {
        guard told.insert(rule).inserted else { return }
        findings.append(MessagingFinding(rule, "Room \(name): \(sentence)"))
    }

    private mutating func checkPlace(_ event: StoredEvent) {
        let before = last?.seq ?? 0
        // Up to the purged seq only state events are left.
        if event.seq > room.purgedSeq, event.seq != max(before, room.purgedSeq) + 1 {
            tell(
                .sequence, "after seq \(max(before, room.purgedSeq)) comes \(event.seq); messages are missing between.")
        }
        if event.seq <= room.purgedSeq, event.stateKey == nil {
            tell(.sequence, "the message \(event.seq) is there, though all up to \(room.purgedSeq) were removed.")
        }
        if let last, event.pos <= last.pos {
            tell(.positions, "the event \(event.seq) has position \(event.pos), not above that of the one before it.")
        }
    }

    private mutating func checkCount(_ event: StoredEvent) {
        let step: Int64 = event.flags.contains(.counted) ? 1 : 0
        // What was counted in removed messages is known from the first event left only.
        let isKnown = room.purgedSeq == 0 || last.map { $0.seq > room.purgedSeq } ?? false
        guard isKnown else { return }
        let before = last?.counted ?? 0
        if event.counted &- step != before {
            tell(.counts, "the event \(event.seq) counts \(event.counted) messages, after \(before) before it.")
        }
    }

    private mutating func checkRedaction(_ event: StoredEvent) {
        let content = event.contentObject
        if Redaction.content(ofType: event.type, content, roomVersion: room.version) != content {
            tell(.redaction, "the recalled event \(event.seq) still has content that should be gone.")
        }
    }

    // MARK: The room's row

    /// The row as it should be by the events; unchanged for a room without any.
    func expected(receiptPos: Int64) -> DoctorQueries.Room {
        var row = room
        row.receiptPos = receiptPos
        guard let last else { return row }
        row.headSeq = last.seq
        row.headPos = last.pos
        row.counted = last.counted
        if let lastCounted {
            row.lastSeq = lastCounted.seq
            row.lastTime = lastCounted.timestamp
        } else if room.lastSeq > room.purgedSeq || room.purgedSeq == 0 {
            row.lastSeq = 0
            row.lastTime = 0
        }
        return row
    }

    /// What the row says otherwise.
    func rowFindings(_ expected: DoctorQueries.Room) -> [MessagingFinding] {
        let figures = [
            ("its newest seq", room.headSeq, expected.headSeq),
            ("its newest position", room.headPos, expected.headPos),
            ("its newest receipt", room.receiptPos, expected.receiptPos),
            ("its count of messages", room.counted, expected.counted),
            ("its last message", room.lastSeq, expected.lastSeq),
            ("the time of its last message", room.lastTime, expected.lastTime),
        ]
        return figures.filter { $0.1 != $0.2 }.map { what, stored, wanted in
            MessagingFinding(
                .room, "Room \(name): \(what) is stored as \(stored) and is \(wanted) by its events.",
                isRepairable: true)
        }
    }
}
