/// How a room of the desk stands after the facts so far: all that the next one needs.
package struct RoomStanding: Sendable, Hashable {
    package let room: Int64
    /// The newest conversation in the room; 0 before the first.
    package var conversation: Int64 = 0
    package var n: Int64 = 0
    package var status = ConversationStatus.resolved
    /// Since when it is in this state.
    package var since: Int64 = 0
    /// When it was opened, or came back.
    package var opened: Int64 = 0
    package var agent: Int64 = 0
    package var queue: Int64 = 0
    package var scene = ""
    /// How long the present agent has had it, without the present span.
    package var handled: Int64 = 0
    /// Whether the customer spoke after the last answer of a human.
    package var isUnanswered = false
    /// Whether a turn has begun since the last end of a conversation.
    package var hasTurnAny = false
    package var hasTurnHuman = false
    package var turnAny: OpenTurn?
    package var turnHuman: OpenTurn?

    package init(room: Int64) { self.room = room }

    var dimensions: Dimensions { Dimensions(queue: queue, agent: agent, scene: scene) }
}

/// What follows from facts: changes of panes, and turns and spans that are over.
package struct FactEffects: Sendable, Hashable {
    package var panes = Panes()
    package var turns: [TurnRow] = []
    package var spans: [SpanRow] = []

    package init() {}
}

extension RoomStanding {
    /// Takes the next fact of the room.
    ///
    /// - Parameter setting: what a queue promises at this place in the log.
    package mutating func apply(
        _ fact: DeskFact, setting: (Int64) -> QueueSetting, _ effects: inout FactEffects
    ) {
        switch fact.what {
        case .said(_, .customer): customerSpoke(fact, setting)
        case .said(_, .robot): end(.any, fact.at, agent: 0, isAnswered: true, setting, &effects)
        case .said(_, .human(let agent)):
            isUnanswered = false
            for turnClass in TurnClass.allCases {
                end(turnClass, fact.at, agent: agent, isAnswered: true, setting, &effects)
            }
        case .moved(let move): moved(move, fact, setting, &effects)
        case .cardSent: effects.panes.add(.cardSent, at: fact.at, dimensions)
        case .cardPressed: effects.panes.add(.cardPressed, at: fact.at, dimensions)
        // It was counted when it was given up.
        case .cardAnswered(_, .closed, _): break
        case .cardAnswered(_, let outcome, let took):
            let metric: StatMetric =
                switch outcome {
                case .ok: .cardDone
                case .refused: .cardRefused
                case .dead, .closed: .cardDead
                }
            effects.panes.add(metric, max(0, took), at: fact.at, dimensions)
        case .rated, .queueSet, .presence: break
        }
    }

    // MARK: Turns

    private mutating func customerSpoke(_ fact: DeskFact, _ setting: (Int64) -> QueueSetting) {
        isUnanswered = true
        if turnAny == nil {
            turnAny = turn(fact, isFirst: !hasTurnAny, setting)
            hasTurnAny = true
        }
        if status != .robot { beginHuman(fact, setting) }
    }

    private mutating func beginHuman(_ fact: DeskFact, _ setting: (Int64) -> QueueSetting) {
        guard turnHuman == nil else { return }
        turnHuman = turn(fact, isFirst: !hasTurnHuman, setting)
        hasTurnHuman = true
    }

    private func turn(_ fact: DeskFact, isFirst: Bool, _ setting: (Int64) -> QueueSetting) -> OpenTurn {
        OpenTurn(
            position: fact.position, start: fact.at, isFirst: isFirst, queue: queue, scene: scene,
            limit: setting(queue).target)
    }

