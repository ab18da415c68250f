internal import Kernels

/// How differences of brightness count (chapter 3.1): squares, or measures that grow slower for large ones.
public enum DirectLoss: Sendable, Hashable {
    /// e² (equation 1.7).
    case squares
    /// e² / (1 + e²/a²), which large differences cannot pull (Geman and McClure 1987).
    case gemanMcClure
    /// e² up to a, then linear (Huber 1964).
    case huber
    /// |e|.
    case absolute

    /// The loss with its scale a = 2 · 1.4826 · median |e|, at least a fifth of a level of 8 bits.
    func scaled(_ absoluteErrors: [Float]) -> RobustLoss {
        guard self != .squares, !absoluteErrors.isEmpty else { return .squares }
        let median = absoluteErrors.sorted()[absoluteErrors.count / 2]
        return kernel(scale: max(2 * 1.4826 * median, 0.2 / 255))
    }

    /// The loss with a given scale.
    func kernel(scale: Float) -> RobustLoss {
        switch self {
        case .squares: .squares
        case .gemanMcClure: .gemanMcClure(scale)
        case .huber: .huber(scale)
        case .absolute: .absolute(scale / 20)
        }
    }
}
