/// Draws embeddings to the centres of their classes (Wen et al. 2016): weight / 2 ||x - c_y||^2, the mean over the batch.
///
/// Centres are no parameters: after each batch c_j -= rate sum_{y_i = j}(c_j - x_i) / (1 + n_j) (their eq. 4). Meant to
/// stand beside a classification loss.
public final class CentreLoss: EmbeddingLoss {
    /// [classes, d].
    @Buffer public var centres: Tensor
    /// The factor of the loss.
    public let weight: Double
    /// How fast centres follow.
    public let rate: Double

    /// Centres at 0.
    public init(classes: Int, dimension: Int, weight: Double = 0.003, rate: Double = 0.5) {
        centres = .zeros([classes, dimension])
        (self.weight, self.rate) = (weight, rate)
        super.init()
    }

    /// The loss with the centres as they are; then, while learning, they move.
    public override func callAsFunction(_ x: Tensor, labels: Tensor) -> Tensor {
        let differences = x - centres.taking(labels)
        let loss = differences.square().sum(1).mean() * (weight / 2)
        if isTraining { withoutGrad { move(differences.detached(), labels) } }
        return loss
    }

    private func move(_ differences: Tensor, _ labels: Tensor) {
        let count = centres.length(0)
        let ones = Tensor.ones([labels.length(0), 1], dtype: differences.dtype, device: differences.device)
        let sums = differences.groupSums(labels, count: count)
        centres.addInPlace(sums / (1 + ones.groupSums(labels, count: count)), times: rate)
    }
}
