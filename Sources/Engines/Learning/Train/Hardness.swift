/// How hard each sample was at its last visit, and what the order of the present epoch was drawn by.
struct Hardness: Hashable {
    private var latest: [Float]
    /// As of the beginning of the epoch; no number for samples that were never visited.
    private(set) var atStart: [Float]

    /// For so many samples, none of which was visited.
    init(count: Int) {
        latest = [Float](repeating: .nan, count: count)
        atStart = latest
    }

    /// Takes in the rows of a step.
    mutating func received(_ values: [Float], of samples: [Int]) {
        for (sample, value) in zip(samples, values) where latest.indices.contains(sample) && value.isFinite {
            latest[sample] = value
        }
    }

    /// The next epoch is drawn by what is known now.
    mutating func beginEpoch() { atStart = latest }

    /// For a checkpoint.
    var saved: [String: HostTensor] { ["latest": HostTensor(latest), "start": HostTensor(atStart)] }

    /// What a checkpoint kept.
    mutating func restore(_ saved: [String: HostTensor]) {
        guard let now = saved["latest"]?.floats, let start = saved["start"]?.floats, now.count == latest.count,
            start.count == latest.count
        else { return }
        (latest, atStart) = (now, start)
    }
}

extension LossSum {
    /// How hard each row is, [n], without a history: its cross entropy with the first classifier among the terms; where
    /// there is none ln(1 + e^(d+ - d-)) of its farthest row of the same label and its nearest of another (Hermans et
    /// al. 2017). Rows without the label are no numbers.
    func hardness(_ x: Tensor, labels: [String: [Int]]) -> Tensor? {
        withoutGrad {
            let x = x.detached()
            if let (logits, label) = opinion(x), let own = labels[label] {
                let wanted = Tensor(own.map { max($0, 0) }).to(x.device)
                return known(-logits.logSoftmax(1).picked(wanted), own)
            }
            guard let label = parts.first?.term.label, let own = labels[label] else { return nil }
            let numbers = Tensor(own).to(x.device)
            let pairs = PairMatrix(x, labels: numbers)
            let far = (pairs.distance * pairs.positives).largest(1)
            let near = (pairs.distance + (1 - pairs.negatives) * 4).smallest(1)
            return known((far - near).softplus(), own)
        }
    }

    private func known(_ values: Tensor, _ labels: [Int]) -> Tensor {
        guard labels.contains(where: { $0 < 0 }) else { return values }
        let isMissing = Tensor(labels.map { $0 < 0 ? Float(1) : 0 }).to(values.device).isGreater(than: 0.5)
        return values.filled(where: isMissing, with: .nan)
    }
}
