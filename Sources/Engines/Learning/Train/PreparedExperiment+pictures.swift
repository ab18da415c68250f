internal import Imaging

extension PreparedExperiment {
    /// Some held-out pictures as a net sees them, a few at a time: [n, 3, side, side].
    package func pictures(_ count: Int, side: Int, scale: PictureScale) throws -> [HostTensor] {
        let held = dataset.filtered { $0.split != .train }
        let some = held.count > 0 ? held : dataset
        // Evenly over the set, so that all classes have a chance.
        let step = max(1, some.count / max(count, 1))
        let chosen = Dataset(
            samples: stride(from: 0, to: some.count, by: step).prefix(count).map { some.samples[$0] },
            classNames: some.classNames)
        let loader = try Loader(
            dataset: chosen, sampler: SequentialSampler(count: chosen.count, batchSize: 8),
            options: LoaderOptions(side: side))
        let run = loader.start()
        defer { run.end() }
        var all: [HostTensor] = []
        while let batch = try run.nextBlocking() {
            all.append(try checked { scale(Tensor(batch.images)).contiguous().host() })
        }
        return all
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
