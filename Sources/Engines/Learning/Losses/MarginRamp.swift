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
