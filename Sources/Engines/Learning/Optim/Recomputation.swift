/// A backbone's maps for learning of which only the inputs of its steps are kept; everything between is computed again
/// on the way back (Chen et al. 2016, section 4.1 with segments of one block).
///
/// The second time draws are the same, and running numbers of batch norms move once. Gradients are those of a net that
/// keeps everything, at the price of one more forward computation.
public struct Recomputation {
    /// The maps of every stage, which the loss is made from.
    public let outputs: [Tensor]
    private let backbone: Backbone
    private let segments: [BackboneSegment]
    private let inputs: [Tensor]
    private let draws: [HostTensor]

    /// Computes the maps of pictures [n, c, h, w] and forgets what is between them.
    public init(_ backbone: Backbone, _ pictures: Tensor) {
        self.backbone = backbone
        let steps = backbone.segments
        var (begins, states, ends) = ([Tensor](), [HostTensor](), [Tensor]())
        withoutGrad {
            var maps = pictures
            for step in steps {
                begins.append(maps)
                states.append(TorchRuntime.randomState)
                maps = step.run(maps)
                if step.isOutput { ends.append(maps.detached()) }
            }
        }
        for end in ends { end.requiresGrad = true }
        (segments, inputs, draws, outputs) = (steps, begins, states, ends)
    }

    /// Carries the gradients that a loss left on ``outputs`` to the backbone's parameters. `compute` wraps each step,
    /// for numbers of another precision.
    public func backward(_ compute: (() -> Tensor) -> Tensor = { $0() }) {
        let after = TorchRuntime.randomState
        let buffers = withoutGrad { backbone.buffers().map { ($0.tensor, $0.tensor.clone()) } }
        var slope: Tensor?
        var left = outputs.count
        for place in segments.indices.reversed() {
            if segments[place].isOutput {
                left -= 1
                if let own = outputs[left].grad { slope = slope.map { $0 + own } ?? own }
            }
            guard let now = slope else { continue }
            let input = inputs[place].detached()
            // The pictures themselves learn nothing.
            if place > 0 { input.requiresGrad = true }
            TorchRuntime.randomState = draws[place]
            compute { segments[place].run(input) }.backward(now)
            slope = place > 0 ? input.grad : nil
        }
        for (buffer, kept) in buffers { buffer.copyInPlace(kept) }
        TorchRuntime.randomState = after
    }
}
