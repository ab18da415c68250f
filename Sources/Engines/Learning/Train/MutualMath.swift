/// Nets that learn from a batch and from each other's opinions of it.
struct MutualMath {
    private let maths: [StepMath]
    private let loss: MutualLoss

    init(_ maths: [StepMath], _ mutual: Experiment.Mutual) {
        self.maths = maths
        loss = MutualLoss(temperature: mutual.temperature, weight: mutual.weight)
    }

    /// Leaves gradients on the parameters of all nets.
    func backward(_ batch: HostBatch) throws -> [StepMath.Outcome] {
        try checked {
            let vectors = maths.map { math in math.learner.vectors(math.pictures(batch).all, math.precision) }
            var sums = zip(maths, vectors).map { math, x in math.loss(x, batch.rows(0..<batch.count)) }
            let opinions = zip(maths, vectors).compactMap { $0.learner.root.losses.opinion($1)?.logits }
            guard opinions.count == maths.count else {
                throw ExperimentError(["mutual: a classifier among the losses, such as arcface or softmax"])
            }
            for (index, value) in loss(opinions).enumerated() { sums[index].add("mutual", value, times: 1) }
            for (math, sum) in zip(maths, sums) { sum.total.times(math.lossScale).backward() }
            return sums.map(\.outcome)
        }
    }
}
