internal import Imaging

/// The loss of a detector on one batch, and its gradients.
struct DetectorMath {
    let net: ItemDetector
    let precision: Experiment.Precision
    let settings: ModelSettings
    var lossScale = 1.0

    /// Computes the loss in a number of parts and leaves gradients on the parameters.
    ///
    /// The parts of a batch add up to the whole, because each counts by the places that shall find a box. Batch norms
    /// see parts.
    func backward(_ pictures: StepMath.Pictures, parts: Int) throws -> StepMath.Outcome {
        try checked {
            let parts = max(parts, 1)
            var outcome = StepMath.Outcome(loss: 0, terms: [])
            var positives = 0
            for part in 0..<parts {
                let range = pictures.count * part / parts..<pictures.count * (part + 1) / parts
                let loss = loss(parts == 1 ? pictures.all : pictures.all[range], pictures.host.boxes[range])
                let share = parts == 1 ? 1 : Double(max(loss.positives, 1))
                loss.total.times(share * lossScale).backward()
                outcome.add(loss, times: share)
                positives += loss.positives
            }
            if parts > 1 { divide(by: Double(max(positives, 1)), &outcome) }
            outcome.counts = [("positives", Double(positives))]
            return outcome
        }
    }

    private func loss(_ pictures: Tensor, _ boxes: ArraySlice<[LabelledBox]>) -> DetectorLoss {
        let output = precision.computing { net(pictures) }.inFloat32
        let targets = boxes.map { boxes in boxes.map { settings.target($0, classes: net.options.classes) } }
        return net.loss(output, targets: targets, height: pictures.length(2), width: pictures.length(3))
    }

    private func divide(by count: Double, _ outcome: inout StepMath.Outcome) {
        let gradients = net.trainable().compactMap(\.tensor.grad)
        if !gradients.isEmpty { withoutGrad { Each.multiply(gradients, by: 1 / count) } }
        outcome.loss /= count
        for place in outcome.terms.indices { outcome.terms[place].value /= count }
    }
}

extension StepMath.Outcome {
    fileprivate mutating func add(_ other: DetectorLoss, times share: Double) {
        loss += share * other.total.detached().item()
        for (name, tensor) in other.parts.sorted(by: { $0.key < $1.key }) {
            let value = share * tensor.detached().item()
            if let place = terms.firstIndex(where: { $0.name == name }) {
                terms[place].value += value
            } else {
                terms.append((name, value))
            }
        }
    }
}

extension DetectorOutput {
    /// The same in the numbers that losses are computed with.
    var inFloat32: DetectorOutput {
        DetectorOutput(
            logits: logits.to(.float32), boxes: boxes.to(.float32), centreness: centreness?.to(.float32))
    }
}

extension LoaderOptions {
    /// Pictures as detectors are served with them: whole, in the upper left corner, grey beside them.
    mutating func servesDetector() { (fit, cornerPad) = (.squarePad, 114) }
}
