/// The same numbers from the stored facts, by other code: sorted, room by room, without deltas.
///
/// It shares with the live path the bucket of a duration and nothing else, so that both agree only if both are right.
package enum BatchRecompute {
    /// All turns of some rooms' facts, which may repeat and come in any order.
    package static func turns(_ facts: [RoomFact]) -> [Turn] {
        var byRoom: [Int64: [Int64: RoomFact]] = [:]
        for fact in facts { byRoom[fact.room, default: [:]][fact.seq] = fact }
        return byRoom.keys.sorted().flatMap { room -> [Turn] in
            let ordered = (byRoom[room] ?? [:]).values.sorted { $0.seq < $1.seq }
            // What lies behind a gap has not come yet.
            let whole = zip(ordered, 1...).prefix { $0.seq == $1 }.map(\.0)
            return TurnClass.allCases.flatMap { turns($0, whole) }
        }
    }

    private static func turns(_ turnClass: TurnClass, _ facts: [RoomFact]) -> [Turn] {
        var found: [Turn] = []
        for (place, fact) in facts.enumerated() where begins(turnClass, facts, place) {
            let rest = facts[(place + 1)...]
            // A later beginning before the answer belongs to this turn.
            if let last = found.last, isOpen(last, facts, place) { continue }
            let answer = rest.first { answers(turnClass, $0.kind) }
            var agent: Int64?
            if case .human(let number) = answer?.kind { agent = number }
            found.append(
                Turn(
                    turnClass: turnClass, room: fact.room, startSeq: fact.seq, start: fact.at, reply: answer?.at,
                    replyBy: agent, isFirst: found.isEmpty))
        }
        return found
    }

    /// Whether a turn is unanswered before a place.
    private static func isOpen(_ turn: Turn, _ facts: [RoomFact], _ place: Int) -> Bool {
        !facts[..<place].contains { $0.seq > turn.startSeq && answers(turn.turnClass, $0.kind) }
    }

    private static func answers(_ turnClass: TurnClass, _ kind: RoomFact.Kind) -> Bool {
        if case .human = kind { return true }
        return kind == .robot && turnClass == .any
    }

    private static func begins(_ turnClass: TurnClass, _ facts: [RoomFact], _ place: Int) -> Bool {
        switch facts[place].kind {
        case .customer: return turnClass == .any || !isWithRobot(facts, place)
        case .handover:
            guard turnClass == .human else { return false }
            let spoken = facts[..<place].last { fact in
                if case .human = fact.kind { return true }
                return fact.kind == .customer
            }
            return spoken?.kind == .customer
        default: return false
        }
    }

    /// Whether a robot has the word before a place.
    private static func isWithRobot(_ facts: [RoomFact], _ place: Int) -> Bool {
        let last = facts[..<place].last { fact in
            if case .human = fact.kind { return true }
            return fact.kind == .robot || fact.kind == .handover
        }
        return last?.kind == .robot
    }

    /// The panes of some turns.
    package static func panes(_ turns: [Turn]) -> Panes {
        turns.reduce(into: Panes()) { $0.apply(TurnChange(old: nil, new: $1)) }
    }
}
