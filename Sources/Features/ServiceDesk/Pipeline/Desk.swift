package import Accounts
package import Basics
package import Messaging
package import Storage
import Synchronization

/// The service desk of a server, for all its shops: dispatch over the tables, in the writer that stores messages.
///
/// The machine in memory is a copy of the tables that only the writer touches. A decision is stored in the transaction of
/// its cause; when that is rolled back the copy is dropped and read again, so the two cannot part.
package final class Desk: Sendable {
    package let database: Database
    package let messaging: MessagingEngine
    package let accounts: Accounts
    package let times: DeskTimes
    private let machine = Mutex<DeskMachine?>(nil)
    private let due = Mutex<Int64?>(nil)
    private let bell = Bell()
    /// Rings when a card was pressed.
    let cardBell = Bell()
    private let listeners = Mutex<[Listener]>([])
    let book = PolicyBook()
    /// Rings when something is to be brought to an address.
    let courierBell = Bell()

    private struct Listener: Sendable {
        let call: @Sendable ([DeskNotice]) -> Void
    }

    package static let migrations = DeskSchema.migrations

    /// A desk that hears of all changes of service rooms from now on.
    package init(
        database: Database, messaging: MessagingEngine, accounts: Accounts, times: DeskTimes = DeskTimes()
    ) {
        self.database = database
        self.messaging = messaging
        self.accounts = accounts
        self.times = times
        messaging.roomFollower = DeskFollower(desk: self)
    }

    // MARK: Events

    /// Tells the desk what happened; answers after everything that follows is on disk.
    ///
    /// - Throws: `RequestError` for a refused event. What was due before it is stored all the same.
    ///
    /// - Parameter seen: a conversation and how many transitions the caller has seen of it; when there are more by now,
    ///   the event is refused.
    @discardableResult
    package func perform(_ event: DeskEvent, seen: (number: Int64, n: Int64)? = nil) async throws -> DeskOutcome {
        let (outcome, refusal) = try await database.write(bytes: 4_096) { [self] context in
            if let seen, let live = try look(context, { $0.conversations[seen.number] }), live.n != seen.n,
                try TransitionQueries.moved(seen.number, after: seen.n, context.connection)
            {
                throw RequestError(
                    status: 409, code: "M_CONFLICT", message: "The conversation has changed. Look again.",
                    extra: ["conversation": live.json])
            }
            return try received(event, in: context)
        }
        if let refusal { throw RequestError(refusal) }
        return outcome
    }

    /// Applies an event inside a write, and stores and shows what follows in the same transaction.
    ///
    /// - Parameter user: for an event that opens a conversation, who opens it.
    func received(
        _ event: DeskEvent, by user: Int64 = 0, in context: WriteContext
    ) throws -> (outcome: DeskOutcome, refusal: DeskRefusal?) {
        context.onRollback { [self] in machine.withLock { $0 = nil } }
        switch event {
        case .forced(let number, let agent, _), .transferred(let number, to: .agent(let agent), _):
            try refuseStranger(agent, to: number, context)
        default: break
        }
        let (outcome, refusal, next) = try machine.withLock { machine in
            var current = try machine.take() ?? load(context)
            let (outcome, refusal) = current.received(event, at: context.now)
            let next = current.nextDeadline
            machine = consume current
            return (outcome, refusal, next)
        }
        try store(outcome, openedBy: user, in: context)
        try show(outcome, in: context)
        try publish(outcome, in: context)
        let notices = outcome.notices
        context.afterCommit { [self] in
            due.withLock { $0 = next }
            bell.ring()
            tell(notices)
        }
        return (outcome, refusal)
    }

    private func load(_ context: WriteContext) throws -> DeskMachine {
        DeskMachine(
            times: times, queues: try DeskQueries.queues(context.connection),
            agents: try DeskQueries.agents(context.connection),
            conversations: try ConversationQueries.unresolved(context.connection), at: context.now)
    }

    private func store(_ outcome: DeskOutcome, openedBy user: Int64, in context: WriteContext) throws {
        for conversation in outcome.conversations.values.sorted(by: { $0.number < $1.number }) {
            try ConversationQueries.upsert(conversation, user: user, in: context)
        }
        for agent in outcome.agents.values.sorted(by: { $0.number < $1.number }) {
            try PresenceQueries.note(agent, in: context)
            try DeskQueries.update(agent, in: context)
        }
        for transition in outcome.transitions {
            let scene = outcome.conversations[transition.conversation]?.scene
            try TransitionQueries.insert(transition, scene: scene, in: context)
        }
    }

    /// Looks at the machine inside a write.
    func look<T>(_ context: WriteContext, _ body: (inout DeskMachine) throws -> T) throws -> T {
        try machine.withLock { machine in
            var current = try machine.take() ?? load(context)
            defer { machine = current }
            return try body(&current)
        }
    }

    /// Looks at the machine from anywhere; nil before the first event.
    func peek<T: Sendable>(_ body: (DeskMachine) -> T) -> T? {
        machine.withLock { machine in machine.map { body($0) } }
    }

    // MARK: Time

    /// Does what is due when it is due, until the task is cancelled. At its start it does what came due meanwhile.
    package func run() async throws {
        try await perform(.timePassed)
        while !Task.isCancelled {
            let next = due.withLock { $0 }
            await bell.wait(milliseconds: next.map { max(0, $0 - database.now) })
            guard !Task.isCancelled, let next = due.withLock({ $0 }), next <= database.now else { continue }
            try await perform(.timePassed)
        }
    }

    /// Tells somebody what is to be told, right after the commit that caused it.
    package func onNotices(_ call: @escaping @Sendable ([DeskNotice]) -> Void) {
        listeners.withLock { $0.append(Listener(call: call)) }
    }

    func tell(_ notices: [DeskNotice]) {
        guard !notices.isEmpty else { return }
        for listener in listeners.withLock({ $0 }) { listener.call(notices) }
    }

    // MARK: Checking

    /// What is wrong with the desk in the file; empty as long as dispatch is right.
    package func check() async throws -> [String] {
        try await database.write { [self] context in
            let broken = try TransitionQueries.broken(context.connection).map { "I7 history of \($0)" }
            let stored = try load(context)
            var found = stored.violations().filter { !$0.hasPrefix("I5") } + broken
            try look(context) { live in
                if live.conversations != stored.conversations { found.append("memory and file differ") }
            }
            // What came due since the last event is done first: until then somebody may wait beside a free agent.
            _ = try received(.timePassed, in: context)
            return try found + look(context) { $0.violations() }
        }
    }
}

extension RequestError {
    /// The refusal of an event as a caller hears of it.
    package init(_ refusal: DeskRefusal) {
        switch refusal {
        case .unknownConversation: self = .notFound("There is no such open conversation.")
        case .unknownAgent: self = .notFound("There is no such agent.")
        case .unknownQueue: self = .notFound("There is no such queue.")
        case .alreadyOpen(let number):
            self = RequestError(
                status: 409, code: "M_CONFLICT", message: "Conversation \(number) about this is open.",
                extra: ["conversation": .int(number)])
        case .stale(let status):
            self = RequestError(
                status: 409, code: "M_CONFLICT", message: "The conversation is \(status.name) by now. Look again.",
                extra: ["status": .string(status.name)])
        case .notEligible(let why):
            self = RequestError(
                status: 409, code: "M_CONFLICT", message: "This agent cannot take it now: \(why.rawValue).",
                extra: ["why": .string(why.rawValue)])
        case .notRatable:
            self = .forbidden("Only a conversation that ended within the last week can be rated.")
        case .impossible(let sentence): self = .invalidParam(sentence)
        }
    }
}
