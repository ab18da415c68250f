package import Basics
package import Foundation
internal import Imaging

/// An experiment with its pictures read and everything checked: nothing is left that could be wrong before the first
/// step.
package struct PreparedExperiment: Sendable {
    /// What is trained.
    package let experiment: Experiment
    /// All pictures, each with its split.
    package private(set) var dataset: Dataset
    /// One a stage.
    package let augmenters: [Augmenter]
    /// The folder that the file's paths start from.
    package let base: URL
    /// Classes that are kept from training altogether, if the file says so.
    package private(set) var leftOutClasses: LeftOut?
    /// Digests of the pictures' files, in the order of the samples.
    package private(set) var digests: [FileDigest?]

    /// Reads and checks.
    ///
    /// Throws ``ExperimentError`` with everything that is wrong with file, columns, labels and augmentations, or
    /// `DataError` when the pictures themselves are at fault.
    package init(json: JSONObject, base: URL) throws {
        let problems = ProblemList()
        let experiment = Experiment(json: json, problems: problems)
        var resolved = experiment
        resolved.resolve(base)
        (self.experiment, self.base) = (resolved, base)
        let sources = Self.sources(experiment, base, problems)
        _ = ModelSettings(experiment.model, problems: problems)
        if let mutual = experiment.mutual { _ = ModelSettings(mutual.model, path: "mutual.model", problems: problems) }
        augmenters = Self.augmenters(experiment, Self.backgrounds(experiment, base, problems), problems)
        var parts: [Dataset] = []
        for (index, source) in sources.enumerated() {
            do {
                parts.append(try source.read())
            } catch let error as DataError {
                if case .tooManyBroken = error { throw error }
                problems.add("sources[\(index)]", error.description)
            }
        }
        dataset = Dataset.joined(parts)
        digests = []
        if parts.count == sources.count { Self.checkLabels(experiment, dataset, problems) }
        guard problems.problems.isEmpty else { throw ExperimentError(problems.problems) }
        try assignSplits()
        let lacks = lacks()
        guard lacks.isEmpty else { throw ExperimentError(lacks) }
    }

    /// What a run's folder says, read and checked again.
    package init(resuming folder: RunFolder) throws {
        guard let json = folder.read("config.json")?.objectValue,
            let base = folder.read("env.json")?["base"]?.stringValue
        else {
            throw RunError.damaged(folder.url.path, reason: "config.json or env.json is missing: is it a run's folder?")
        }
        try self.init(json: json, base: URL(filePath: base))
        if folder.read("env.json")?["final"]?.boolValue == true { learnFromHeldOut() }
    }

    // MARK: Parts

    private static func sources(_ experiment: Experiment, _ base: URL, _ problems: ProblemList) -> [NamedSource] {
        let sources = experiment.sources.enumerated().map { index, object in
            NamedSource(ConfigurationReader(object, path: "sources[\(index)]", problems: problems), base: base)
        }
        let names = sources.map(\.name)
        for (index, name) in names.enumerated() where names.firstIndex(of: name) != index {
            problems.add("sources[\(index)].name", "\(name) is the name of another source")
        }
        let evaluation = experiment.evaluation
        for (key, name) in [
            ("queries", evaluation.queries), ("gallery", evaluation.gallery), ("strangers", evaluation.strangers),
        ] {
            guard let name, !names.contains(name) else { continue }
            problems.add("evaluate.\(key)", "no source is called \(name) (there are \(names.joined(separator: ", ")))")
        }
        return sources
    }

    /// Photographs of grounds, decoded when they are first wanted, with a share of the pictures' memory.
    private static func backgrounds(
        _ experiment: Experiment, _ base: URL, _ problems: ProblemList
    ) -> AugmentationResources {
        guard let object = experiment.backgrounds else { return AugmentationResources() }
        let source = NamedSource(
            ConfigurationReader(object, path: "backgrounds", problems: problems), base: base)
        do {
            let side = ModelSettings(experiment.model, problems: ProblemList()).side
            let cache = PictureCache(
                samples: try source.read().samples, least: ImageSize(width: side, height: side),
                budget: experiment.loading.cacheMebibytes << 18)
            return AugmentationResources(backgrounds: cache)
        } catch {
            problems.add("backgrounds", "\(error)")
            return AugmentationResources()
        }
    }

    private static func augmenters(
        _ experiment: Experiment, _ resources: AugmentationResources, _ problems: ProblemList
    ) -> [Augmenter] {
        var augmenters: [Augmenter] = []
        for (index, stage) in experiment.stages.enumerated() {
            let path = experiment.json["stages"] == nil ? "augment" : "stages[\(index)].augment"
            do {
                augmenters.append(try AugmentationRegistry.make(stage.augment, resources, path: path))
            } catch {
                problems.add(error.problems.filter { !problems.problems.contains($0) })
            }
        }
        if experiment.isDetector, augmenters.contains(where: { !$0.batchSteps.isEmpty }) {
            problems.add("augment", "mixUp and cutMix mix labels, which boxes do not have")
        }
        return augmenters
    }

    private static func checkLabels(_ experiment: Experiment, _ dataset: Dataset, _ problems: ProblemList) {
        let known = dataset.classNames.keys.sorted().joined(separator: ", ")
        var asked: [(path: String, label: String)] = []
        for stage in experiment.stages { asked += stage.losses.map { ($0.path + "label", $0.label) } }
        for (index, head) in ModelSettings(experiment.model, problems: ProblemList()).heads.enumerated() {
            asked.append(("model.heads[\(index)].label", head.label))
        }
        if let label = experiment.evaluation.label { asked.append(("evaluate.label", label)) }
        var told: Set<String> = []
        for (path, label) in asked where told.insert(path).inserted {
            if dataset.classNames[label] == nil {
                problems.add(path, "no source has the label \(label) (there are \(known))")
            } else if dataset.classCount(label) < 2 {
                problems.add(path, "the label \(label) has fewer than two classes")
            }
        }
    }

    // MARK: Splits

    private mutating func assignSplits() throws {
        let problems = ProblemList()
        var reader = ConfigurationReader(experiment.split ?? JSONObject(), path: "split", problems: problems)
        let file = reader.text("file")
        let validation = reader.int("validation", in: 0...100) ?? 10
        let test = reader.int("test", in: 0...100) ?? 0
        let seed = UInt64(reader.int("seed", in: 0...(1 << 53) - 1) ?? 0)
        let isNear = reader.flag("near") ?? true
        let left = Self.leftOut(&reader)
        reader.finish()
        if validation + test > 100 {
            problems.add("split", "validation and test are percent, and leave some to learn from")
        }
        guard problems.problems.isEmpty else { throw ExperimentError(problems.problems) }
        if let file {
            try Splits.assign(&dataset, from: file.hasPrefix("/") ? URL(filePath: file) : base.appending(path: file))
        }
        for index in dataset.samples.indices where dataset.samples[index].source == experiment.evaluation.strangers {
            // Strangers stand in the gallery only; whatever their folders are called, they are no class that is asked for.
            dataset.samples[index].split = .test
            dataset.samples[index].labels = [:]
        }
        if let left { leftOutClasses = leaveOut(left, seed: seed) }
        Splits.assign(&dataset, seed: seed, validation: validation, test: test)
        var check = LeakCheck()
        try check.check(&dataset, near: isNear)
        digests = check.digests
        guard dataset.samples.contains(where: { $0.split == .train }) else {
            throw RunError.data(["there are no pictures to learn from: every one is held out"])
        }
    }

    private static func leftOut(_ reader: inout ConfigurationReader) -> (label: String, percent: Int)? {
        guard var inner = reader.inner("leaveOut") else { return nil }
        let left = (inner.text("label") ?? "label", inner.int("percent", in: 1...90) ?? 10)
        inner.finish()
        return left
    }

    /// Keeps whole classes of a label from training: their pictures are reported on only.
    private mutating func leaveOut(_ left: (label: String, percent: Int), seed: UInt64) -> LeftOut {
        let names = dataset.classNames[left.label] ?? []
        let chosen = names.indices.filter { Splits.percent(names[$0], seed: seed) < left.percent }
        for index in dataset.samples.indices
        where dataset.samples[index].labels[left.label].map(chosen.contains) == true {
            dataset.samples[index].split = .test
        }
        return LeftOut(label: left.label, classes: Set(chosen))
    }

    /// Classes that no training saw.
    package struct LeftOut: Hashable, Sendable {
        /// Their label.
        package let label: String
        /// Their numbers.
        package let classes: Set<Int>
    }

    /// Puts the held-out pictures among those that are learnt from; no figure can be told then.
    package mutating func learnFromHeldOut() {
        for index in dataset.samples.indices where dataset.samples[index].split == .validation {
            dataset.samples[index].split = .train
        }
    }

    // MARK: The run's folder

    /// Makes the folder of a run, with everything that tells later what it stood on.
    package func makeFolder(in runs: URL, isFinal: Bool = false) throws -> RunFolder {
        let clock = SystemWallClock()
        let folder = try RunFolder.make(
            in: runs, name: experiment.name, configuration: .object(experiment.json), clock: clock)
        try folder.keep(
            "env.json",
            [
                "base": .string(base.path), "final": .bool(isFinal), "libtorch": .string(TorchRuntime.version),
                "threads": .int(Int64(experiment.threads)), "seed": .int(Int64(experiment.seed)),
                "cores": .int(Int64(ProcessInfo.processInfo.activeProcessorCount)),
            ])
        try folder.keep("data.json", dataJSON)
        var classes = JSONObject()
        for label in dataset.classNames.keys.sorted() {
            classes[label] = .array((dataset.classNames[label] ?? []).map(JSON.string))
        }
        try folder.keep("classes.json", .object(classes))
        try folder.keep("data_report.json", dataset.report.json(for: dataset))
        return folder
    }

    /// Scales with which a classifier of so many classes cannot become sure of any.
    package var scaleWarnings: [String] {
        let scales = ["arcface": 64.0, "cosface": 30, "normalized": 30]
        return experiment.stages.flatMap(\.losses).compactMap { term in
            guard let name = term.json["type"]?.stringValue, let usual = scales[name] else { return nil }
            let scale = term.json["s"]?.doubleValue ?? usual
            let least = MarginHead.smallestScale(classes: dataset.classCount(term.label), probability: 0.9)
            guard scale < least else { return nil }
            return "\(term.path)s is \(scale); \(dataset.classCount(term.label)) classes need at least "
                + "\((least * 10).rounded() / 10) to reach a probability of 0.9"
        }
    }

    /// The folder of a name, made if it is not there: for runs that are looked for again.
    package func folder(named name: String, in runs: URL) throws -> RunFolder {
        let known = RunFolder(runs.appending(path: name))
        if known.state != nil { return known }
        let made = try makeFolder(in: runs)
        try DurableFile.move(made.url.path, to: known.url.path)
        return known
    }

    /// The pictures for which something holds.
    package func subset(_ isWanted: (Sample) -> Bool) -> Dataset { dataset.filtered(isWanted) }

    private var dataJSON: JSON {
        .array(
            dataset.samples.enumerated().map { index, sample in
                [
                    "id": .string("\(sample.source)/\(sample.id)"), "split": .string(sample.split?.rawValue ?? "none"),
                    "sha256": (digests.indices.contains(index) ? digests[index] : nil).map { .string("\($0)") }
                        ?? .null,
                ]
            })
    }
}
