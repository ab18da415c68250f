/// What the learning rate is multiplied with at each step of a training.
public enum Schedule: Hashable, Sendable {
    /// Always 1.
    case constant
    /// A factor more after each of these shares of the training.
    case steps(at: [Double], factor: Double)
    /// Up in a line during a share of the training, then down half a cosine to a floor.
    case cosine(warmUp: Double = 0.03, floor: Double = 0.01)
    /// Up half a cosine from 1 / `from` during a share, then down half a cosine to 1 / (`from` x `to`)
    /// (Smith, Topin 2019).
    case oneCycle(up: Double = 0.2, from: Double = 25, to: Double = 1e4)

    /// The factor at a step, 0 ..< total.
    public func factor(step: Int, of total: Int) -> Double {
        let last = Double(max(total - 1, 1))
        let place = min(max(Double(step) / last, 0), 1)
        switch self {
        case .constant: return 1
        case .steps(let shares, let factor):
            return Scalar.pow(factor, Double(shares.count { Double(step) >= $0 * Double(total) }))
        case .cosine(let warmUp, let floor):
            // The first step already moves: a line from 1 / n to 1 over the n steps of the warm-up.
            let steps = (warmUp * Double(total)).rounded(.up)
            if Double(step) < steps { return (Double(step) + 1) / steps }
            return Self.halfCosine(1, floor, (Double(step) - steps) / max(last - steps, 1))
        case .oneCycle(let up, let from, let to):
            if place < up { return Self.halfCosine(1 / from, 1, place / up) }
            return Self.halfCosine(1, 1 / (from * to), up < 1 ? (place - up) / (1 - up) : 0)
        }
    }

    private static func halfCosine(_ start: Double, _ end: Double, _ place: Double) -> Double {
        end + (start - end) * (1 + Scalar.cos(.pi * min(max(place, 0), 1))) / 2
    }
}

/// Cuts the learning rate when a figure stands still.
public struct PlateauSchedule: Hashable, Sendable {
    /// What it is multiplied with.
    public let factor: Double
    /// Evaluations without a better figure that are waited for.
    public let patience: Int
    /// How much better counts as better.
    public let threshold: Double
    /// The factor now.
    public internal(set) var current = 1.0
    var best: Double?
    var waited = 0

    /// A schedule; higher figures are better.
    public init(factor: Double = 0.1, patience: Int = 3, threshold: Double = 1e-4) {
        (self.factor, self.patience, self.threshold) = (factor, patience, threshold)
    }

    /// Takes in an evaluation's figure and gives the factor from now on. What is no number is no better figure.
    public mutating func received(_ figure: Double) -> Double {
        if figure.isFinite, best.map({ figure > $0 + threshold }) ?? true {
            (best, waited) = (figure, 0)
        } else {
            waited += 1
        }
        if waited > patience { (current, waited) = (current * factor, 0) }
        return current
    }
}
