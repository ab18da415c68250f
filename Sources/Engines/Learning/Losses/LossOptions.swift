internal import Basics

/// The options of one loss: each key is read once, and what nobody read is a problem.
struct LossOptions {
    private let object: JSONObject
    private let path: String
    private var known: Set<String>
    private var problems: [String] = []

    init(_ object: JSONObject, path: String, known: Set<String>) {
        (self.object, self.path, self.known) = (object, path, known)
    }

    /// A number within a range; the default where there is none.
    mutating func number(_ key: String, _ value: Double, in range: ClosedRange<Double>) -> Double {
        guard let found = read(key) else { return value }
        if let number = found.doubleValue, range.contains(number) { return number }
        problems.append("\(path)\(key): a number from \(range.lowerBound) to \(range.upperBound)")
        return value
    }

    /// The scale `s`.
    mutating func scale(_ value: Double) -> Double { number("s", value, in: 0.1...1000) }

    /// A truth value; the default where there is none.
    mutating func flag(_ key: String, _ value: Bool) -> Bool {
        guard let found = read(key) else { return value }
        if let flag = found.boolValue { return flag }
        problems.append("\(path)\(key): true or false")
        return value
    }

    /// One of an enumeration's names; the default where there is none.
    mutating func choice<Choice>(_ key: String, _ value: Choice) -> Choice
    where Choice: RawRepresentable<String> & CaseIterable {
        guard let found = read(key) else { return value }
        if let choice = found.stringValue.flatMap(Choice.init(rawValue:)) { return choice }
        problems.append("\(path)\(key): one of " + Choice.allCases.map(\.rawValue).joined(separator: ", "))
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
                problems.append("\(path)miner: one of " + miners.keys.sorted().joined(separator: ", "))
            }
        }
        let memory = number("memory", 0, in: 0...1_000_000)
        if memory >= 1 { loss.memory = CrossBatchMemory(capacity: Int(memory)) }
    }

    private mutating func read(_ key: String) -> JSON? {
        known.insert(key)
        return object[key]
    }

    /// All problems, with a line for each key that nobody knows. Keys that begin with `//` are comments.
    mutating func finish() -> [String] {
        problems
            + object.keys.filter { !known.contains($0) && !$0.hasPrefix("//") }.map { "\(path)\($0): unknown key" }
    }
}
