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
}