    private mutating func end(
        _ turnClass: TurnClass, _ at: Int64, agent: Int64, isAnswered: Bool, _ setting: (Int64) -> QueueSetting,
        _ effects: inout FactEffects
    ) {
        guard let turn = turnClass == .any ? turnAny : turnHuman else { return }
        if turnClass == .any { turnAny = nil } else { turnHuman = nil }
        // A robot needs no opening hours: what it takes at night counts.
        let isRobot = isAnswered && agent == 0
        let paused = isRobot ? 0 : setting(turn.queue).paused(from: turn.start, to: at)
        let row = TurnRow(
            turnClass: turnClass, room: room, conversation: conversation, turn: turn, end: at, isAnswered: isAnswered,
            agent: agent, waited: max(0, at - turn.start - paused))
        effects.turns.append(row)
        count(row, &effects.panes)
    }

    private func count(_ row: TurnRow, _ panes: inout Panes) {
        func add(_ metric: StatMetric, _ value: Int64) {
            panes.add(metric, value, at: row.turn.start, row.dimensions)
        }
        if row.isAnswered {
            add(row.turnClass == .human ? .response : .responseAny, row.waited)
            if row.turn.isFirst { add(row.turnClass == .human ? .firstResponse : .firstResponseAny, row.waited) }
        }
        guard row.turnClass == .human else { return }
        if row.isLate {
            add(.late, row.waited)
            if row.turn.isFirst { add(.lateFirst, 0) }
        } else if row.isAnswered {
            add(.timely, row.waited)
        }
    }

    // MARK: Moves

    private mutating func moved(
        _ move: Move, _ fact: DeskFact, _ setting: (Int64) -> QueueSetting, _ effects: inout FactEffects
    ) {
        let (old, at) = (self, fact.at)
        if move.from != nil, move.conversation == conversation, status != .resolved {
            leave(move, at, &effects)
        } else {
            handled = 0
        }
        conversation = move.conversation
        (n, status, since) = (move.n, move.to, at)
        (agent, queue, scene) = (move.agent, move.queue, move.scene)
        count(move, from: old, at, &effects.panes)
        if old.status == .robot, move.from == .robot, move.to != .resolved, isUnanswered { beginHuman(fact, setting) }
        guard move.to == .resolved else { return }
        for turnClass in TurnClass.allCases { end(turnClass, at, agent: 0, isAnswered: false, setting, &effects) }
        (isUnanswered, hasTurnAny, hasTurnHuman) = (false, false, false)
    }

    /// Ends the present span.
    private mutating func leave(_ move: Move, _ at: Int64, _ effects: inout FactEffects) {
        effects.spans.append(
            SpanRow(
                conversation: conversation, n: n, status: status, from: since, to: at, queue: queue, agent: agent,
                scene: scene, reason: move.reason))
        let length = max(0, at - since)
        if status == .queued {
            let taker = Dimensions(queue: queue, agent: move.agent, scene: scene)
            if move.to == .resolved {
                effects.panes.add(.abandoned, length, at: at, dimensions)
            } else if move.to == .offered || move.to == .open {
                effects.panes.add(.wait, length, at: at, taker)
            }
        }
        guard status == .open || status == .waiting else { return }
        handled += length
        let goesOn = (move.to == .open || move.to == .waiting) && move.agent == agent
        guard !goesOn else { return }
        effects.panes.add(.handling, handled, at: at, dimensions)
        handled = 0
    }

    private mutating func count(_ move: Move, from old: RoomStanding, _ at: Int64, _ panes: inout Panes) {
        let here = Dimensions(queue: queue, scene: scene)
        if move.from == nil {
            opened = at
            panes.add(.opened, at: at, here)
            if move.to == .robot { panes.add(.robotOpened, at: at, here) }
        }
        if move.reason == .reopened {
            opened = at
            panes.add(.reopened, at: at, here)
        }
        if move.from == .robot, move.to != .resolved { panes.add(.handover, at: at, here) }
        if move.reason == .transferredToQueue || move.reason == .transferredToAgent {
            panes.add(.transferred, at: at, old.dimensions)
        }
        if move.to == .resolved, move.from != nil {
            panes.add(
                .resolution, max(0, at - opened), at: at,
                Dimensions(queue: queue, agent: old.agent, scene: old.scene))
        }
    }
}
