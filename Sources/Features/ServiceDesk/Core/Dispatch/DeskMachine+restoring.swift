extension DeskMachine {
    /// Brings back what a merge had ended, to whoever had it: nobody has decided anew, so the capacity does not count.
    ///
    /// An agent who is gone meanwhile gets nothing back; then it waits, since when it waited before.
    mutating func restore(_ stored: Conversation, as before: Conversation, by: Int64?) throws(DeskRefusal) {
        guard stored.status == .resolved else { throw .stale(stored.status) }
        guard queues[stored.queue] != nil else { throw .unknownQueue }
        if let known = numbers[stored.key] { throw .alreadyOpen(known) }
        guard conversations[stored.number] == nil else { throw .alreadyOpen(stored.number) }
        var conversation = stored
        conversation.resolved = nil
        conversation.successor = nil
        conversation.isAnswered = before.isAnswered
        conversation.enqueued = before.enqueued
        conversation.prefer = nil
        conversations[stored.number] = conversation
        let number = stored.number
        switch (before.status, before.owner) {
        case (.robot, .robot(let robot)):
            let deadline = Deadline(at: now + times.robotSilence, kind: .robotSilent)
            move(number, to: .robot, owner: .robot(robot), deadline: deadline, .restored, by: by)
        case (.open, .agent(let agent)) where isThere(agent):
            let deadline = still(before) ?? silence(of: conversation)
            move(number, to: .open, owner: before.owner, deadline: deadline, .restored, by: by)
        case (.waiting, .agent(let agent)) where isThere(agent):
            let deadline = still(before) ?? Deadline(at: now + times.idle, kind: .idle)
            move(number, to: .waiting, owner: before.owner, deadline: deadline, .restored, by: by)
        case (.snoozed, .agent(let agent)) where agents[agent] != nil && still(before) != nil:
            move(number, to: .snoozed, owner: before.owner, deadline: before.deadline, .restored, by: by)
        default:
            enqueue(number, .restored, by: by, prefer: before.owner?.agent ?? before.prefer)
        }
    }

    private func isThere(_ agent: Int64) -> Bool { agents[agent].map { $0.status != .offline } ?? false }

    /// The deadline that it had, while that lies ahead.
    private func still(_ before: Conversation) -> Deadline? { before.deadline.flatMap { $0.at > now ? $0 : nil } }

    /// Writes a line into the history and changes nothing.
    mutating func observe(_ number: Int64, _ what: Observation, by: Int64) throws(DeskRefusal) {
        let conversation = try conversation(number)
        let reason: TransitionReason = what == .listened ? .listened : .whispered
        move(
            number, to: conversation.status, owner: conversation.owner, deadline: conversation.deadline, reason, by: by)
    }
}
