internal import Foundation

extension TrainingRun {
    /// What happens after each epoch: the evaluation, when it is due. True if training is over before its time.
    func endEpoch() throws -> Bool {
        try log.add("memory/peakMiB", Self.peakMebibytes, step: place.step)
        try log.add("pace/picturesPerSecond", pace.picturesPerSecond, step: place.step)
        let every = experiment.evaluation.every
        let isLast = place.epoch + 1 == stage.epochs
        guard every > 0, (place.epoch + 1) % every == 0 || isLast else { return false }
        return try evaluate()
    }

    /// Evaluates the weights as they would be served, and keeps them if they are the best so far.
    private func evaluate() throws -> Bool {
        guard let learner = learners.first else { return false }
        let random = TorchRuntime.randomState
        defer { TorchRuntime.randomState = random }
        let figures = try learner.serving { net in
            switch net {
            case .embedder(let net):
                let embedder = Embedder(
                    net, side: learner.settings.side, scale: learner.settings.scale, device: experiment.device)
                return try data.figures(experiment, embedder)
            case .detector(let net):
                return try data.figures(experiment, BoxFinder(net, learner.settings, device: experiment.device))
            }
        }
        for (name, value) in figures { try log.add("held-out/\(name)", value, step: place.step) }
        try log.flush()
        guard let figure = figures.first(where: { $0.name == experiment.evaluation.metric })?.value else {
            return false
        }
        if best.received(figure, step: place.step) {
            try keepServed(
                "best.safetensors",
                ["step": "\(place.step)", "metric": experiment.evaluation.metric, "value": "\(figure)"])
        }
        if plateau != nil { _ = plateau?.received(figure) }
        return experiment.evaluation.patience.map { best.waited >= $0 } ?? false
    }

    /// The most memory that this process has had, in MiB.
    static var peakMebibytes: Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return Double(usage.ru_maxrss) / 1024
    }
}
