/// Whose answers count.
package enum TurnClass: Int64, Sendable, Hashable, CaseIterable {
    /// Robots' and humans'.
    case any = 0
    /// Humans' alone; a turn begins at the latest when the customer is handed over unanswered.
    case human = 1
}

/// Messages of a customer that wait for one answer.
package struct OpenTurn: Sendable, Hashable {
    /// The place in the log at which it began.
    package var position: Int64
    package var start: Int64
    /// Whether it is the first since its conversation was opened, or since one ended in the room.
    package var isFirst: Bool
    package var queue: Int64
    package var scene: String
    /// Within how many milliseconds an answer is in time.
    package var limit: Int64

    package init(position: Int64, start: Int64, isFirst: Bool, queue: Int64, scene: String, limit: Int64) {
        self.position = position
        self.start = start
        self.isFirst = isFirst
        self.queue = queue
        self.scene = scene
        self.limit = limit
    }
}

/// A turn that is over.
package struct TurnRow: Sendable, Hashable {
    package var turnClass: TurnClass
    package var room: Int64
    package var conversation: Int64
    package var turn: OpenTurn
    package var end: Int64
    /// Whether it was answered; else its conversation ended.
    package var isAnswered: Bool
    /// The agent who answered; 0 for nobody and for robots.
    package var agent: Int64
    /// How long the customer waited while the queue was open, in milliseconds.
    package var waited: Int64

    package init(
        turnClass: TurnClass, room: Int64, conversation: Int64, turn: OpenTurn, end: Int64, isAnswered: Bool,
        agent: Int64, waited: Int64
    ) {
        self.turnClass = turnClass
        self.room = room
        self.conversation = conversation
        self.turn = turn
        self.end = end
        self.isAnswered = isAnswered
        self.agent = agent
        self.waited = waited
    }

    /// Whether the answer came too late, or none came while it would have been due.
    package var isLate: Bool { waited > turn.limit }

    package var dimensions: Dimensions { Dimensions(queue: turn.queue, agent: agent, scene: turn.scene) }
}

/// The time that a conversation was in one state.
package struct SpanRow: Sendable, Hashable {
    package var conversation: Int64
    /// The step that began it.
    package var n: Int64
    package var status: ConversationStatus
    package var from: Int64
    package var to: Int64
    package var queue: Int64
    package var agent: Int64
    package var scene: String
    /// Why it ended.
    package var reason: TransitionReason

    package init(
        conversation: Int64, n: Int64, status: ConversationStatus, from: Int64, to: Int64, queue: Int64, agent: Int64,
        scene: String, reason: TransitionReason
    ) {
        self.conversation = conversation
        self.n = n
        self.status = status
        self.from = from
        self.to = to
        self.queue = queue
        self.agent = agent
        self.scene = scene
        self.reason = reason
    }
}
