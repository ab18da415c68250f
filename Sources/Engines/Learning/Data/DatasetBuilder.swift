/// Collects the samples of one source.
struct DatasetBuilder {
    private let source: String
    private let brokenShare: Double
    private(set) var classes: ClassTable
    private(set) var samples: [Sample] = []
    private var ids: Set<String> = []
    var report = DataReport()

    init(source: String, brokenShare: Double, classNames: [String: [String]] = [:]) {
        (self.source, self.brokenShare) = (source, brokenShare)
        classes = ClassTable(classNames)
    }

    /// The number of a class by its name.
    mutating func label(_ name: String, in column: String) -> Int { classes.label(name, in: column) }

    /// Adds a sample; one of an id that is there already is left out.
    mutating func add(_ sample: Sample, at place: @autoclosure () -> String) {
        var sample = sample
        sample.source = source
        guard ids.insert(sample.id).inserted else { return report.skip(place(), "the id \(sample.id) stands twice") }
        samples.append(sample)
    }

    /// The data set; classes are sorted by name unless their order was given.
    ///
    /// Throws when nothing is left, or too much was left out.
    consuming func finish(sorts: Bool = true) throws(DataError) -> Dataset {
        let all = samples.count + report.skippedCount
        guard Double(report.skippedCount) <= brokenShare * Double(all) else {
            throw .tooManyBroken(
                count: report.skippedCount, of: all,
                examples: report.skipped.prefix(3).map { "\($0.place): \($0.reason)" })
        }
        guard !samples.isEmpty else { throw .empty(source) }
        report.samples[source] = samples.count
        guard sorts else { return Dataset(samples: samples, classNames: classes.names, report: report) }
        let (names, moved) = classes.sorted()
        for index in samples.indices {
            for (column, label) in samples[index].labels { samples[index].labels[column] = moved[column]?[label] }
            for box in samples[index].boxes.indices {
                let label = samples[index].boxes[box].label
                if label >= 0 { samples[index].boxes[box].label = moved[Dataset.boxColumn]?[label] ?? -1 }
            }
        }
        return Dataset(samples: samples, classNames: names, report: report)
    }
}
