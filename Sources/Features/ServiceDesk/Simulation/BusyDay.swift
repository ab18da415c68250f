/// A day of a shop on virtual time: the same dispatch as live, with arrivals and agents drawn from a seed.
///
/// Answers what another roster, capacity, mode or policy would do to waits and loads.
package struct BusyDay: Sendable {
    /// How conversations reach agents.
    package enum Rule: Sendable, Hashable {
        /// As the queue says, at once.
        case dispatch(QueueMode, ChoicePolicy)
        /// Newcomers get a free agent; those who found none are looked at by a job every so many milliseconds.
        case job(every: Int64)
    }

    package var rule: Rule
    package var agents: Int
    package var capacity: Int64
    /// Mean milliseconds between arrivals.
    package var between: Double
    /// Mean milliseconds that a conversation keeps its agent.
    package var handling: Double
    package var arrivals: Int
    /// Of a hundred conversations, how many need a skill that every third agent has.
    package var skilledPercent: UInt64
    /// The longest time until an offer is accepted or a conversation picked.
    package var reaction: Double
    /// Conversations as they came, in order of time; then nothing about them is drawn.
    package var recorded: [RecordedArrival] = []
    /// Agents as they are or might be, instead of `agents` equal ones.
    package var roster: [RosterAgent] = []
    /// Priorities of queues in place of those that were recorded.
    package var priorities: [Int64: Int64] = [:]

    package init(
        rule: Rule = .dispatch(.push, .leastLoaded), agents: Int, capacity: Int64 = 1, between: Double,
        handling: Double, arrivals: Int, skilledPercent: UInt64 = 0, reaction: Double = 8_000
    ) {
        self.rule = rule
        self.agents = agents
        self.capacity = capacity
        self.between = between
        self.handling = handling
        self.arrivals = arrivals
        self.skilledPercent = skilledPercent
        self.reaction = reaction
    }

    /// What came out.
    package struct Report: Sendable, Hashable {
        /// How long each conversation waited until an agent had it, in milliseconds.
        package var waits: [Int64] = []
        /// Conversations that each agent had.
        package var assigned: [Int64: Int] = [:]
        /// Conversations that still wait.
        package var left = 0
        /// Of the waits that a range was shown for: how many lay inside it.
        package var inRange = 0
        package var shown = 0

        /// The part of all conversations that had to wait at all.
        package var waitingShare: Double {
            waits.isEmpty ? 0 : Double(waits.count { $0 > 0 }) / Double(waits.count)
        }

        package var mean: Double {
            waits.isEmpty ? 0 : Double(waits.reduce(0, +)) / Double(waits.count)
        }

        /// The wait below which a share of all waits lies, in milliseconds.
        package func quantile(_ share: Double) -> Int64 {
            let sorted = waits.sorted()
            guard !sorted.isEmpty else { return 0 }
            return sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))]
        }

        /// How evenly agents were used: 1 when all had the same number.
        package var fairness: Double {
            let counts = assigned.values.map(Double.init)
            let sum = counts.reduce(0, +)
            let squares = counts.reduce(0) { $0 + $1 * $1 }
            return squares > 0 ? sum * sum / (Double(counts.count) * squares) : 1
        }
    }

    /// Runs the day.
    package func run(seed: UInt64) -> Report {
        var run = BusyDayRun(day: self, seed: seed)
        return run.run()
    }
}

extension BusyDay {
    /// The rules that a shop may compare, by name.
    package static let rules: [(name: String, rule: Rule)] = [
        ("push, least loaded", .dispatch(.push, .leastLoaded)),
        ("push, longest idle", .dispatch(.push, .longestIdle)),
        ("push, specialists first", .dispatch(.push, .specialist)),
        ("offer, least loaded", .dispatch(.offer, .leastLoaded)),
        ("pick", .dispatch(.pick, .leastLoaded)),
        ("newcomers at once, the rest by a job every 15 min", .job(every: 900_000)),
    ]
}

extension BusyDay.Report {
    /// The waits in a line for people.
    package var summary: String {
        "mean \(Int(mean / 1_000)) s, \((waitingShare * 1_000).rounded() / 10) % wait, p50 \(quantile(0.5) / 1_000) s, p90 \(quantile(0.9) / 1_000) s, "
            + "p99 \(quantile(0.99) / 1_000) s, left \(left), fairness \((fairness * 1_000).rounded() / 1_000)"
    }
}
