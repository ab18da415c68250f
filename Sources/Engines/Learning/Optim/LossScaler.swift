internal import Basics

/// Keeps the gradients of half precision above its smallest numbers: the loss is multiplied, gradients are divided, and
/// the factor halves when one overflows and doubles after a run of clean steps (Micikevicius et al. 2018, section 3.2).
public struct LossScaler: Hashable, Sendable {
    /// What to do with a step's gradients.
    public enum Verdict: Hashable, Sendable {
        /// Divide them and take the step.
        case step
        /// Drop them.
        case skip
        /// Too many were dropped in a row: training has failed.
        case stop
    }

    /// What the loss is multiplied with.
    public private(set) var scale: Double
    /// Clean steps after which the scale doubles.
    public let growsAfter: Int
    /// Drops in a row after which it is over.
    public let patience: Int
    private var clean = 0
    private var dropped = 0

    /// A scaler.
    public init(scale: Double = 65_536, growsAfter: Int = 2000, patience: Int = 20) {
        (self.scale, self.growsAfter, self.patience) = (scale, growsAfter, patience)
    }

    /// Takes in whether all gradients of a step are finite.
    public mutating func received(areFinite: Bool) -> Verdict {
        guard areFinite else {
            (scale, clean, dropped) = (max(scale / 2, 1), 0, dropped + 1)
            return dropped > patience ? .stop : .skip
        }
        (clean, dropped) = (clean + 1, 0)
        if clean == growsAfter { (scale, clean) = (scale * 2, 0) }
        return .step
    }

    /// What a checkpoint keeps.
    var json: JSON { ["scale": .double(scale), "clean": .int(Int64(clean)), "dropped": .int(Int64(dropped))] }

    /// Goes on from what was kept.
    mutating func restore(_ json: JSON) {
        scale = json["scale"]?.doubleValue ?? scale
        clean = Int(json["clean"]?.intValue ?? 0)
        dropped = Int(json["dropped"]?.intValue ?? 0)
    }
}
