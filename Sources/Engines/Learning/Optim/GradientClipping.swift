extension Module {
    /// Scales the gradients of all parameters down to a common length if theirs is greater, and gives the length they
    /// had: NaN or infinite if a gradient is.
    @discardableResult
    public func clipGradients(to length: Double) throws -> Double {
        try checked {
            withoutGrad {
                let gradients = trainable().compactMap(\.tensor.grad)
                guard !gradients.isEmpty else { return 0 }
                let norms = Each.norms(gradients).map { $0.to(.float64) }
                let norm = Tensor.stacked(norms).square().sum().sqrt().item()
                // A gradient that is not finite is left as it is: the step is dropped by whoever asked.
                if norm.isFinite, norm > length { Each.multiply(gradients, by: length / (norm + 1e-6)) }
                return norm
            }
        }
    }
}
