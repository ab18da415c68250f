import Learning

/// What is about to be trained, in a few lines.
enum Summary {
    static func say(_ prepared: PreparedExperiment) {
        let dataset = prepared.dataset
        func count(_ split: Split) -> String { Terminal.count(dataset.samples.count { $0.split == split }) }
        Terminal.say(
            "pictures: \(count(.train)) to learn from, \(count(.validation)) to choose with, \(count(.test)) to report on"
        )
        let labels = dataset.classNames.keys.sorted().map { "\($0) \(dataset.classCount($0))" }
        Terminal.say("classes: \(labels.joined(separator: ", "))")
        if dataset.report.skippedCount > 0 {
            Terminal.say(
                "left out: \(dataset.report.skippedCount), such as \(dataset.report.skipped.first?.place ?? "")")
        }
        for warning in prepared.scaleWarnings + prepared.remarks { Terminal.warn("warning: \(warning)") }
        for warning in dataset.report.warnings.prefix(5) { Terminal.warn("warning: \(warning)") }
    }
}
