/// What a model's queue has done.
public struct ModelFigures: Hashable, Sendable {
    /// Requests that were answered.
    public internal(set) var answers: UInt64 = 0
    /// Runs: fewer than requests when some shared one.
    public internal(set) var runs: UInt64 = 0
    /// Requests that failed.
    public internal(set) var failures: UInt64 = 0
    /// Requests whose deadline passed.
    public internal(set) var timeouts: UInt64 = 0
    /// Requests that found too many waiting.
    public internal(set) var overloads: UInt64 = 0
    /// Requests that wait now.
    public internal(set) var waiting = 0
    /// Milliseconds from request to answer of the last answers, the oldest overwritten.
    private var recent: [Double] = []
    private var nextPlace = 0

    private static let kept = 512

    /// No request so far.
    public init() {}

    /// Adds the counts of a queue that is no more.
    public mutating func add(_ other: ModelFigures) {
        answers &+= other.answers
        runs &+= other.runs
        failures &+= other.failures
        timeouts &+= other.timeouts
        overloads &+= other.overloads
    }

    /// Milliseconds within which a share of the last 512 answers came; nil before the first.
    public func latency(_ share: Double) -> Double? {
        guard !recent.isEmpty else { return nil }
        let place = Int((Double(recent.count - 1) * min(1, max(0, share))).rounded())
        return recent.sorted()[place]
    }

    mutating func note(_ jobs: [ModelQueue.Job], _ results: [Result<[String: Tensor], InferenceError>]) {
        runs += 1
        for (job, result) in zip(jobs, results) {
            switch result {
            case .success:
                answers += 1
                note((ContinuousClock.now - job.begin) / .milliseconds(1))
            case .failure(let error):
                if error.kind == .timedOut { timeouts += 1 } else { failures += 1 }
            }
        }
    }

    private mutating func note(_ milliseconds: Double) {
        if recent.count < Self.kept {
            recent.append(milliseconds)
        } else {
            recent[nextPlace] = milliseconds
        }
        nextPlace = (nextPlace + 1) % Self.kept
    }
}
