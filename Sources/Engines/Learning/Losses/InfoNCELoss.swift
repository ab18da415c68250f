/// Partners find each other among all others, in both directions (van den Oord et al. 2018; Radford et al. 2021):
/// -1 / (2 n) sum_i [log softmax_j(s S_ij)_i + log softmax_j(s S_ji)_i] with a scale s = e^t that learns, at most 100.
public final class InfoNCELoss: EmbeddingLoss {
    /// What pairs of one label do that are no partners.
    public enum SameLabel: String, Hashable, Sendable, CaseIterable {
        /// They are left out.
        case masked
        /// They are partners too, with equal weight (Khosla et al. 2020, eq. 2).
        case counted
    }

    /// t, [1].
    @Param public var logScale: Tensor
    /// What pairs of one label do.
    public let sameLabel: SameLabel
    /// Past embeddings of the second kind, as further negatives of the first.
    public var memory: CrossBatchMemory?

    /// A loss that begins at a temperature 1 / s.
    public init(temperature: Double = 0.07, sameLabel: SameLabel = .masked) {
        _logScale = Param(Tensor.full(-Scalar.log(temperature), [1]), key: "logit_scale")
        self.sameLabel = sameLabel
        super.init()
    }

    /// The loss of partners x [n, d] and y [n, d]; rows of one label [n] are not strangers to each other.
    public func callAsFunction(_ x: Tensor, _ y: Tensor, labels: Tensor) -> Tensor {
        let (left, right) = (x.normalized(), y.normalized())
        let scale = logScale.exp().clamped(max: 100)
        let same = labels.expandingAxis(1).equals(labels.expandingAxis(0))
        let back = direction(right.matmul(left.transposed()) * scale, same)
        var (columns, known) = (right, same)
        if let past = memory?.contents {
            columns = .concatenated([right, past.embeddings.to(right.dtype)])
            let strangers = labels.expandingAxis(1).equals(past.labels.expandingAxis(0))
            known = .concatenated([same, strangers], axis: 1)
        }
        let forth = direction(left.matmul(columns.transposed()) * scale, known)
        if isTraining { memory?.append(y, labels: labels) }
        return (forth + back) / 2
    }

    /// The loss of a batch whose rows 2 i and 2 i + 1 are partners.
    public override func callAsFunction(_ x: Tensor, labels: Tensor) -> Tensor {
        let count = x.length(0) / 2
        let sides = x[0..<2 * count].reshaped(count, 2, x.length(1))
        let names = labels[0..<2 * count].reshaped(count, 2)
        return self(sides.selected(1, 0), sides.selected(1, 1), labels: names.selected(1, 0))
    }

    private func direction(_ logits: Tensor, _ same: Tensor) -> Tensor {
        let count = logits.length(0)
        let partners = Tensor.eye(count, dtype: logits.dtype, device: logits.device)
        let width = logits.length(1) - count
        let own =
            width == 0
            ? partners
            : Tensor.concatenated(
                [partners, .zeros([count, width], dtype: logits.dtype, device: logits.device)], axis: 1)
        guard sameLabel == .counted else {
            let hidden = same.and(own.equals(0))
            return -(logits.filled(where: hidden, with: -1e9).logSoftmax(1) * own).sum() / Double(count)
        }
        let weights = same.to(logits.dtype)
        return -((logits.logSoftmax(1) * weights).sum(1) / weights.sum(1)).mean()
    }
}
