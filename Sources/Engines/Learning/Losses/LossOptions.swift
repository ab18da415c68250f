internal import Basics

/// The options of a loss.
typealias LossOptions = OptionReader

extension OptionReader {
    /// The scale `s`.
    mutating func scale(_ value: Double) -> Double { number("s", value, in: 0.1...1000) }

    /// A pair loss takes `miner` and `memory`.
    mutating func addMiner(
        to loss: EmbeddingLoss, _ context: LossContext, _ miners: [String: @Sendable (LossContext) -> any PairMiner]
    ) {
        guard let loss = loss as? PairLoss else { return }
        if let found = read("miner") {
            if let miner = found.stringValue.flatMap({ miners[$0] }) {
                loss.miner = miner(context)
            } else {
                refuse("miner", "one of " + miners.keys.sorted().joined(separator: ", "))
            }
        }
        let memory = number("memory", 0, in: 0...1_000_000)
        if memory >= 1 { loss.memory = CrossBatchMemory(capacity: Int(memory)) }
    }
}
