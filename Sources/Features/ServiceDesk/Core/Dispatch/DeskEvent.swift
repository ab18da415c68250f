/// What may happen to conversations and agents.
package enum DeskEvent: Sendable, Hashable {
    /// A customer opens a conversation; `robot` answers first, if there is one.
    case opened(Conversation, robot: Int64?)
    /// A resolved conversation, as it is stored, comes back.
    case reopened(Conversation, by: Int64?)
    case customerMessage(Int64)
    case staffMessage(Int64, by: Int64)
    case robotMessage(Int64)
    /// A robot, or a customer who asks for a human, ends the robot's part.
    case handover(Int64, queue: Int64?, by: Int64?)
    case accepted(Int64, agent: Int64)
    case declined(Int64, agent: Int64)
    /// An agent takes a conversation from the list.
    case picked(Int64, agent: Int64)
    case transferred(Int64, to: TransferTarget, by: Int64?)
    case snoozed(Int64, until: Int64, by: Int64?)
    case resolved(Int64, by: Int64?)
    /// Two persons became one and another conversation goes on in place of this one.
    case superseded(Int64, successor: Int64, by: Int64?)
    /// Persons were joined or parted: the conversation is another person's now, and has waited since a moment.
    case personChanged(Int64, person: Int64, enqueued: Int64)
    /// A conversation that a merge of persons had ended, as it is stored, comes back as it was before.
    case restored(Conversation, as: Conversation, by: Int64?)
    /// A supervisor did something beside the conversation that leaves it as it is.
    case observed(Int64, Observation, by: Int64)
    /// A supervisor gives the conversation to an agent, or takes it, also above the capacity.
    case forced(Int64, agent: Int64, by: Int64)
    /// A new agent, or new settings of one; status and load stay as they are.
    case agentChanged(DeskAgent)
    case agentStatus(Int64, AgentStatus)
    /// No device of the agent asks for news any more.
    case agentLost(Int64)
    /// A device of the agent asks for news.
    case agentSeen(Int64)
    /// A new queue, or new settings of one.
    case queueChanged(DeskQueue)
    /// Time has passed: what is due is done. Every other event does so too.
    case timePassed
}

/// What a supervisor may do without the customer's knowing.
package enum Observation: Sendable, Hashable {
    /// Read what is said.
    case listened
    /// Told the agent something.
    case whispered
}

/// Where a conversation is to go.
package enum TransferTarget: Sendable, Hashable {
    case queue(Int64)
    case agent(Int64)
}

/// Why an event was refused; a refused event changes nothing.
package enum DeskRefusal: Error, Sendable, Hashable {
    case unknownConversation
    case unknownAgent
    case unknownQueue
    /// There is an unresolved conversation of this person and topic.
    case alreadyOpen(Int64)
    /// The conversation is in another state, or somebody else's.
    case stale(ConversationStatus)
    /// The agent cannot take this conversation now.
    case notEligible(Ineligibility)
    case notRatable
    case impossible(String)
}

/// What keeps an agent from a conversation, in the order in which it is looked for.
package enum Ineligibility: String, Sendable, Hashable, CaseIterable {
    case notOnRoster, closed, notAvailable, lost, offShift, skills, excluded, held, full
}
