/// The same numbers from the stored facts, by other code: everything sorted, room by room, looked up backwards and
/// forwards in plain lists, without a state that is carried along.
///
/// It shares with the live path the bucket of a duration, the hours of a queue and the names of things, so that both
/// agree only if both are right.
package struct BatchRecompute: Sendable {
    package private(set) var turns: Set<TurnRow> = []
    package private(set) var spans: Set<SpanRow> = []
    package private(set) var panes = Panes()
    private let settings: [(position: Int64, setting: QueueSetting)]

    /// Computes everything from all facts of some rooms, which may repeat and come in any order.
    package init(_ facts: [DeskFact]) {
        var unique: [Int64: DeskFact] = [:]
        for fact in facts { unique[fact.position] = fact }
        let sorted = unique.values.sorted { $0.position < $1.position }
        settings = sorted.compactMap { fact in
            if case .queueSet(let setting) = fact.what { (fact.position, setting) } else { nil }
        }
        for (_, facts) in Dictionary(grouping: sorted.filter { $0.room != nil }, by: { $0.room ?? 0 }) {
            let room = RoomHistory(facts)
            addSpans(room)
            addMoves(room)
            addCards(room)
            for turnClass in TurnClass.allCases { addTurns(turnClass, room) }
        }
        addPresence(sorted)
        for fact in sorted {
            guard case .rated(let rating) = fact.what else { continue }
            panes.add(.rating, rating.stars, at: fact.at, rating.dimensions)
            if let before = rating.before {
                panes.add(.rating, before.stars, at: before.at, rating.dimensions, times: -1)
            }
        }
    }

    private func setting(_ queue: Int64, at position: Int64) -> QueueSetting {
        settings.last { $0.setting.queue == queue && $0.position <= position }?.setting ?? .unknown(queue)
    }

    // MARK: Spans

    private mutating func addSpans(_ room: RoomHistory) {
        for (place, begun) in room.moves.enumerated() where begun.move.to != .resolved {
            guard let ended = room.moves.dropFirst(place + 1).first,
                ended.move.conversation == begun.move.conversation
            else { continue }
            let (move, next) = (begun.move, ended.move)
            let span = SpanRow(
                conversation: move.conversation, n: move.n, status: move.to, from: begun.at, to: ended.at,
                queue: move.queue, agent: move.agent, scene: move.scene, reason: next.reason)
            spans.insert(span)
            guard move.to == .queued else { continue }
            if next.to == .resolved {
                let here = Dimensions(queue: move.queue, agent: move.agent, scene: move.scene)
                panes.add(.abandoned, ended.at - begun.at, at: ended.at, here)
            } else if [.offered, .open].contains(next.to) {
                let taker = Dimensions(queue: move.queue, agent: next.agent, scene: move.scene)
                panes.add(.wait, ended.at - begun.at, at: ended.at, taker)
            }
        }
        addHandling(room)
    }

    /// Spans in a row in which the same agent has a conversation are one piece of work.
    private mutating func addHandling(_ room: RoomHistory) {
        var place = 0
        while place < room.moves.count {
            let first = room.moves[place]
            let run = room.moves[place...].prefix {
                [.open, .waiting].contains($0.move.to) && $0.move.agent == first.move.agent
                    && $0.move.conversation == first.move.conversation
            }
            guard let last = run.last, run.endIndex < room.moves.count else {
                place = max(place + 1, run.endIndex)
                continue
            }
            let end = room.moves[run.endIndex]
            place = run.endIndex
            guard end.move.conversation == first.move.conversation else { continue }
            panes.add(
                .handling, end.at - first.at, at: end.at,
                Dimensions(queue: last.move.queue, agent: last.move.agent, scene: last.move.scene))
        }
    }

    // MARK: Moves and cards

    private mutating func addMoves(_ room: RoomHistory) {
        for (place, (at, move)) in room.moves.map({ ($0.at, $0.move) }).enumerated() {
            let before = place == 0 ? nil : room.moves[place - 1].move
            let here = Dimensions(queue: move.queue, scene: move.scene)
            let there = Dimensions(
                queue: before?.queue ?? 0, agent: before?.agent ?? 0, scene: before?.scene ?? "")
            if move.from == nil { panes.add(.opened, at: at, here) }
            if move.from == nil, move.to == .robot { panes.add(.robotOpened, at: at, here) }
            if move.from == .robot, move.to != .resolved { panes.add(.handover, at: at, here) }
            switch move.reason {
            case .reopened: panes.add(.reopened, at: at, here)
            case .transferredToAgent, .transferredToQueue: panes.add(.transferred, at: at, there)
            default: break
            }
            guard move.to == .resolved, move.from != nil else { continue }
            let begin = room.moves[...place].last {
                $0.move.conversation == move.conversation && ($0.move.from == nil || $0.move.reason == .reopened)
            }
            panes.add(
                .resolution, at - (begin?.at ?? at), at: at,
                Dimensions(queue: move.queue, agent: there.agent, scene: there.scene))
        }
    }

    private mutating func addCards(_ room: RoomHistory) {
        for fact in room.facts {
            let move = room.move(before: fact.position)
            let here = Dimensions(queue: move?.queue ?? 0, agent: move?.agent ?? 0, scene: move?.scene ?? "")
            switch fact.what {
            case .cardSent: panes.add(.cardSent, at: fact.at, here)
            case .cardPressed: panes.add(.cardPressed, at: fact.at, here)
            case .cardAnswered(_, .ok, let took): panes.add(.cardDone, took, at: fact.at, here)
            case .cardAnswered(_, .refused, let took): panes.add(.cardRefused, took, at: fact.at, here)
            case .cardAnswered(_, .dead, let took): panes.add(.cardDead, took, at: fact.at, here)
            default: break
            }
        }
    }

    // MARK: Presence

    /// Each state of an agent lasts until the next one; of every minute that it touches it takes its part.
    private mutating func addPresence(_ sorted: [DeskFact]) {
        var states: [Int64: [(at: Int64, status: AgentStatus)]] = [:]
        for fact in sorted {
            if case .presence(let agent, let status) = fact.what {
                states[agent, default: []].append((fact.at, status))
            }
        }
        for (agent, states) in states {
            for (state, next) in zip(states, states.dropFirst()) where state.status != .offline {
                let begin = max(state.at, next.at - AgentStanding.longest)
                guard begin < next.at else { continue }
                let metric: StatMetric = state.status == .available ? .available : .away
                for minute in begin / 60_000...(next.at - 1) / 60_000 {
                    let (from, to) = (max(begin, minute * 60_000), min(next.at, minute * 60_000 + 60_000))
                    panes.add(metric, to - from, at: from, Dimensions(agent: agent))
                }
            }
        }
    }

    // MARK: Turns

    private mutating func addTurns(_ turnClass: TurnClass, _ room: RoomHistory) {
        var latest: (begin: Int64, end: Int64?)?
        for fact in room.facts where room.begins(turnClass, fact) {
            // Who speaks again before the answer waits in the same turn.
            if let latest, latest.end.map({ $0 >= fact.position }) ?? true { continue }
            let ended = room.facts.first { $0.position > fact.position && room.ends(turnClass, $0) }
            let sinceEnd = room.moves.last { $0.position <= fact.position && $0.move.to == .resolved }?.position ?? 0
            let isFirst = (latest?.begin ?? -1) <= sinceEnd
            latest = (fact.position, ended?.position)
            // A turn that begins with a step of the conversation is of the queue that the step leads to.
            let move = room.move(before: fact.position + 1)
            let queue = move?.queue ?? 0
            let turn = OpenTurn(
                position: fact.position, start: fact.at, isFirst: isFirst, queue: queue, scene: move?.scene ?? "",
                limit: setting(queue, at: fact.position).target)
            if let ended { add(turnClass, turn, ended, room) }
        }
    }

    private mutating func add(_ turnClass: TurnClass, _ turn: OpenTurn, _ ended: DeskFact, _ room: RoomHistory) {
        var speaker: Speaker?
        if case .said(_, let who) = ended.what { speaker = who }
        var agent: Int64 = 0
        if case .human(let number) = speaker { agent = number }
        let paused =
            speaker == .robot
            ? 0 : setting(turn.queue, at: ended.position).paused(from: turn.start, to: ended.at)
        let conversation = room.move(before: ended.position + 1)?.conversation ?? 0
        let row = TurnRow(
            turnClass: turnClass, room: room.number, conversation: conversation, turn: turn, end: ended.at,
            isAnswered: speaker != nil, agent: agent, waited: max(0, ended.at - turn.start - paused))
        turns.insert(row)
        var names: [StatMetric] = []
        if speaker != nil {
            names = turnClass == .human ? [.response] : [.responseAny]
            if turn.isFirst { names.append(turnClass == .human ? .firstResponse : .firstResponseAny) }
        }
        if turnClass == .human {
            if row.waited > turn.limit { names.append(.late) } else if speaker != nil { names.append(.timely) }
        }
        for name in names { panes.add(name, row.waited, at: turn.start, row.dimensions) }
        if names.contains(.late), turn.isFirst { panes.add(.lateFirst, at: turn.start, row.dimensions) }
    }
}

