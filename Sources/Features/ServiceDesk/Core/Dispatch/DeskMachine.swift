/// Dispatch: who serves which conversation, as a value that is told what happens and says what follows.
///
/// It reads no clock and keeps nothing: moments are arguments, and what is to be stored and told is in the outcome.
/// Every event first does what was due by then, and ends with dispatch, so that afterwards nobody waits while somebody
/// suitable is free. Resolved conversations are not in it.
package struct DeskMachine: Sendable {
    package let times: DeskTimes
    package internal(set) var conversations: [Int64: Conversation] = [:]
    package internal(set) var agents: [Int64: DeskAgent] = [:]
    package internal(set) var queues: [Int64: DeskQueue] = [:]
    /// The unresolved conversation of a person's topic.
    var numbers: [ConversationKey: Int64] = [:]
    /// Who waits in each queue.
    var orders: [Int64: QueueOrder] = [:]
    /// The agents of each queue, by number.
    var rosters: [Int64: [Int64]] = [:]
    /// What each agent has offered, open or waiting.
    var holdings: [Int64: Set<Int64>] = [:]
    /// The waiting conversations that are held for each agent.
    var preferring: [Int64: Set<Int64>] = [:]
    var deadlines = Deadlines<DeskTimer>()
    /// Openings and shifts: what is due looks at them, so they turn first.
    var calendar = Deadlines<CalendarTimer>()
    /// The newest moment it was told of.
    package internal(set) var now: Int64 = 0
    /// The newest mark of an assignment.
    var stamp: Int64 = 0

    // What the running event has done so far.
    var outcome = DeskOutcome()
    var dirtyConversations: Set<Int64> = []
    var dirtyAgents: Set<Int64> = []

    /// An empty desk.
    package init(times: DeskTimes = DeskTimes()) { self.times = times }

    /// The desk as it is stored.
    ///
    /// Nothing happens by this; the first event does what came due meanwhile, once and in its order.
    package init(
        times: DeskTimes = DeskTimes(), queues: [DeskQueue], agents: [DeskAgent], conversations: [Conversation],
        at now: Int64
    ) {
        self.times = times
        self.now = now
        for queue in queues { set(queue) }
        for agent in agents {
            var idle = agent
            idle.load = 0
            set(idle)
            stamp = max(stamp, agent.lastAssigned)
            deadlines.set(.lost(agent.number), agent.lostAt)
        }
        for conversation in conversations where conversation.status != .resolved {
            self.conversations[conversation.number] = conversation
            reindex(nil, conversation)
        }
        outcome = DeskOutcome()
        dirtyConversations = []
        dirtyAgents = Set(self.agents.keys)
    }

    /// Applies an event. A refused one changes nothing; what was due before it is done all the same.
    package mutating func received(_ event: DeskEvent, at moment: Int64) -> (
        outcome: DeskOutcome, refusal: DeskRefusal?
    ) {
        now = max(now, moment)
        while let timer = calendar.popDue(now) { turn(timer) }
        while let timer = deadlines.popDue(now) { fire(timer) }
        var refusal: DeskRefusal?
        do throws(DeskRefusal) { try apply(event) } catch { refusal = error }
        dispatch()
        defer { outcome = DeskOutcome() }
        return (outcome, refusal)
    }

    /// When the next thing is due; nil when nothing is.
    package var nextDeadline: Int64? {
        mutating get { [deadlines.first(), calendar.first()].compactMap { $0 }.min() }
    }

    private mutating func apply(_ event: DeskEvent) throws(DeskRefusal) {
        switch event {
        case .opened(let conversation, let robot): try open(conversation, robot: robot)
        case .reopened(let conversation, let by): try reopen(conversation, by: by)
        case .customerMessage(let number): try customerSpoke(number)
        case .staffMessage(let number, let by): try staffSpoke(number, by: by)
        case .robotMessage(let number): try robotSpoke(number)
        case .handover(let number, let queue, let by): try handOver(number, queue: queue, by: by)
        case .accepted(let number, let agent): try accept(number, agent)
        case .declined(let number, let agent): try decline(number, agent)
        case .picked(let number, let agent): try pick(number, agent)
        case .transferred(let number, let target, let by): try transfer(number, to: target, by: by)
        case .snoozed(let number, let until, let by): try snooze(number, until: until, by: by)
        case .resolved(let number, let by): try resolve(number, .resolved, by: by)
        case .superseded(let number, let successor, let by):
            try resolve(number, .superseded, by: by, successor: successor)
        case .personChanged(let number, let person, let enqueued):
            try change(number, person: person, enqueued: enqueued)
        case .restored(let stored, let before, let by): try restore(stored, as: before, by: by)
        case .observed(let number, let what, let by): try observe(number, what, by: by)
        case .forced(let number, let agent, let by): try force(number, agent, by: by)
        case .agentChanged(let agent): set(agent)
        case .agentStatus(let number, let status): try setStatus(number, status)
        case .agentLost(let number): try lose(number)
        case .agentSeen(let number): try see(number)
        case .queueChanged(let queue): set(queue)
        case .timePassed: break
        }
    }

    /// The conversation of a number.
    func conversation(_ number: Int64) throws(DeskRefusal) -> Conversation {
        guard let conversation = conversations[number] else { throw .unknownConversation }
        return conversation
    }

    /// The unresolved conversation of a person's topic.
    package func unresolved(_ key: ConversationKey) -> Int64? { numbers[key] }
}

/// What a moment is waited for. The order is that in which equal moments come.
enum DeskTimer: Sendable, Hashable, Comparable {
    case lost(Int64)
    case conversation(Int64)
    case exclusion(Int64, agent: Int64)
    case hold(Int64)
}

/// Whose working hours begin or end.
enum CalendarTimer: Sendable, Hashable, Comparable {
    case queue(Int64)
    case agent(Int64)
}
