import Basics
import Foundation

/// One run of a day: what is to come, in order of time, against the desk.
struct BusyDayRun {
    private enum Step: Sendable, Hashable, Comparable {
        case arrival(Int64)
        case accept(Int64, Int64)
        case look(Int64)
        case end(Int64)
        case job
        case tick
    }
    private let day: BusyDay
    private var random: SeededRandom
    private var machine: DeskMachine
    private var steps = Deadlines<Step>()
    private var report = BusyDay.Report()
    private var arrived: [Int64: Int64] = [:]
    private var shown: [Int64: ClosedRange<Int64>] = [:]
    /// Those who found nobody free, where a job looks at them.
    private var backlog: [Int64] = []
    private var now: Int64 = 0
    /// When the newest conversation comes.
    private var last: Int64 = 0

    init(day: BusyDay, seed: UInt64) {
        self.day = day
        random = SeededRandom(seed: seed)
        var times = DeskTimes()
        // Nobody is silent on this day: each conversation lasts as long as it is drawn.
        (times.firstSilence, times.laterSilence, times.idle) = (1 << 40, 1 << 40, 1 << 40)
        var mode = QueueMode.pick
        var policy = ChoicePolicy.leastLoaded
        if case .dispatch(let itsMode, let itsPolicy) = day.rule { (mode, policy) = (itsMode, itsPolicy) }
        let queues = Set([1] + day.recorded.map(\.queue)).sorted().map {
            DeskQueue(number: $0, name: "\($0)", mode: mode, policy: policy, target: 86_400_000)
        }
        let start = max(0, (day.recorded.first?.at ?? 0) - 1)
        now = start
        machine = DeskMachine(
            times: times, queues: queues, agents: Self.agents(day, queues: Set(queues.map(\.number))),
            conversations: [], at: start)
    }

    private static func agents(_ day: BusyDay, queues: Set<Int64>) -> [DeskAgent] {
        guard day.roster.isEmpty else {
            return day.roster.enumerated().map { place, agent in
                DeskAgent(
                    number: Int64(place) + 1, status: .available, capacity: agent.capacity, skills: agent.skills,
                    queues: agent.queues.isEmpty ? queues : agent.queues.intersection(queues), shift: agent.shift)
            }
        }
        // On a recorded day everybody can do everything: who could was not recorded.
        let all = Set(day.recorded.flatMap(\.skills))
        return (1...Int64(max(1, day.agents))).map { number in
            DeskAgent(
                number: number, status: .available, capacity: day.capacity,
                skills: all.union(number % 3 == 0 ? ["special"] : []), queues: queues)
        }
    }

    mutating func run() -> BusyDay.Report {
        last = next(1)
        steps.set(.arrival(1), last)
        if case .job(let every) = day.rule { steps.set(.job, every) }
        while let at = steps.first() {
            // Who waits for an agent that never comes must not keep the day from ending.
            guard at <= last + Self.longestWait, let step = steps.popDue(at) else { break }
            now = at
            take(step)
            if arrived.isEmpty, report.waits.count >= count { break }
            if case .job = day.rule, report.waits.count + backlog.count >= count, machine.agentsAreIdle { break }
        }
        report.left = arrived.count
        return report
    }

    private mutating func take(_ step: Step) {
        switch step {
        case .arrival(let number): arrive(number)
        case .accept(let number, let agent): send(.accepted(number, agent: agent))
        case .look(let agent): look(agent)
        case .end(let number): end(number)
        case .job: job()
        case .tick: send(.timePassed)
        }
    }

    /// A week and a day: shifts come round once a week.
    private static let longestWait: Int64 = 8 * 86_400_000

