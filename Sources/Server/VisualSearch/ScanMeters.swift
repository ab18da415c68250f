import Synchronization
import VisualSearch

/// What `/metrics` tells of scans and of the indexes that answer them.
final class ScanMeters: Sendable {
    /// The worst part counts: its share of true neighbours that were found.
    struct IndexReading: Sendable {
        var vectors = 0
        var recall: Double?
        var lowRecall: Double?
    }

    let scans = Counter()
    let refused = Counter()
    let feedback = Counter()
    private let verdicts: [String: Counter]
    private let stages: [String: Histogram]
    private let index = Mutex(IndexReading())

    static let verdictNames = ["sameItem", "similarOnly", "nothing", "uncalibrated"]

    init() {
        verdicts = Dictionary(uniqueKeysWithValues: Self.verdictNames.map { ($0, Counter()) })
        stages = Dictionary(uniqueKeysWithValues: ScanStage.allCases.map { ($0.rawValue, Histogram()) })
    }

    /// Counts an answer.
    func answered(_ answer: ScanAnswer) {
        scans.add()
        verdicts[answer.verdict.name]?.add()
        for timing in answer.timings { stages[timing.stage]?.observe(timing.milliseconds / 1_000) }
    }

    func indexRead(_ reading: IndexReading) { index.withLock { $0 = reading } }

    /// Shows everything.
    func register(in metrics: Metrics, gate: ScanGate) {
        let scans = scans
        let refused = refused
        let feedback = feedback
        metrics.counter("vitrine_scans_total", "Answers of scans, those for another part of a picture too.") {
            Double(scans.total)
        }
        metrics.counter("vitrine_scans_refused_total", "Scans that were refused or failed.") { Double(refused.total) }
        metrics.counter("vitrine_scan_feedback_total", "Words of people about answers.") { Double(feedback.total) }
        metrics.gauge("vitrine_scans_running", "Scans under way.") { Double(gate.count) }
        for name in Self.verdictNames {
            guard let counter = verdicts[name] else { continue }
            metrics.counter("vitrine_scan_verdicts_total", "Answers by verdict.", labels: [("verdict", name)]) {
                Double(counter.total)
            }
        }
        for stage in ScanStage.allCases {
            guard let histogram = stages[stage.rawValue] else { continue }
            metrics.histogram(
                "vitrine_scan_stage_seconds", "Time of the stages of scans.", labels: [("stage", stage.rawValue)],
                showing: histogram)
        }
        metrics.gauge("vitrine_index_vectors", "Vectors that can be found, as of the last upkeep.") {
            Double(self.index.withLock { $0.vectors })
        }
        metrics.gauge("vitrine_index_recall", "Recall of the worst part of the index, measured last; 1 before.") {
            self.index.withLock { $0.recall } ?? 1
        }
        metrics.gauge("vitrine_index_recall_low", "The lower end of its 95 % interval; 1 before.") {
            self.index.withLock { $0.lowRecall } ?? 1
        }
    }
}
