internal import Synchronization

/// Looks at the result of every operation for numbers that are none, so that the first operation that makes one is named.
///
/// Slow: each operation is followed by another that reads all of its result.
public enum AnomalySearch {
    private static let flag = Atomic(false)

    /// Whether it looks.
    public static var isOn: Bool {
        get { flag.load(ordering: .relaxed) }
        set { flag.store(newValue, ordering: .relaxed) }
    }

    static let message = "the first result with a number that is none (NaN)"

    /// Whether the results of an operation hold numbers that are none.
    static func finds(_ results: [Tensor]) -> Bool {
        results.contains { tensor in
            guard !tensor.isFailed, tensor.dtype.isFloating, tensor.count > 0 else { return false }
            // Only what is none differs from itself; infinities are what masks are made of.
            return withoutGrad { callOp(.all, .tensor(tensor.equals(tensor))).item() == 0 }
        }
    }
}
