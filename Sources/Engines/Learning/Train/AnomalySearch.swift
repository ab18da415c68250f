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

    static let message = "the result has numbers that are infinite or none"

    /// Operations that the search itself needs.
    private static let innocent: Set<OpName> = [.isFinite, .all]

    /// Whether the results of an operation hold numbers that are none.
    static func finds(_ results: [Tensor], of op: OpName) -> Bool {
        guard !innocent.contains(op) else { return false }
        return results.contains { tensor in
            guard !tensor.isFailed, tensor.dtype.isFloating, tensor.count > 0 else { return false }
            return withoutGrad { callOp(.all, .tensor(callOp(.isFinite, .tensor(tensor.detached())))).item() == 0 }
        }
    }
}
