extension TrainingRun {
    /// Pictures in a look at where the net looks.
    private static let lookedAt = 32

    /// Where the net looks, if an augmentation of the stage wants to know.
    var attention: AttentionMaps? { erasing?.maps }

    private var erasing: AdversarialErasing? {
        data.augmenters.indices.contains(place.stage) ? data.augmenters[place.stage].adversarial : nil
    }

    /// What is brought up to date before the first batch of an epoch, counted over all stages.
    func beginEpoch(_ epoch: Int, _ loader: Loader) throws {
        hardness?.beginEpoch()
        guard let erasing, epoch > 0, epoch % erasing.every == 0, let learner = learners.first else { return }
        try lookAgain(erasing.maps, learner, loader)
        try log.add("erasing/maps", Double(erasing.maps.count), step: place.step)
    }

    /// Looks where the present weights look, at every picture that is learnt from as it is.
    private func lookAgain(_ maps: AttentionMaps, _ learner: Learner, _ loader: Loader) throws {
        let random = TorchRuntime.randomState
        defer { TorchRuntime.randomState = random }
        for start in stride(from: 0, to: data.train.count, by: Self.lookedAt) {
            let range = start..<min(start + Self.lookedAt, data.train.count)
            guard let batch = try loader.plain(Array(range)) else { continue }
            let looks = try checked {
                learner.embedder.attentionBytes(
                    learner.settings.scale(Tensor(batch.images, device: experiment.device)), side: AttentionMaps.side
                ) { learner.root.losses.score($0.unscaled, labels: batch.labels) }
            }
            for (sample, look) in zip(batch.indexes, looks) { maps.set(look, of: sample) }
        }
    }
}

extension LossSum {
    /// For each row [n] the score of what it is: the first classifier's for the row's own class (its surest, where the
    /// label is missing); without a classifier the squared length of the vector.
    func score(_ x: Tensor, labels: [String: [Int]]) -> Tensor {
        guard let (logits, label) = opinion(x), let own = labels[label] else { return (x * x.detached()).sum(-1) }
        let surest = logits.detached().argmax(1).host().ints
        let wanted = zip(own, surest).map { $0 >= 0 ? $0 : $1 }
        return logits.picked(Tensor(wanted).to(x.device))
    }
}
