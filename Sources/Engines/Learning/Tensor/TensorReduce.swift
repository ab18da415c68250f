extension Tensor {
    /// The sum of all elements.
    public func sum() -> Tensor { callOp(.sum, .tensor(self)) }

    /// The sums along dimensions; negative numbers count from the end.
    public func sum(_ axes: Int..., keepsAxes: Bool = false) -> Tensor {
        callOp(.sumDims, .tensor(self), .ints(axes), .bool(keepsAxes))
    }

    /// The mean of all elements.
    public func mean() -> Tensor { callOp(.mean, .tensor(self)) }

    /// The means along dimensions; negative numbers count from the end.
    public func mean(_ axes: Int..., keepsAxes: Bool = false) -> Tensor {
        callOp(.meanDims, .tensor(self), .ints(axes), .bool(keepsAxes))
    }

    /// The largest elements along a dimension; equal ones share the gradient.
    public func largest(_ axis: Int, keepsAxis: Bool = false) -> Tensor {
        callOp(.largest, .tensor(self), .ints([axis]), .bool(keepsAxis))
    }

    /// The smallest elements along a dimension; equal ones share the gradient.
    public func smallest(_ axis: Int, keepsAxis: Bool = false) -> Tensor {
        callOp(.smallest, .tensor(self), .ints([axis]), .bool(keepsAxis))
    }

    /// Where the largest elements along a dimension stand.
    public func argmax(_ axis: Int) -> Tensor { callOp(.argmax, .tensor(self), .int(axis)) }

    /// log of the sum of e^x along a dimension, without overflow; -infinity where every element is.
    public func logSumExp(_ axis: Int, keepsAxis: Bool = false) -> Tensor {
        callOp(.logSumExp, .tensor(self), .ints([axis]), .bool(keepsAxis))
    }

    /// e^x divided by its sum along a dimension.
    public func softmax(_ axis: Int) -> Tensor { callOp(.softmax, .tensor(self), .int(axis)) }

    /// The logarithm of ``softmax(_:)``, without overflow.
    public func logSoftmax(_ axis: Int) -> Tensor { callOp(.logSoftmax, .tensor(self), .int(axis)) }

    /// Whether all elements are true.
    public func all() -> Tensor { callOp(.all, .tensor(self)) }

    /// Whether one or more elements are true.
    public func any() -> Tensor { callOp(.any, .tensor(self)) }

    /// Whether one or more elements along a dimension are true.
    public func any(_ axis: Int, keepsAxis: Bool = false) -> Tensor {
        callOp(.anyDim, .tensor(self), .int(axis), .bool(keepsAxis))
    }

    /// The lengths of the vectors along a dimension, which stays with length 1; at least `floor`.
    public func norm(_ axis: Int, floor: Double = 1e-12) -> Tensor {
        square().sum(axis, keepsAxes: true).clamped(min: floor * floor).sqrt()
    }

    /// The vectors along a dimension, each divided by its length.
    public func normalized(_ axis: Int = -1) -> Tensor { self / norm(axis) }
}
