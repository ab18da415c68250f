internal import CTorch

/// Runs a body whose operations are not recorded for gradients.
public func withoutGrad<Result>(_ body: () throws -> Result) rethrows -> Result {
    let before = ct_set_grad_mode(false)
    defer { _ = ct_set_grad_mode(before) }
    return try body()
}

/// Runs a body whose results can never be used for gradients, which is faster still than ``withoutGrad(_:)``.
public func inference<Result>(_ body: () throws -> Result) rethrows -> Result {
    done("inference", [], ct_inference(true))
    defer { done("inference", [], ct_inference(false)) }
    return try body()
}

/// Runs a body in which matrix products and convolutions compute in bfloat16, or in half precision (`float16`).
public func mixedPrecision<Result>(_ type: DType = .bfloat16, _ body: () throws -> Result) rethrows -> Result {
    let before = ct_set_autocast(type.rawValue)
    defer { _ = ct_set_autocast(before) }
    return try body()
}

/// Runs a body in which everything computes in the numbers it is given, also inside of ``mixedPrecision(_:)``.
func fullPrecision<Result>(_ body: () throws -> Result) rethrows -> Result {
    let before = ct_set_autocast(0)
    defer { _ = ct_set_autocast(before) }
    return try body()
}

extension Tensor {
    /// Whether operations on this tensor are recorded for gradients.
    public var requiresGrad: Bool {
        get { borrowing(self, ct_requires_grad) ?? false }
        set { done("requires_grad", [self], borrowing(self) { ct_set_requires_grad($0, newValue) }) }
    }

    /// The gradient that this leaf has collected; nil if it has none.
    public var grad: Tensor? {
        get { Learning.taking("grad", [self]) { out in borrowing(self) { ct_gradient($0, out) } } }
        set { done("set_grad", [self], borrowing(self, newValue) { ct_set_gradient($0, $1) }) }
    }

    /// The same numbers without their history.
    public func detached() -> Tensor { callOp(.detach, .tensor(self)) }

    /// Adds the gradient of this single number to every leaf that it was made from.
    public func backward(keepsGraph: Bool = false) {
        done("backward", [self], borrowing(self) { ct_backward($0, keepsGraph) })
    }

    /// Adds the gradient of the sum of this tensor times `gradient`, place by place, to every leaf.
    public func backward(_ gradient: Tensor, keepsGraph: Bool = false) {
        done(
            "backward", [self, gradient],
            borrowing(self, gradient) { raw, gradient in gradient.map { ct_backward_with(raw, $0, keepsGraph) } ?? 0 })
    }

    /// The gradients of this single number for other tensors, without touching any leaf; nil where there is none.
    public func gradients(of inputs: [Tensor], keepsGraph: Bool = false) -> [Tensor?] {
        takingList("gradients_of", count: inputs.count) { outs in
            borrowing(self, inputs) { raw, handles in
                ct_gradients_of(raw, handles, Int32(clamping: handles.count), keepsGraph, outs)
            }
        }
    }
}

extension Tensor {
    /// Takes over another tensor's numbers, broadcast to this shape, without recording.
    public func copyInPlace(_ other: Tensor) {
        withoutGrad { _ = callOp(.copyInPlace, .tensor(self), .tensor(other)) }
    }

    /// Sets every element, without recording.
    public func fillInPlace(_ value: Double) {
        withoutGrad { _ = callOp(.fillInPlace, .tensor(self), .double(value)) }
    }

    /// Adds another tensor, times a number, without recording.
    public func addInPlace(_ other: Tensor, times scale: Double = 1) {
        // Integers take no scale that is a floating-point number.
        let scaled: [Arg] = [.tensor(self), .tensor(other)] + (scale == 1 ? [] : [.double(scale)])
        withoutGrad { _ = callOp(.addInPlace, scaled, results: 1) }
    }
}
