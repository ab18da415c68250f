/// Why a conversation changed its state; the words are those of the table.
package enum TransitionReason: String, Sendable, Hashable, CaseIterable {
    case opened, robotHandover, robotSilent, robotLoop, assigned, offered, accepted, declined, offerTimeout, picked
    case answered, customerMessage, agentSilent, agentGone, agentAway, transferredToQueue, transferredToAgent, snoozed
    case snoozeEnded, resolved, idle, superseded, reopened, forced, overflow, restored, listened, whispered

    /// Whether it is only that somebody looked or spoke aside: the conversation stands as before.
    package var isAside: Bool { self == .listened || self == .whispered }
}

/// A line of a conversation's history.
package struct Transition: Sendable, Hashable {
    package var conversation: Int64
    /// 1, 2, 3 ... without a gap.
    package var n: Int64
    /// The state before; nil for the first.
    package var from: ConversationStatus?
    package var to: ConversationStatus
    package var owner: Owner?
    package var queue: Int64
    package var reason: TransitionReason
    /// Who did it; nil for the server itself.
    package var by: Int64?
    /// Why this agent, when dispatch has chosen one.
    package var why: Why?
    package var at: Int64
}

/// Why dispatch gave a conversation to this agent and to no other.
package struct Why: Sendable, Hashable {
    package struct Candidate: Sendable, Hashable {
        package var agent: Int64
        package var load: Int64
        package var capacity: Int64
    }
    package var policy: ChoicePolicy
    /// Whether the agent was the one it preferred.
    package var isPreferred: Bool
    /// Those who could have taken it, the chosen one first, cut to eight.
    package var candidates: [Candidate]
    /// How many could have taken it.
    package var eligible: Int
    /// How many of the queue's agents could not, by what kept them from it.
    package var kept: [Ineligibility: Int]
    /// How long it had waited, in milliseconds.
    package var waited: Int64
}

/// Something that somebody is to be told.
package enum DeskNotice: Sendable, Hashable {
    /// The queue's target has passed without an agent.
    case waitsTooLong(Int64)
    /// The queue is closed; it opens at a moment, if ever.
    case closed(Int64, opens: Int64?)
    /// Offers were missed: the agent is away now.
    case agentSetAway(Int64)
    /// A conversation was taken from an agent who did not answer.
    case takenFrom(agent: Int64, conversation: Int64)
    /// Nobody knows what became of a press of a card in this conversation.
    case cardFailed(Int64)
}

/// Who is to be let into a conversation's room, or out of it.
package enum RoomMove: Sendable, Hashable {
    case enter(agent: Int64, conversation: Int64)
    case leave(agent: Int64, conversation: Int64)
}

/// What follows from an event: everything to be stored and told, in order.
package struct DeskOutcome: Sendable, Hashable {
    package var transitions: [Transition] = []
    package var moves: [RoomMove] = []
    package var notices: [DeskNotice] = []
    /// Conversations whose rows changed, with their newest value; resolved ones too.
    package var conversations: [Int64: Conversation] = [:]
    /// Agents whose rows changed, with their newest value.
    package var agents: [Int64: DeskAgent] = [:]

    package var isEmpty: Bool { conversations.isEmpty && agents.isEmpty && notices.isEmpty }

    package init() {}

    /// Adds what came later.
    package mutating func append(_ later: DeskOutcome) {
        transitions += later.transitions
        moves += later.moves
        notices += later.notices
        conversations.merge(later.conversations) { $1 }
        agents.merge(later.agents) { $1 }
    }
}
