/// Whether two things belong together, from one vector of both: linear, GELU, layer norm, linear, two logits.
public final class MatchHead: Layer {
    @Child var fc1: Linear
    @Child var norm: LayerNorm
    @Child var fc2: Linear

    /// A head on vectors of a dimension, `width` wide inside, twice the dimension if it is not given.
    public init(_ dimension: Int, width: Int? = nil) {
        let middle = width ?? 2 * dimension
        fc1 = Linear(dimension, middle)
        norm = LayerNorm(middle)
        fc2 = Linear(middle, 2)
        super.init()
    }

    /// The logits [n, 2] of no and yes for vectors [n, d].
    public override func callAsFunction(_ x: Tensor) -> Tensor { fc2(norm(gelu(fc1(x)))) }

    /// The mean cross entropy with labels [n] (i64) of 0 for no and 1 for yes.
    public func loss(_ x: Tensor, labels: Tensor) -> Tensor { crossEntropy(self(x), labels: labels) }
}

extension MatchHead: OnnxLayer {
    /// The logits.
    public func emit(_ x: OnnxValue, into graph: OnnxGraph) throws -> OnnxValue {
        try graph.apply(fc2, graph.apply(norm, graph.gelu(graph.apply(fc1, x))))
    }
}
