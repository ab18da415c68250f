internal import Basics

/// The options of a loss.
typealias LossOptions = OptionReader

extension OptionReader {
    /// The scale `s`.
    mutating func scale(_ value: Double) -> Double { number("s", value, in: 0.1...1000) }

    /// Two shares over 0, such as those of a cascade's deeper levels.
    mutating func shares(_ key: String, _ value: [Double]) -> [Double] {
        guard let found = read(key) else { return value }
        let numbers = found.arrayValue?.compactMap(\.doubleValue).filter { $0 > 0 && $0 <= 1 } ?? []
        if numbers.count == value.count, found.arrayValue?.count == value.count { return numbers }
        refuse(key, "\(value.count) numbers over 0, up to 1")
        return value
    }

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