/// The facts of one room in order, to look things up in.
private struct RoomHistory {
    let facts: [DeskFact]
    let moves: [(position: Int64, at: Int64, move: Move)]

    init(_ facts: [DeskFact]) {
        self.facts = facts
        moves = facts.compactMap { fact in
            if case .moved(let move) = fact.what { (fact.position, fact.at, move) } else { nil }
        }
    }

    var number: Int64 { facts.first?.room ?? 0 }

    /// The last step of a conversation before a place.
    func move(before position: Int64) -> Move? { moves.last { $0.position < position }?.move }

    func begins(_ turnClass: TurnClass, _ fact: DeskFact) -> Bool {
        switch fact.what {
        case .said(_, .customer): return turnClass == .any || move(before: fact.position)?.to != .robot
        case .moved(let move):
            guard turnClass == .human, move.from == .robot, move.to != .resolved,
                self.move(before: fact.position)?.to == .robot
            else { return false }
            let last = facts.last { earlier in
                guard earlier.position < fact.position else { return false }
                switch earlier.what {
                case .said(_, let speaker): return speaker != .robot
                case .moved(let move): return move.to == .resolved
                default: return false
                }
            }
            if case .said(_, .customer) = last?.what { return true }
            return false
        default: return false
        }
    }

    func ends(_ turnClass: TurnClass, _ fact: DeskFact) -> Bool {
        switch fact.what {
        case .said(_, .human): true
        case .said(_, .robot): turnClass == .any
        case .moved(let move): move.to == .resolved
        default: false
        }
    }
}
