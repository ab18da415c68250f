internal import Basics

/// A net in training with its losses, what moves it and the average of its weights.
final class Learner {
    /// Net and losses under one root, so that one optimizer and one file hold both.
    final class Root: Module {
        @Child var model: Module
        @Child var losses: LossSum
        @Child var teaching: EmbeddingDistillation?

        init(_ model: Module, _ losses: LossSum, _ teaching: EmbeddingDistillation?) {
            (self.model, self.losses, self.teaching) = (model, losses, teaching)
            super.init()
        }
    }

    /// The net by what it is.
    enum Net {
        case embedder(EmbeddingNet)
        case detector(ItemDetector)

        var module: Module {
            switch self {
            case .embedder(let net): net
            case .detector(let net): net
            }
        }
    }

    let root: Root
    let net: Net
    let optimizer: MultiOptimizer
    let average: MovingAverage?
    let stage: Experiment.Stage
    let settings: ModelSettings

    /// A net for a stage. `before` is the same net at the end of the stage before, whose weights and heads go on.
    init(
        _ stage: Experiment.Stage, _ experiment: Experiment, _ settings: ModelSettings, classes: (String) -> Int,
        teacher: Int?, before: Learner?
    ) throws {
        let net = try before?.net ?? Self.net(settings, classes)
        let dimension = if case .embedder(let net) = net { net.options.dimension } else { 1 }
        let losses = try LossSum(stage.losses, classes: classes, dimension: dimension, seed: experiment.seed)
        self.net = net
        root = Root(
            net.module, losses,
            before?.root.teaching ?? teacher.map { EmbeddingDistillation(student: dimension, teacher: $0) })
        if experiment.device != .cpu { root.convert(device: experiment.device) }
        if let before { try losses.update(before.root.losses.weights().matching(losses), verify: .lenient) }
        root.unfreeze()
        if !stage.frozen.isEmpty { root.freeze(keys: stage.frozen.map { "model." + $0 }) }
        root.train()
        (self.stage, self.settings) = (stage, settings)
        optimizer = Self.optimizer(root, stage.optimizer)
        average = stage.average > 0 ? MovingAverage(root, decay: stage.average) : nil
    }

    private static func net(_ settings: ModelSettings, _ classes: (String) -> Int) throws -> Net {
        switch settings.kind {
        case .embedder: .embedder(try EmbeddingNet(settings.options(classes: classes)))
        case .detector:
            .detector(try ItemDetector(settings.detectorOptions(classes: classes(Dataset.boxColumn))))
        }
    }

    private static func optimizer(_ root: Module, _ method: Experiment.Method) -> MultiOptimizer {
        func make(_ factor: Double) -> ([Optimizer.Parameter]) -> Optimizer {
            { parameters in
                let rate = method.rate * factor
                switch method.kind {
                case .sgd:
                    return SGD(
                        parameters, learningRate: rate, momentum: method.momentum, weightDecay: method.weightDecay,
                        nesterov: method.isNesterov)
                case .adam:
                    return Adam(
                        parameters, learningRate: rate, betas: (method.betas[0], method.betas[1]),
                        weightDecay: method.weightDecay)
                case .adamw:
                    return AdamW(
                        parameters, learningRate: rate, betas: (method.betas[0], method.betas[1]),
                        weightDecay: method.weightDecay)
                }
            }
        }
        return MultiOptimizer(
            root, [({ $0.hasPrefix("losses.") }, make(method.headFactor)), ({ _ in true }, make(1))])
    }

    // MARK: Vectors

    /// The net that makes vectors. Whoever asks for it knows that this is no detector.
    var embedder: EmbeddingNet {
        guard case .embedder(let net) = net else { preconditionFailure("a detector makes no vectors") }
        return net
    }

    /// The vectors [n, d] of pictures, before they are brought to length 1.
    func vectors(_ pictures: Tensor, _ precision: Experiment.Precision) -> Tensor {
        precision.computing { embedder(pictures).unscaled }.to(.float32)
    }

    /// Runs a body with the net as it would be served: averaged weights, no learning behaviour, no gradients.
    func serving<Result>(_ body: (Net) throws -> Result) throws -> Result {
        root.train(false)
        defer { root.train() }
        return try withoutGrad {
            guard let average, average.steps > 0 else { return try body(net) }
            return try average.applied { try body(net) }
        }
    }

    // MARK: Checkpoints

    /// Everything that learning goes on from, by file.
    func saved(_ prefix: String) -> [String: [String: HostTensor]] {
        var state: [String: HostTensor] = [:]
        for (place, optimizer) in optimizer.optimizers.enumerated() {
            for (key, tensor) in optimizer.savedState() { state["\(place).\(key)"] = tensor }
        }
        var files = [prefix + "weights": root.weights(), prefix + "optimizer": state]
        if let average { files[prefix + "ema"] = average.weights() }
        files[prefix + "memory"] = memories()
        return files
    }

    /// Goes on from what was saved.
    func restore(_ prefix: String, _ files: [String: [String: HostTensor]], averageSteps: Int) throws {
        try root.update(files[prefix + "weights"] ?? [:])
        for (place, optimizer) in optimizer.optimizers.enumerated() where !optimizer.keys.isEmpty {
            let own = (files[prefix + "optimizer"] ?? [:]).filter { $0.key.hasPrefix("\(place).") }
            try optimizer.restore(
                Dictionary(
                    own.map { (String($0.key.dropFirst("\(place).".count)), $0.value) },
                    uniquingKeysWith: { first, _ in first }))
        }
        try average?.restore(files[prefix + "ema"] ?? [:], steps: averageSteps)
        restoreMemories(files[prefix + "memory"] ?? [:])
    }

    var pairLosses: [(name: String, loss: PairLoss)] {
        root.losses.parts.compactMap { part in (part.loss as? PairLoss).map { (part.term.name, $0) } }
    }

    private func memories() -> [String: HostTensor] {
        var all: [String: HostTensor] = [:]
        for (name, loss) in pairLosses {
            for (key, tensor) in loss.memory?.savedState() ?? [:] { all["\(name).\(key)"] = tensor }
        }
        return all
    }

    private func restoreMemories(_ saved: [String: HostTensor]) {
        for (name, loss) in pairLosses {
            let own = saved.filter { $0.key.hasPrefix(name + ".") }
            loss.memory?.restore(
                Dictionary(
                    own.map { (String($0.key.dropFirst(name.count + 1)), $0.value) },
                    uniquingKeysWith: { first, _ in first }))
        }
    }
}

extension [String: HostTensor] {
    /// Those that a module has too, in the same shape.
    func matching(_ module: Module) -> [String: HostTensor] {
        var own: [String: HostTensor] = [:]
        for (key, tensor) in module.flattened() {
            if let host = self[key], host.shape == tensor.shape { own[key] = host }
        }
        return own
    }
}
