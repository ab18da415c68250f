/// What statistics hear of a service room: who spoke when, and no word of what.
package struct RoomFact: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        case customer
        case human(Int64)
        case robot
        /// The customer is handed to humans.
        case handover
        /// Anything else: it only keeps the numbering whole.
        case other
    }
    package var room: Int64
    /// 1, 2, 3 ... without gaps in the room.
    package var seq: Int64
    package var at: Int64
    package var kind: Kind

    package init(room: Int64, seq: Int64, at: Int64, kind: Kind) {
        self.room = room
        self.seq = seq
        self.at = at
        self.kind = kind
    }
}

/// Whose answers count.
package enum TurnClass: Int64, Sendable, Hashable, CaseIterable {
    /// Robots' and humans'.
    case any = 0
    /// Humans' alone; a turn begins at the latest when the customer is handed over unanswered.
    case human = 1
}

/// Messages of a customer that wait for one answer.
package struct Turn: Sendable, Hashable {
    package var turnClass: TurnClass
    package var room: Int64
    package var startSeq: Int64
    package var start: Int64
    package var reply: Int64?
    package var replyBy: Int64?
    /// Whether it is the first of its room.
    package var isFirst: Bool

    /// How long the customer waited, in milliseconds; nil while there is no answer.
    package var latency: Int64? { reply.map { max(0, $0 - start) } }
}

/// A turn that came, changed or went.
package struct TurnChange: Sendable, Hashable {
    package var old: Turn?
    package var new: Turn?
}

/// The turns of one room, from facts in any order and any number of times.
///
/// The numbers of a room have no gaps, so a missing fact shows: what comes early waits for it.
package struct TurnFold: Sendable {
    private var next: Int64 = 1
    private var early: [Int64: RoomFact] = [:]
    private var open: [TurnClass: Turn] = [:]
    private var seen: Set<TurnClass> = []
    private var isWithRobot = false
    /// When the customer spoke last without a human's answer; a handover begins there.
    private var unanswered = false

    package init() {}

    /// Facts that wait for an earlier one.
    package var waiting: Int { early.count }

    /// Takes a fact; what changed by it and by those that had waited for it.
    package mutating func add(_ fact: RoomFact) -> [TurnChange] {
        guard fact.seq >= next else { return [] }
        early[fact.seq] = fact
        var changes: [TurnChange] = []
        while let due = early.removeValue(forKey: next) {
            changes += apply(due)
            next += 1
        }
        return changes
    }

    private mutating func apply(_ fact: RoomFact) -> [TurnChange] {
        switch fact.kind {
        case .other: return []
        case .customer:
            unanswered = true
            return begin(.any, fact) + (isWithRobot ? [] : begin(.human, fact))
        case .robot:
            isWithRobot = true
            return end(.any, fact, by: nil)
        case .handover:
            isWithRobot = false
            return unanswered ? begin(.human, fact) : []
        case .human(let agent):
            (isWithRobot, unanswered) = (false, false)
            return end(.any, fact, by: agent) + end(.human, fact, by: agent)
        }
    }

    private mutating func begin(_ turnClass: TurnClass, _ fact: RoomFact) -> [TurnChange] {
        guard open[turnClass] == nil else { return [] }
        let turn = Turn(
            turnClass: turnClass, room: fact.room, startSeq: fact.seq, start: fact.at, reply: nil, replyBy: nil,
            isFirst: seen.insert(turnClass).inserted)
        open[turnClass] = turn
        return [TurnChange(old: nil, new: turn)]
    }

    private mutating func end(_ turnClass: TurnClass, _ fact: RoomFact, by agent: Int64?) -> [TurnChange] {
        guard let turn = open.removeValue(forKey: turnClass) else { return [] }
        var answered = turn
        (answered.reply, answered.replyBy) = (fact.at, agent)
        return [TurnChange(old: turn, new: answered)]
    }
}
