/// Attention and two linear layers, each beside the way through, with the norms before them (Xiong et al. 2020, figure
/// 1b): [n, t, d] -> [n, t, d].
public final class TransformerBlock: Layer {
    @Child var norm1: LayerNorm
    @Child var attention: MultiHeadAttention
    @Child var norm2: LayerNorm
    @Child var fc1: Linear
    @Child var fc2: Linear
    @Child var dropPath: DropPath?

    /// A block whose linear layers are `growth` times as wide inside.
    public init(_ dimension: Int, heads: Int, growth: Int = 4, dropPath: Double = 0) {
        norm1 = LayerNorm(dimension)
        _attention = Child(MultiHeadAttention(dimension, heads: heads), key: "attn")
        norm2 = LayerNorm(dimension)
        _fc1 = Child(Linear(dimension, dimension * growth), key: "mlp.fc1")
        _fc2 = Child(Linear(dimension * growth, dimension), key: "mlp.fc2")
        self.dropPath = dropPath > 0 ? DropPath(dropPath) : nil
        super.init()
    }

    /// The block's positions.
    public override func callAsFunction(_ x: Tensor) -> Tensor { self(x, mask: nil) }

    /// The block's positions; where the mask [n, t] is false, nobody looks.
    public func callAsFunction(_ x: Tensor, mask: Tensor?) -> Tensor {
        let seen = x + kept(attention(norm1(x), mask: mask))
        return seen + kept(fc2(gelu(fc1(norm2(seen)))))
    }

    private func kept(_ branch: Tensor) -> Tensor { dropPath?(branch) ?? branch }
}
