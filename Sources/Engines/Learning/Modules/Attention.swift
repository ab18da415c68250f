/// Attention of every position to every position (Vaswani et al. 2017, section 3.2.2): [n, t, d] -> [n, t, d].
public final class MultiHeadAttention: Module {
    /// Queries, keys and values one below the other, [3 d, d].
    @Param public var inputWeight: Tensor
    /// [3 d].
    @Param public var inputBias: Tensor
    /// d -> d.
    @Child public var output: Linear
    /// The heads, which divide d.
    public let heads: Int

    /// Weights begin uniform after Glorot, biases at 0.
    public init(_ dimension: Int, heads: Int) {
        precondition(heads > 0 && dimension % heads == 0, "the heads divide the dimension")
        _inputWeight = Param(
            Initializer.uniform((1.5 / Double(dimension)).squareRoot())([3 * dimension, dimension]),
            key: "in_proj_weight")
        _inputBias = Param(Tensor.zeros([3 * dimension]), key: "in_proj_bias")
        _output = Child(Linear(dimension, dimension), key: "out_proj")
        self.heads = heads
        super.init()
    }

    /// The attended positions; where the mask [n, t] is false, nobody looks.
    public func callAsFunction(_ x: Tensor, mask: Tensor? = nil) -> Tensor {
        OperationCount.add(x.count * inputWeight.length(0))
        let all = callOp(.linear, .tensor(x), .tensor(inputWeight), .tensor(inputBias))
        let width = x.length(-1)
        let parts = (0..<3).map { all.sliced(-1, $0 * width..<($0 + 1) * width) }
        return output(attend(parts[0], parts[1], parts[2], heads: heads, mask: mask))
    }

    /// Dimension and heads.
    public override var details: String { "\(inputWeight.length(1)), \(heads) heads" }
}

/// Attention of the positions of one sequence to those of another: [n, t, d] and [n, s, e] -> [n, t, d].
public final class CrossAttention: Module {
    /// d -> d.
    @Child public var query: Linear
    /// e -> d.
    @Child public var key: Linear
    /// e -> d.
    @Child public var value: Linear
    /// d -> d.
    @Child public var output: Linear
    /// The heads, which divide d.
    public let heads: Int

    /// Attention from positions of width `dimension` to positions of width `context`, the same if it is not given.
    public init(_ dimension: Int, context: Int? = nil, heads: Int) {
        precondition(heads > 0 && dimension % heads == 0, "the heads divide the dimension")
        _query = Child(Linear(dimension, dimension), key: "q_proj")
        _key = Child(Linear(context ?? dimension, dimension), key: "k_proj")
        _value = Child(Linear(context ?? dimension, dimension), key: "v_proj")
        _output = Child(Linear(dimension, dimension), key: "out_proj")
        self.heads = heads
        super.init()
    }

    /// The attended positions; where the mask [n, s] is false, nobody looks.
    public func callAsFunction(_ x: Tensor, to context: Tensor, mask: Tensor? = nil) -> Tensor {
        output(attend(query(x), key(context), value(context), heads: heads, mask: mask))
    }

    /// The heads.
    public override var details: String { "\(heads) heads" }
}

/// softmax(q k^T / sqrt(width of a head)) v for each head. A row that may look nowhere gets zeros.
private func attend(_ query: Tensor, _ key: Tensor, _ value: Tensor, heads: Int, mask: Tensor?) -> Tensor {
    let width = query.length(-1) / heads
    OperationCount.add(2 * query.count * key.length(1))
    func split(_ x: Tensor) -> Tensor {
        x.reshaped(x.length(0), x.length(1), heads, width).permuted(0, 2, 1, 3)
    }
    var scores = split(query).matmul(split(key).transposed()) / Double(width).squareRoot()
    let hidden = mask.map { $0.not().expandingAxis(1).expandingAxis(1) }
    // A finite number instead of -infinity: a row without any place to look at would become NaN.
    if let hidden { scores = scores.filled(where: hidden, with: -1e9) }
    var weights = scores.softmax(-1)
    if let hidden { weights = weights.filled(where: hidden, with: 0) }
    return weights.matmul(split(value)).permuted(0, 2, 1, 3).reshaped(query.length(0), query.length(1), -1)
}
