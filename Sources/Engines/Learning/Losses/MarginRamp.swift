/// A margin that rises from 0 over the first part of a training, because a full one may not start to learn.
struct MarginRamp: Hashable, Sendable {
    /// The margin at the end.
    let full: Double
    /// The share of training in which it rises; 0 for a full margin from the first step.
    let share: Double

    /// The margin at a step of so many.
    func margin(step: Int, of total: Int) -> Double {
        let length = share * Double(total)
        return length > 0 ? full * min(1, Double(step) / length) : full
    }
}

/// A classifier whose margin rises over the first part of training.
open class RisingMarginHead: MarginHead {
    /// m at the end of the ramp.
    public let fullMargin: Double
    /// The share of training in which the margin rises from 0.
    public let ramp: Double
    /// m now.
    public private(set) var margin: Double

    /// A classifier of a number of classes; without a ramp the margin is full from the first step.
    public init(classes: Int, dimension: Int, scale: Double, margin: Double, ramp: Double) {
        (fullMargin, self.ramp) = (margin, ramp)
        self.margin = ramp > 0 ? 0 : margin
        super.init(classes: classes, dimension: dimension, scale: scale)
    }

    /// Sets the margin for a step.
    public override func advance(step: Int, of total: Int) {
        margin = MarginRamp(full: fullMargin, share: ramp).margin(step: step, of: total)
        statistics["margin"] = .full(margin, [])
    }
}
