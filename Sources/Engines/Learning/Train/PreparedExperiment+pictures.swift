internal import Imaging

extension PreparedExperiment {
    /// Some pictures as a net sees them, a few at a time: [n, 3, side, side]. Held-out ones, unless those that were
    /// learnt from are asked for.
    package func pictures(
        _ count: Int, side: Int, scale: PictureScale, areLearnt: Bool = false
    ) throws -> [HostTensor] {
        let wanted = dataset.filtered { ($0.split == .train) == areLearnt }
        let some = wanted.count > 0 ? wanted : dataset
        // Evenly over the set, so that all classes have a chance.
        let step = max(1, some.count / max(count, 1))
        let chosen = Dataset(
            samples: stride(from: 0, to: some.count, by: step).prefix(count).map { some.samples[$0] },
            classNames: some.classNames)
        var all: [HostTensor] = []
        try Self.each(chosen, side: side, scale: scale) { all.append($1) }
        return all
    }

    /// Hands out all pictures of a set that can be read as a net sees them, a few at a time, with their positions.
    package static func each(
        _ dataset: Dataset, side: Int, scale: PictureScale, _ body: ([Int], HostTensor) throws -> Void
    ) throws {
        let loader = try Loader(
            dataset: dataset, sampler: SequentialSampler(count: dataset.count, batchSize: 8),
            options: LoaderOptions(side: side))
        let run = loader.start()
        defer { run.end() }
        while let batch = try run.nextBlocking() {
            try body(batch.indexes, checked { scale(Tensor(batch.images)).contiguous().host() })
        }
    }
}

extension TrainedModel {
    /// The vectors and the answers of pictures, under `embedding` and the labels.
    package func answers(_ pictures: HostTensor) throws -> [String: HostTensor] {
        try checked {
            withoutGrad {
                let output = net(Tensor(pictures))
                return output.logits.mapValues { $0.host() }.merging(["embedding": output.embedding.host()]) { $1 }
            }
        }
    }
}
