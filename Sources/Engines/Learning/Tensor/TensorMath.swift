/// The element-by-element sum; shapes are broadcast.
public func + (left: Tensor, right: Tensor) -> Tensor { callOp(.add, .tensor(left), .tensor(right)) }

/// The element-by-element difference; shapes are broadcast.
public func - (left: Tensor, right: Tensor) -> Tensor { callOp(.subtract, .tensor(left), .tensor(right)) }

/// The element-by-element product; shapes are broadcast.
public func * (left: Tensor, right: Tensor) -> Tensor { callOp(.multiply, .tensor(left), .tensor(right)) }

/// The element-by-element quotient; shapes are broadcast.
public func / (left: Tensor, right: Tensor) -> Tensor { callOp(.divide, .tensor(left), .tensor(right)) }

/// A number added to every element.
public func + (left: Tensor, right: Double) -> Tensor { callOp(.addScalar, .tensor(left), .double(right)) }

/// A number added to every element.
public func + (left: Double, right: Tensor) -> Tensor { right + left }

/// A number taken from every element.
public func - (left: Tensor, right: Double) -> Tensor { left + -right }

/// Every element taken from a number.
public func - (left: Double, right: Tensor) -> Tensor { callOp(.rsubScalar, .tensor(right), .double(left)) }

/// Every element times a number.
public func * (left: Tensor, right: Double) -> Tensor { callOp(.multiplyScalar, .tensor(left), .double(right)) }

/// Every element times a number.
public func * (left: Double, right: Tensor) -> Tensor { right * left }

/// Every element divided by a number.
public func / (left: Tensor, right: Double) -> Tensor { callOp(.divideScalar, .tensor(left), .double(right)) }

/// A number divided by every element.
public func / (left: Double, right: Tensor) -> Tensor { callOp(.reciprocal, .tensor(right)) * left }

/// Every element with the other sign.
public prefix func - (value: Tensor) -> Tensor { callOp(.negate, .tensor(value)) }

extension Tensor {
    /// The matrix product [.., n, k] x [.., k, m] -> [.., n, m]; leading dimensions are broadcast.
    public func matmul(_ other: Tensor) -> Tensor { callOp(.matmul, .tensor(self), .tensor(other)) }

    /// The size of every element without its sign.
    public func abs() -> Tensor { callOp(.abs, .tensor(self)) }

    /// e to the power of every element.
    public func exp() -> Tensor { callOp(.exp, .tensor(self)) }

    /// The natural logarithm of every element.
    public func log() -> Tensor { callOp(.log, .tensor(self)) }

    /// The natural logarithm of one plus every element.
    public func log1p() -> Tensor { callOp(.log1p, .tensor(self)) }

    /// The square root of every element.
    public func sqrt() -> Tensor { callOp(.sqrt, .tensor(self)) }

    /// Every element times itself.
    public func square() -> Tensor { self * self }

    /// Every element to a power.
    public func pow(_ exponent: Double) -> Tensor { callOp(.powScalar, .tensor(self), .double(exponent)) }

    /// The sine of every element.
    public func sin() -> Tensor { callOp(.sin, .tensor(self)) }

    /// The cosine of every element.
    public func cos() -> Tensor { callOp(.cos, .tensor(self)) }

    /// The angle, 0 to pi, whose cosine every element is; its gradient is infinite at -1 and 1.
    public func arccos() -> Tensor { callOp(.arccos, .tensor(self)) }

    /// The largest integer that is not above every element; the gradient is 0.
    public func floor() -> Tensor { callOp(.floor, .tensor(self)) }

    /// -1, 0 or 1 as every element is negative, zero or positive.
    public func sign() -> Tensor { callOp(.sign, .tensor(self)) }

    /// Every element, not below `low` and not above `high`; the gradient outside is 0.
    public func clamped(min low: Double? = nil, max high: Double? = nil) -> Tensor {
        callOp(
            .clamp, .tensor(self), low.map(Arg.double) ?? .none, high.map(Arg.double) ?? .none)
    }

    /// The larger of two elements, place by place.
    public func maximum(_ other: Tensor) -> Tensor { callOp(.maximum, .tensor(self), .tensor(other)) }

    /// The smaller of two elements, place by place.
    public func minimum(_ other: Tensor) -> Tensor { callOp(.minimum, .tensor(self), .tensor(other)) }

    /// log(e^a + e^b), place by place, without overflow.
    public func logAddExp(_ other: Tensor) -> Tensor { callOp(.logAddExp, .tensor(self), .tensor(other)) }

    /// log(1 + e^x), place by place, without overflow.
    public func softplus() -> Tensor { callOp(.softplus, .tensor(self)) }

    // MARK: Truth

    /// Whether elements are equal, place by place.
    public func equals(_ other: Tensor) -> Tensor { callOp(.equal, .tensor(self), .tensor(other)) }

    /// Whether elements equal a number.
    public func equals(_ other: Double) -> Tensor { callOp(.equalScalar, .tensor(self), .double(other)) }

    /// Whether elements are below others, place by place.
    public func isLess(than other: Tensor) -> Tensor { callOp(.less, .tensor(self), .tensor(other)) }

    /// Whether elements are below a number.
    public func isLess(than other: Double) -> Tensor { callOp(.lessScalar, .tensor(self), .double(other)) }

    /// Whether elements are a number at most.
    public func isAtMost(_ other: Double) -> Tensor { callOp(.lessEqualScalar, .tensor(self), .double(other)) }

    /// Whether elements are above others, place by place.
    public func isGreater(than other: Tensor) -> Tensor { callOp(.greater, .tensor(self), .tensor(other)) }

    /// Whether elements are above a number.
    public func isGreater(than other: Double) -> Tensor { callOp(.greaterScalar, .tensor(self), .double(other)) }

    /// Whether elements are a number at least.
    public func isAtLeast(_ other: Double) -> Tensor { callOp(.greaterEqualScalar, .tensor(self), .double(other)) }

    /// Whether elements are neither infinite nor NaN.
    public func isFinite() -> Tensor { callOp(.isFinite, .tensor(self)) }

    /// Whether both are true, place by place.
    public func and(_ other: Tensor) -> Tensor { callOp(.logicalAnd, .tensor(self), .tensor(other)) }

    /// Whether one or both are true, place by place.
    public func or(_ other: Tensor) -> Tensor { callOp(.logicalOr, .tensor(self), .tensor(other)) }

    /// Whether elements are false.
    public func not() -> Tensor { callOp(.logicalNot, .tensor(self)) }

    /// The elements with a number in the places where the mask is true.
    public func filled(where mask: Tensor, with value: Double) -> Tensor {
        callOp(.maskedFill, .tensor(self), .tensor(mask), .double(value))
    }

    /// This tensor's elements where the mask is true, the other's elsewhere.
    public func chosen(where mask: Tensor, otherwise other: Tensor) -> Tensor {
        callOp(.whereSelf, .tensor(mask), .tensor(self), .tensor(other))
    }
}
