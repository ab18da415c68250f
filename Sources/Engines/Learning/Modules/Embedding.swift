/// A vector for each number: i64 [...] -> [..., dimension].
public final class Embedding: Layer {
    /// [count, dimension].
    @Param public var weight: Tensor

    /// Vectors begin normal with standard deviation 0.02.
    public init(_ count: Int, _ dimension: Int) {
        weight = Initializer.normal(0.02)([count, dimension])
        super.init()
    }

    /// The vectors of numbers below `count`.
    public override func callAsFunction(_ x: Tensor) -> Tensor {
        callOp(.embedding, .tensor(weight), .tensor(x))
    }

    /// Count and dimension.
    public override var details: String { "\(weight.length(0)), \(weight.length(1))" }
}
