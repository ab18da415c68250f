/// The loss of one large batch in small parts, with the gradients that the whole would give (Gao et al. 2021).
///
/// Plain accumulation is wrong for losses of pairs, whose negatives would be confined to a part. Here every part goes
/// forward once without a history; the loss of all embeddings gives the gradient of each; every part goes forward again
/// with the same draws, and that gradient goes back. Batch norm sees parts, both times, and moves its running numbers
/// once. Gradients stay on the parameters of model and loss, and add to what is there.
public func backwardInParts(
    _ parts: Int, of model: Module, forward: (Int) throws -> Tensor, loss: (Tensor) throws -> Tensor
) throws -> Tensor {
    try checked {
        let buffers = withoutGrad { model.buffers().map { ($0.tensor, $0.tensor.clone()) } }
        var states: [HostTensor] = []
        let embeddings = try withoutGrad {
            try (0..<parts).map { part in
                states.append(TorchRuntime.randomState)
                return try forward(part)
            }
        }
        for (buffer, kept) in buffers { buffer.copyInPlace(kept) }
        let all = Tensor.concatenated(embeddings).detached()
        all.requiresGrad = true
        let value = try loss(all)
        value.backward()
        guard let slopes = all.grad else { return value.detached() }
        let after = TorchRuntime.randomState
        var start = 0
        for (part, state) in states.enumerated() {
            TorchRuntime.randomState = state
            let again = try forward(part)
            again.backward(slopes[start..<start + again.length(0)])
            start += again.length(0)
        }
        TorchRuntime.randomState = after
        return value.detached()
    }
}
