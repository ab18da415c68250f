import Basics
import Storage
import Synchronization

/// A change of one room inside the writer: authorises, numbers, stores and applies event after event.
///
/// If anything throws, the command's savepoint is rolled back and the room stays as it was before the command.
struct RoomTransaction {
    let engine: MessagingEngine
    let context: WriteContext
    var room: RoomState
    var publication: Publication
    /// What was added, in order.
    private var appended: [StoredEvent] = []

    init(engine: MessagingEngine, context: WriteContext, room: RoomState) {
        self.engine = engine
        self.context = context
        self.room = room
        publication = Publication(position: 0, audience: .room(room.number))
    }

    /// Runs a change of an existing room.
    static func run<T>(
        _ engine: MessagingEngine, _ number: RoomNumber, in context: WriteContext,
        _ body: (inout RoomTransaction) throws -> T
    ) throws -> T {
        let known = engine.working.withLock { $0[number] } ?? engine.committed.withLock { $0.rooms[number] }
        guard let room = try known ?? engine.rooms.load(number, in: context.connection) else {
            throw RequestError.forbidden("You are not in this room.")
        }
        return try run(engine, room, in: context, body)
    }

    /// Runs the creation of a room.
    static func create<T>(
        _ engine: MessagingEngine, _ room: RoomState, in context: WriteContext,
        _ body: (inout RoomTransaction) throws -> T
    ) throws -> T {
        try engine.rooms.insert(room, in: context)
        return try run(engine, room, in: context, body)
    }

    private static func run<T>(
        _ engine: MessagingEngine, _ room: RoomState, in context: WriteContext,
        _ body: (inout RoomTransaction) throws -> T
    ) throws -> T {
        var transaction = RoomTransaction(engine: engine, context: context, room: room)
        let result = try body(&transaction)
        transaction.finish()
        try transaction.tellFollower()
        return result
    }

    private func finish() {
        guard publication.position > 0 else { return }
        let (engine, publication, number, changed) = (engine, publication, room.number, room)
        let earlier = engine.working.withLock { working in
            defer { working[number] = changed }
            return working[number]
        }
        context.afterCommit { engine.pending.withLock { $0.append(publication) } }
        // A failing batch takes back one change after the other; a command that fails after its change only its own.
        context.onRollback { engine.working.withLock { $0[number] = earlier } }
    }

    /// Tells the one who follows service rooms, in the same transaction and after the room is in its new state.
    private func tellFollower() throws {
        guard !appended.isEmpty, room.isServiceRoom, let follower = engine.roomFollower else { return }
        try follower.roomChanged(room, by: appended, in: context)
    }

    // MARK: Events

    /// Adds an event to the room, if the actor may.
    @discardableResult
    mutating func append(
        _ draft: DraftEvent, by actor: Actor, mayJoinRestricted: Bool = false
    ) throws -> StoredEvent {
        let content = try EventLimits.check(
            type: draft.type, stateKey: draft.stateKey, sender: actor.userID, content: draft.content)
        try room.authorise(draft, by: actor, mayJoinRestricted: mayJoinRestricted)
        let event = try numbered(draft, content, by: actor)
        try engine.events.insert(event, in: context)
        var visibleFrom: Int64?
        if event.stateKey != nil {
            try engine.rooms.insertState(event, in: context)
            visibleFrom = try storeMembership(draft, event)
        } else {
            try storeRelation(draft, event)
        }
        room.apply(event, content: draft.content, subject: draft.subject, visibleFrom: visibleFrom)
        try engine.rooms.updateHead(room, in: context)
        if event.flags.contains(.counted) { try readOwn(event, by: event.sender) }
        // A new member starts with nothing unread.
        if let subject = draft.subject, visibleFrom != nil, room.membership(of: subject) == .join {
            try readOwn(event, by: subject)
        }
        publication.position = event.pos
        appended.append(event)
        return event
    }

    private func numbered(_ draft: DraftEvent, _ content: [UInt8], by actor: Actor) throws -> StoredEvent {
        guard room.headSeq + 1 < EventAddress.seqLimit else { throw RequestError.forbidden("The room is full.") }
        var flags: EventFlags = []
        if draft.isCounted { flags.insert(.counted) }
        if draft.content["shop.vitrine.deliver"]?.stringValue == "first" { flags.insert(.deliverFirst) }
        return StoredEvent(
            pos: context.nextPosition(), room: room.number, seq: room.headSeq + 1, sender: actor.user,
            device: actor.device, type: draft.type, stateKey: draft.stateKey,
            timestamp: draft.timestamp ?? context.now, received: context.now,
            counted: room.counted + (flags.contains(.counted) ? 1 : 0), flags: flags, redactedBy: nil,
            redacts: draft.redacts, replaces: draft.stateKey.flatMap { room[draft.type, $0]?.seq },
            transaction: draft.transaction, content: content)
    }

