/// The loss of one batch, and its gradients.
struct StepMath {
    let learner: Learner
    let precision: Experiment.Precision
    let device: Device
    let weights: [String: Double]
    let teacher: TeacherTable?
    let teacherWeight: Double
    /// Whether it is told how hard each row was.
    var tellsHardness = false
    /// Whether what is between the backbone's steps is computed again instead of kept.
    var recomputes = false
    /// What the loss is multiplied with before gradients are taken.
    var lossScale = 1.0

    /// What a step's loss is made of.
    struct Outcome {
        var loss: Double
        var terms: [(name: String, value: Double)]
        /// What was counted, such as the places of a detector that found a box.
        var counts: [(name: String, value: Double)] = []
        /// How hard each row was, in the order of the batch, if somebody asked; no number where that is not known.
        var hardness: [Float] = []
    }

    /// A batch in the device's memory.
    struct Pictures {
        let host: HostBatch
        let all: Tensor
        var count: Int { host.count }
    }

    func pictures(_ batch: HostBatch) -> Pictures {
        Pictures(host: batch, all: learner.settings.scale(Tensor(batch.images, device: device)))
    }

    // MARK: Backward

    /// Computes the loss in a number of parts and leaves gradients on the parameters.
    func backward(_ pictures: Pictures, parts: Int) throws -> Outcome {
        let parts = min(parts, pictures.count)
        if case .detector(let net) = learner.net {
            return try DetectorMath(net: net, precision: precision, settings: learner.settings, lossScale: lossScale)
                .backward(pictures, parts: parts)
        }
        if parts <= 1 {
            return try checked { backwardOnce(pictures.all, pictures.host.rows(0..<pictures.count), share: 1) }
        }
        let ranges = (0..<parts).map { pictures.count * $0 / parts..<pictures.count * ($0 + 1) / parts }
        return learner.root.losses.comparesRows || teacher != nil
            ? try cached(pictures, ranges) : try summed(pictures, ranges)
    }

    /// Rows that go through the net at once, their loss counting by a share.
    private func backwardOnce(_ pictures: Tensor, _ rows: BatchRows, share: Double) -> Outcome {
        guard recomputes else {
            let sum = loss(learner.vectors(pictures, precision), rows)
            sum.total.times(share * lossScale).backward()
            return sum.outcome
        }
        let net = learner.embedder
        let kept = precision.computing { Recomputation(net.backbone, pictures) }
        let vectors = precision.computing { net.answer(kept.outputs.suffix(net.necks.count)).unscaled }
        let sum = loss(vectors.to(.float32), rows)
        sum.total.times(share * lossScale).backward()
        kept.backward { precision.computing($0) }
        return sum.outcome
    }

    /// Losses that compare rows see the whole batch at once (Gao et al. 2021).
    private func cached(_ pictures: Pictures, _ ranges: [Range<Int>]) throws -> Outcome {
        var outcome = Outcome(loss: .nan, terms: [])
        _ = try backwardInParts(ranges.count, of: learner.root.model) { part in
            learner.vectors(pictures.all[ranges[part]], precision)
        } loss: { all in
            let sum = loss(all, pictures.host.rows(0..<pictures.count))
            outcome = sum.outcome
            return sum.total.times(lossScale)
        }
        return outcome
    }

    /// Losses that are means over rows add up, each part by its share of the rows.
    private func summed(_ pictures: Pictures, _ ranges: [Range<Int>]) throws -> Outcome {
        try checked {
            var outcome = Outcome(loss: 0, terms: [])
            for range in ranges {
                let share = Double(range.count) / Double(pictures.count)
                let part = backwardOnce(pictures.all[range], pictures.host.rows(range), share: share)
                outcome.loss += share * part.loss
                outcome.hardness += part.hardness
                for (name, value) in part.terms {
                    if let place = outcome.terms.firstIndex(where: { $0.name == name }) {
                        outcome.terms[place].value += share * value
                    } else {
                        outcome.terms.append((name, share * value))
                    }
                }
            }
            return outcome
        }
    }

    // MARK: Loss

    /// A weighted sum with what it was made from.
    struct Sum {
        var total: Tensor
        var terms: [(name: String, value: Tensor)]
        var hardness: Tensor?

        /// The numbers; waits for the device.
        var outcome: Outcome {
            Outcome(
                loss: total.detached().item(), terms: terms.map { ($0.name, $0.value.detached().item()) },
                hardness: hardness?.host().floats ?? [])
        }
    }

    /// The loss of vectors [n, d] of some rows. A picture that is a mixture counts for both of its labels by its shares.
    func loss(_ x: Tensor, _ rows: BatchRows) -> Sum {
        guard let mixed = rows.mixed else { return plainLoss(x, rows) }
        let own = plainLoss(x, rows)
        let other = plainLoss(x, BatchRows(indexes: rows.indexes, labels: mixed.labels, mixed: nil))
        var sum = Sum(total: own.total * mixed.share + other.total * (1 - mixed.share), terms: own.terms)
        for (place, term) in sum.terms.enumerated() {
            guard let second = other.terms.first(where: { $0.name == term.name }) else { continue }
            sum.terms[place].value = term.value * mixed.share + second.value * (1 - mixed.share)
        }
        return sum
    }

    private func plainLoss(_ x: Tensor, _ rows: BatchRows) -> Sum {
        var sum = Sum(total: x.sum() * 0, terms: [])
        for (part, value) in zip(learner.root.losses.parts, learner.root.losses(x, labels: rows.labels)) {
            guard let value else { continue }
            sum.add(part.term.name, value, times: part.term.weight ?? weights[part.term.name] ?? 1)
        }
        addHeads(&sum, x, rows)
        if tellsHardness { sum.hardness = learner.root.losses.hardness(x, labels: rows.labels) }
        if let teacher, let teaching = learner.root.teaching, let (own, taught) = teacher.rows(rows.indexes) {
            let student = own.count == rows.indexes.count ? x : x.taking(Tensor(own).to(x.device))
            sum.add("teacher", teaching(student: student, teacher: taught.to(x.device)), times: teacherWeight)
        }
        return sum
    }

    private func addHeads(_ sum: inout Sum, _ x: Tensor, _ rows: BatchRows) {
        guard !learner.settings.heads.isEmpty else { return }
        let labels = rows.labels.mapValues { Tensor($0).to(x.device) }
        let losses = learner.embedder.heads.losses(learner.embedder.heads(x), labels: labels)
        for head in learner.settings.heads {
            if let value = losses[head.label] { sum.add("head.\(head.label)", value, times: head.weight) }
        }
    }
}

extension Tensor {
    /// A loss times a number; itself where that is 1.
    func times(_ scale: Double) -> Tensor { scale == 1 ? self : self * scale }
}

extension StepMath.Sum {
    mutating func add(_ name: String, _ value: Tensor, times weight: Double) {
        total = total + value * weight
        terms.append((name, value))
    }
}

/// Rows of a batch without their pictures.
struct BatchRows {
    let indexes: [Int]
    let labels: [String: [Int]]
    /// The labels of what was mixed in, and the rows' own share.
    let mixed: (labels: [String: [Int]], share: Double)?
}

extension HostBatch {
    /// Some rows.
    func rows(_ range: Range<Int>) -> BatchRows {
        BatchRows(
            indexes: Array(indexes[range]), labels: labels.mapValues { Array($0[range]) },
            mixed: mix.map { mix in
                let partners = mix.partners[range]
                return (
                    labels.mapValues { own in partners.map { own.indices.contains($0) ? own[$0] : -1 } },
                    Double(mix.shares.first ?? 1)
                )
            })
    }
}