    private mutating func arrive(_ number: Int64) {
        arrived[number] = now
        let isSkilled = random.next() % 100 < day.skilledPercent
        let before = recorded(number)
        let queue = before?.queue ?? 1
        let conversation = Conversation(
            number: number, room: number, shop: 1, topic: "buy", person: number, queue: queue,
            priority: day.priorities[queue] ?? before?.priority ?? 0,
            skills: before?.skills ?? (isSkilled ? ["special"] : []), opened: now)
        send(.opened(conversation, robot: nil))
        if let seconds = machine.estimate(number, handling: Int64(day.handling))?.seconds { shown[number] = seconds }
        if number < count {
            last = next(number + 1)
            steps.set(.arrival(number + 1), last)
        }
        switch day.rule {
        case .dispatch(.pick, _):
            for agent in machine.freeAgents { steps.set(.look(agent), now + uniform(day.reaction)) }
        case .dispatch: break
        case .job:
            // The newcomer gets whoever is free; those before it wait for the job.
            if let agent = machine.freeAgents.first {
                send(.picked(number, agent: agent))
            } else {
                backlog.append(number)
            }
        }
    }

    private mutating func end(_ number: Int64) {
        let agent = machine.conversations[number]?.owner?.agent
        send(.resolved(number, by: agent))
        if case .dispatch(.pick, _) = day.rule, let agent { steps.set(.look(agent), now + uniform(day.reaction)) }
    }

    /// An agent who has time takes the oldest from the list.
    private mutating func look(_ agent: Int64) {
        guard let place = machine.firstInLine(for: agent) else { return }
        send(.picked(place, agent: agent))
        steps.set(.look(agent), now + uniform(day.reaction))
    }

    private mutating func job() {
        while let first = backlog.first, let agent = machine.freeAgents.first {
            backlog.removeFirst()
            send(.picked(first, agent: agent))
        }
        if case .job(let every) = day.rule { steps.set(.job, now + every) }
    }

    private mutating func send(_ event: DeskEvent) {
        let (outcome, _) = machine.received(event, at: now)
        for transition in outcome.transitions {
            let number = transition.conversation
            guard let agent = transition.owner?.agent else { continue }
            if transition.to == .offered {
                steps.set(.accept(number, agent), now + uniform(day.reaction))
            } else if transition.to == .open {
                began(number, agent)
            }
        }
        steps.set(.tick, machine.nextDeadline.map { max($0, now) })
    }

    private mutating func began(_ number: Int64, _ agent: Int64) {
        guard let since = arrived.removeValue(forKey: number) else { return }
        report.waits.append(now - since)
        report.assigned[agent, default: 0] += 1
        if let range = shown.removeValue(forKey: number) {
            report.shown += 1
            if (range.lowerBound * 1_000...range.upperBound * 1_000).contains(now - since) { report.inRange += 1 }
        }
        steps.set(.end(number), now + length(number))
    }

    // MARK: What comes

    private var count: Int { day.recorded.isEmpty ? day.arrivals : day.recorded.count }

    private func recorded(_ number: Int64) -> RecordedArrival? {
        let place = Int(clamping: number - 1)
        return day.recorded.indices.contains(place) ? day.recorded[place] : nil
    }

    /// When a conversation comes; a recorded day begins with its first.
    private mutating func next(_ number: Int64) -> Int64 {
        guard let arrival = recorded(number) else { return now + draw(day.between) }
        return max(now, arrival.at)
    }

    /// How long a conversation keeps its agent.
    private mutating func length(_ number: Int64) -> Int64 {
        recorded(number).map { max(1, $0.handling) } ?? draw(day.handling)
    }

    // MARK: Chance

    /// Exponentially distributed, at least a millisecond.
    private mutating func draw(_ mean: Double) -> Int64 {
        let share = Double(random.next() >> 11) / Double(1 << 53)
        return max(1, Int64(-mean * log(1 - share)))
    }

    private mutating func uniform(_ limit: Double) -> Int64 {
        max(1, Int64(limit * Double(random.next() >> 11) / Double(1 << 53)))
    }
}

extension DeskMachine {
    var freeAgents: [Int64] { agents.values.filter { $0.isPresent && $0.hasRoom }.map(\.number).sorted() }
    var agentsAreIdle: Bool { agents.values.allSatisfy { $0.load == 0 } }

    /// The first waiting conversation that an agent may take by hand.
    func firstInLine(for number: Int64) -> Int64? {
        guard let agent = agents[number], agent.isPresent, agent.hasRoom else { return nil }
        let places = agent.queues.compactMap { queue in orders[queue]?.first(skills: agent.skills) { _ in true } }
        return places.min()?.conversation
    }
}