    /// Stores a change of membership; returns the first seq that a joining user may read.
    private mutating func storeMembership(_ draft: DraftEvent, _ event: StoredEvent) throws -> Int64? {
        guard draft.type == EventType.member, let subject = draft.subject, let userID = draft.stateKey,
            let membership = draft.content["membership"]?.stringValue.flatMap(Membership.init(name:))
        else { return nil }
        guard membership != room.membership(of: subject) || room.spans[subject] == nil else { return nil }
        var visibleFrom = event.seq
        if membership == .join, let last = room.historyGrant, room.segments.current == .joined {
            let (events, number, connection) = (engine.events, room.number, context.connection)
            visibleFrom = try MembershipSpans.visibleFrom(joiningAt: event.seq, last: last) {
                try events.counted(room: number, upTo: $0, in: connection)
            }
        }
        try engine.rooms.insertSpan(
            room: room.number, user: subject, userID: userID, seq: event.seq, pos: event.pos, membership: membership,
            visibleFrom: visibleFrom, in: context)
        let place = UserRoom(membership: membership, since: event.pos, forgotten: false)
        publication.memberships.append((user: subject, room: room.number, place: place))
        return visibleFrom
    }

    private mutating func storeRelation(_ draft: DraftEvent, _ event: StoredEvent) throws {
        guard let relation = Relations(content: draft.content).parent, let target = EventAddress(relation.eventID),
            target.room == room.number,
            target.seq <= room.headSeq, let related = try existing(target.seq)
        else { return }
        try RelationQueries.insert(
            room: room.number, target: target.seq, relation: relation.type, seq: event.seq,
            type: try engine.events.types.number(of: event.type, in: context), sender: event.sender,
            key: relation.key, in: context)
        try engine.events.markRelated(related, in: context)
        room.markRelated(target.seq)
    }

    /// An event of this room, from memory or from the database.
    func existing(_ seq: Int64) throws -> StoredEvent? {
        if let first = room.tailFrom(seq)?.first, first.seq == seq { return first }
        return try engine.events.event(EventAddress(room: room.number, seq: seq), in: context.connection)
    }

    /// Refuses a reaction that the sender has given already (spec: `M_DUPLICATE_ANNOTATION`).
    func checkRelation(_ draft: DraftEvent, by actor: Actor) throws {
        guard let relation = Relations(content: draft.content).parent, relation.type == RelationType.annotation,
            let key = relation.key, let target = EventAddress(relation.eventID), target.room == room.number
        else { return }
        let isKnown = try RelationQueries.hasReaction(
            room: room.number, target: target.seq, sender: actor.user, key: key, in: context.connection)
        guard !isKnown else {
            throw RequestError(
                status: 400, code: "M_DUPLICATE_ANNOTATION", message: "You have reacted with this already.")
        }
    }

    // MARK: Read marks

    /// Who sends has read what stands before.
    private mutating func readOwn(_ event: StoredEvent, by user: Int64) throws {
        let mark = ReadMark(seq: event.seq, counted: event.counted, timestamp: context.now, pos: event.pos)
        let key = ReadMarkKey(user: user, kind: ReadMarkKind.own.rawValue)
        room.marks[key] = mark
        try engine.rooms.upsert(mark, key, room: room.number, in: context)
        try clearHighlights(of: user, upTo: event.seq)
    }

    /// Moves a read mark forward; an older place changes nothing.
    mutating func mark(_ key: ReadMarkKey, at seq: Int64, counted: Int64) throws {
        guard seq > room.marks[key]?.seq ?? 0 else { return }
        let mark = ReadMark(seq: seq, counted: counted, timestamp: context.now, pos: context.nextPosition())
        room.marks[key] = mark
        room.receiptPos = mark.pos
        try engine.rooms.upsert(mark, key, room: room.number, in: context)
        try engine.rooms.updateReceiptPosition(room, in: context)
        if key.kind != ReadMarkKind.fullyRead.rawValue { try clearHighlights(of: key.user, upTo: seq) }
        publication.position = mark.pos
    }

    private mutating func clearHighlights(of user: Int64, upTo seq: Int64) throws {
        guard let unread = room.highlights[user], let first = unread.first, first <= seq else { return }
        let rest = unread.filter { $0 > seq }
        room.highlights[user] = rest.isEmpty ? nil : rest
        try HighlightQueries.clear(room: room.number, user: user, upTo: seq, in: context)
    }

    mutating func highlight(_ event: StoredEvent, for users: [Int64]) throws {
        for user in users where user != event.sender && room.membership(of: user) == .join {
            room.highlights[user, default: []].append(event.seq)
            try HighlightQueries.insert(room: room.number, user: user, seq: event.seq, in: context)
        }
    }

    // MARK: Recall

    /// Redacts an event: its content goes from every route at once; the original stays for an auditor only.
    mutating func redact(_ target: StoredEvent, by redaction: StoredEvent, actor: Actor, reason: String?) throws {
        guard !target.flags.contains(.redacted) else { return }
        let kept = Redaction.content(
            ofType: target.type, target.contentObject, roomVersion: room.version)
        let bytes = JSON.object(kept).canonical()
        try RecordQueries.keepOriginal(
            of: target, recalledBy: actor.user, reason: reason,
            until: context.now + engine.settings.recalledKept, in: context)
        try engine.events.redact(target, by: redaction.seq, content: bytes, in: context)
        try RelationQueries.remove(room: room.number, seq: target.seq, in: context)
        room.redact(target: target, by: redaction.seq, content: bytes, object: kept)
        for (user, seqs) in room.highlights where seqs.contains(target.seq) {
            room.highlights[user] = seqs.filter { $0 != target.seq }
        }
        try HighlightQueries.remove(room: room.number, seq: target.seq, in: context)
    }
}

/// The kinds of read marks as they are stored.
package enum ReadMarkKind: Int64, Sendable {
    case read = 1
    case readPrivate = 2
    /// Set by sending.
    case own = 3
    case fullyRead = 4
}
