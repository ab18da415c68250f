internal import Basics
internal import Imaging

/// The pictures of a training by what they are for, and how they come in batches.
struct TrainingData {
    let all: Dataset
    let train: Dataset
    let validation: Dataset
    let augmenters: [Augmenter]
    private let looks: Loader?

    /// The pictures of a data set whose samples know their split.
    init(_ all: Dataset, _ experiment: Experiment, augmenters: [Augmenter]) throws {
        (self.all, self.augmenters) = (all, augmenters)
        train = all.samples(of: .train)
        validation = all.samples(of: .validation)
        guard train.count > 0 else { throw RunError.data(["there are no pictures to learn from"]) }
        let side = ModelSettings(experiment.model, problems: ProblemList()).side
        looks =
            validation.count == 0
            ? nil
            : try Loader(
                dataset: validation, sampler: SequentialSampler(count: validation.count, batchSize: 16),
                options: LoaderOptions(side: side, seed: experiment.seed))
    }

    // MARK: Batches

    /// The order of a stage's samples: one for all, or one a source where sources have weights.
    ///
    /// `losses` are those of the samples' last visits, for orders that follow them.
    func sampler(
        _ stage: Experiment.Stage, _ experiment: Experiment, losses: [Float] = []
    ) -> any BatchSampler {
        let weights = experiment.sourceWeights
        let names = train.samples.map(\.source)
        let runs = names.indices.filter { $0 == 0 || names[$0] != names[$0 - 1] }
        guard runs.count > 1, runs.allSatisfy({ weights[names[$0]] != nil }) else {
            return sampler(stage, train, stage.batch.size, losses)
        }
        let ends = runs.dropFirst() + [names.count]
        let sum = runs.reduce(0) { $0 + (weights[names[$1]] ?? 1) }
        return MixedSampler(
            zip(runs, ends).map { start, end in
                let weight = weights[names[start]] ?? 1
                let share = stage.batch.mixesSources ? weight / sum : 1
                let part = Dataset(samples: Array(train.samples[start..<end]), classNames: train.classNames)
                let size = max(1, Int((Double(stage.batch.size) * share).rounded()))
                let own = losses.count == names.count ? Array(losses[start..<end]) : []
                return MixedSampler.Part(sampler(stage, part, size, own), weight: weight, offset: start)
            }, mode: stage.batch.mixesSources ? .together : .single)
    }

    private func sampler(
        _ stage: Experiment.Stage, _ part: Dataset, _ size: Int, _ losses: [Float]
    ) -> any BatchSampler {
        let labels = part.labels(stage.batch.label ?? stage.losses.first?.label ?? "label")
        switch stage.batch.sampler {
        case .byLabels:
            let classes = max(1, stage.batch.labels * size / max(stage.batch.size, 1))
            return ClassSampler(labels: labels, classes: classes, samples: stage.batch.perLabel)
        case .balanced: return WeightedSampler.classBalanced(labels: labels, batchSize: size)
        case .hard:
            return WeightedSampler.hardnessWeighted(
                losses: part.samples.indices.map { losses.indices.contains($0) ? Double(losses[$0]) : nil },
                batchSize: size, power: stage.batch.hardness.power, floor: stage.batch.hardness.floor)
        case .queryTargeted:
            let queries = all.samples.filter { $0.split == .test }.compactMap(\.text)
            return WeightedSampler(
                weights: QueryTargeting.weights(
                    rows: part.samples.map { MatchRow(query: $0.text ?? "") }, testQueries: queries,
                    copies: stage.batch.targeting.copies, nearest: stage.batch.targeting.nearest), batchSize: size)
        case .shuffled: return ShuffleSampler(count: part.count, batchSize: size, keepsRest: part.count < size)
        }
    }

    func batchCount(_ stage: Experiment.Stage, _ experiment: Experiment) -> Int {
        sampler(stage, experiment).batches(epoch: 0, seed: experiment.seed).count
    }

    /// What makes the batches of a stage, with pictures of a side.
    func loader(_ stage: Experiment.Stage, side: Int, _ experiment: Experiment) throws -> Loader {
        let place = experiment.stages.firstIndex(of: stage) ?? 0
        var options = LoaderOptions(
            imageSize: ImageSize(width: side, height: side), reserve: experiment.loading.reserve,
            tasks: experiment.tasks, cacheBytes: experiment.loading.cacheMebibytes << 20, seed: experiment.seed)
        if experiment.isDetector { options.servesDetector() }
        return try Loader(
            dataset: train, sampler: sampler(stage, experiment),
            augmenter: augmenters.indices.contains(place) ? augmenters[place] : Augmenter(), options: options)
    }

    /// A few held-out pictures: the `number`-th of the looks that go round them.
    func look(_ number: Int, size: Int, _ experiment: Experiment) throws -> HostBatch? {
        guard let looks else { return nil }
        let sampler = ShuffleSampler(count: validation.count, batchSize: size, keepsRest: validation.count < size)
        let round = max(sampler.batches(epoch: 0, seed: experiment.seed).count, 1)
        let batches = sampler.batches(epoch: number / round, seed: experiment.seed)
        return try looks.batch(number % round, of: LoaderPlan(batches, epoch: number / round))
    }

    // MARK: Figures

    /// What the held-out pictures are asked, answered.
    func figures(_ experiment: Experiment, _ embedder: Embedder) throws -> [(name: String, value: Double)] {
        let evaluation = experiment.evaluation
        let label = experiment.firstLabel
        let (queries, gallery) = sets(evaluation)
        let asked = try embedder(queries, tasks: experiment.tasks)
        let isWithin = evaluation.protocolName == EvaluationProtocol.photos.rawValue
        let searched = isWithin ? asked : try embedder(gallery, tasks: experiment.tasks)
        return try HeldOutSearch(queries: asked, gallery: searched, label: label, isWithin: isWithin).figures()
    }

    /// How well a detector finds the boxes of held-out pictures. Sources without any box do not count.
    func figures(_ experiment: Experiment, _ finder: BoxFinder) throws -> [(name: String, value: Double)] {
        let boxed = Set(all.samples.filter { !$0.boxes.isEmpty }.map(\.source))
        let asked = validation.filtered { boxed.contains($0.source) }
        guard asked.count > 0 else { return [("pictures", 0)] }
        return try BoxFigures(finder(asked, tasks: experiment.tasks)).all
    }

    private func sets(_ evaluation: Experiment.Evaluation) -> (queries: Dataset, gallery: Dataset) {
        switch EvaluationProtocol(rawValue: evaluation.protocolName) {
        case .nearest: return (validation, train)
        case .userMerchant:
            let asked = evaluation.queries.map { name in validation.filtered { $0.source == name } } ?? validation
            return (asked, all.filtered { $0.source == evaluation.gallery || $0.source == evaluation.strangers })
        case .photos, nil: return (validation, validation)
        }
    }
}

extension Dataset {
    /// The samples for which something holds, with the same classes.
    func filtered(_ isWanted: (Sample) -> Bool) -> Dataset {
        Dataset(samples: samples.filter(isWanted), classNames: classNames, report: report)
    }
}

extension Experiment {
    /// How often batches come from each source, where that is said.
    var sourceWeights: [String: Double] {
        var weights: [String: Double] = [:]
        for source in sources {
            if let name = source["name"]?.stringValue { weights[name] = source["weight"]?.doubleValue }
        }
        return weights
    }

    /// Tasks that make batches.
    var tasks: Int { loading.tasks ?? max(1, threads - 1) }
}
