extension Tensor {
    /// The same elements in another shape; one length may be -1 and follows from the rest.
    public func reshaped(_ shape: Int...) -> Tensor { callOp(.reshape, .tensor(self), .ints(shape)) }

    /// The same elements in another shape; one length may be -1 and follows from the rest.
    public func reshaped(to shape: [Int]) -> Tensor { callOp(.reshape, .tensor(self), .ints(shape)) }

    /// The dimensions in another order.
    public func permuted(_ axes: Int...) -> Tensor { callOp(.permute, .tensor(self), .ints(axes)) }

    /// Two dimensions exchanged; the last two if none are named.
    public func transposed(_ first: Int = -2, _ second: Int = -1) -> Tensor {
        callOp(.transpose, .tensor(self), .int(first), .int(second))
    }

    /// A new dimension of length 1 before `axis`; -1 stands for the end.
    public func expandingAxis(_ axis: Int) -> Tensor { callOp(.unsqueeze, .tensor(self), .int(axis)) }

    /// Without a dimension of length 1.
    public func droppingAxis(_ axis: Int) -> Tensor { callOp(.squeeze, .tensor(self), .int(axis)) }

    /// Dimensions of length 1 repeated to a shape, without copying.
    public func broadcast(to shape: [Int]) -> Tensor { callOp(.expand, .tensor(self), .ints(shape)) }

    /// The dimensions from `axis` on as one.
    public func flattened(from axis: Int = 0) -> Tensor { callOp(.flatten, .tensor(self), .int(axis)) }

    /// Tensors one after another along a dimension that exists.
    public static func concatenated(_ tensors: [Tensor], axis: Int = 0) -> Tensor {
        callOp(.cat, .tensors(tensors), .int(axis))
    }

    /// Tensors of one shape side by side along a new dimension.
    public static func stacked(_ tensors: [Tensor], axis: Int = 0) -> Tensor {
        callOp(.stack, .tensors(tensors), .int(axis))
    }
}
