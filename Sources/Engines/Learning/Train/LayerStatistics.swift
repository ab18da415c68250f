internal import Synchronization

/// What the layers of a net make of one batch: how large their numbers are, how much of them is silent, and how large the
/// gradients of their weights.
package struct LayerStatistics {
    /// One operation with weights, or a rectifier behind one.
    package struct Row: Hashable, Sendable {
        /// The key of the layer, such as `backbone.layer1.0.conv1`; with ` relu` for the rectifier behind it.
        package let key: String
        /// The shape of what it gives.
        package let shape: [Int]
        /// The mean of what it gives.
        package let mean: Double
        /// The standard deviation of what it gives.
        package let deviation: Double
        /// The share of channels that are 0 for the whole batch; nil for maps without channels.
        package let deadShare: Double?
        /// The length of the gradient of its weights over their own length; nil without weights, or where they stand
        /// still.
        package internal(set) var gradient: Double?
    }

    /// The rows in the order in which they were computed first.
    package private(set) var rows: [Row]

    /// What the first batch of an experiment's first stage makes of a net at its beginning, or at `initFrom`.
    package init(_ prepared: PreparedExperiment) throws {
        let experiment = prepared.experiment
        TorchRuntime.threads = experiment.threads
        TorchRuntime.seed(experiment.seed)
        let data = try TrainingData(prepared.dataset, experiment, augmenters: prepared.augmenters)
        let settings = ModelSettings(experiment.model, problems: ProblemList())
        let stage = experiment.stages[0]
        let learner = try Learner(
            stage, experiment, settings, classes: data.train.classCount, teacher: nil, before: nil)
        if let file = experiment.initial { _ = try learner.load(file) }
        let run = try data.loader(stage, side: stage.side(epoch: 0) ?? settings.side, experiment).start()
        defer { run.end() }
        guard let batch = try run.nextBlocking() else { throw RunError.data(["there is no batch"]) }
        let math = StepMath(
            learner: learner, precision: experiment.precision, device: experiment.device, weights: [:], teacher: nil,
            teacherWeight: 0)
        let pictures = math.pictures(batch)
        rows = try LayerWatch.during(learner.root) { _ = try math.backward(pictures, parts: 1) }
        let norms = learner.root.gradientShares()
        for place in rows.indices where !rows[place].key.hasSuffix(LayerWatch.rectified) {
            rows[place].gradient = norms[rows[place].key]
        }
    }
}

/// Looks at the results of operations with weights while it is told to.
enum LayerWatch {
    /// What stands behind the key of a layer whose result was rectified.
    static let rectified = " relu"
    private static let watched: Set<OpName> = [.convolution, .linear, .batchNorm, .layerNorm]

    @TaskLocal static var current: Box?

    /// What a watch has noted so far.
    final class Box: Sendable {
        let names: [ObjectIdentifier: String]
        let rows = Mutex<[LayerStatistics.Row]>([])
        let last = Mutex<String>("input")

        init(names: [ObjectIdentifier: String]) { self.names = names }
    }

    /// The rows of what a body computes with a module's parameters, each of the first time.
    static func during(_ module: Module, _ body: () throws -> Void) rethrows -> [LayerStatistics.Row] {
        var names: [ObjectIdentifier: String] = [:]
        for (key, tensor) in module.parameters() {
            names[ObjectIdentifier(tensor)] = key.split(separator: ".").dropLast().joined(separator: ".")
        }
        let box = Box(names: names)
        try $current.withValue(box) { try body() }
        return box.rows.withLock { $0 }
    }

    /// Called for every operation: notes what it gave, if it has weights or rectifies.
    static func note(_ operation: OpName, _ arguments: [Tensor], _ results: [Tensor]) {
        guard let box = current, let result = results.first, result.dtype.isFloating, !result.isFailed else { return }
        let key: String
        if let own = arguments.lazy.compactMap({ box.names[ObjectIdentifier($0)] }).first, watched.contains(operation) {
            key = own
            box.last.withLock { $0 = own }
        } else if operation == .relu {
            key = box.last.withLock { $0 } + rectified
        } else {
            return
        }
        guard !box.rows.withLock({ rows in rows.contains { $0.key == key } }) else { return }
        let made = $current.withValue(nil) { withoutGrad { row(key, result.detached().to(.float32)) } }
        box.rows.withLock { $0.append(made) }
    }

    private static func row(_ key: String, _ x: Tensor) -> LayerStatistics.Row {
        let mean = x.mean().item()
        let deviation = max(x.square().mean().item() - mean * mean, 0).squareRoot()
        var dead: Double?
        if x.shape.count == 4 || x.shape.count == 2, x.length(1) > 0 {
            var largest = x.abs().largest(0)
            while largest.shape.count > 1 { largest = largest.largest(-1) }
            dead = largest.isAtMost(0).to(.float32).mean().item()
        }
        return LayerStatistics.Row(
            key: key, shape: x.shape, mean: mean, deviation: deviation, deadShare: dead, gradient: nil)
    }
}

extension Module {
    /// For every layer the length of its gradients over that of its parameters.
    fileprivate func gradientShares() -> [String: Double] {
        var sums: [String: (gradient: Double, weight: Double)] = [:]
        for (key, tensor) in parameters() {
            guard let gradient = tensor.grad else { continue }
            let layer = key.split(separator: ".").dropLast().joined(separator: ".")
            let (own, weight) = withoutGrad {
                (gradient.detached().square().sum().item(), tensor.detached().square().sum().item())
            }
            let known = sums[layer] ?? (0, 0)
            sums[layer] = (known.gradient + own, known.weight + weight)
        }
        return sums.mapValues { ($0.gradient / max($0.weight, 1e-30)).squareRoot() }
    }
}
