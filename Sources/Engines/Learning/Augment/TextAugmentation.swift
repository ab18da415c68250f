/// Words of a query in another order, or with some left out; what it asks for stays the same.
public struct TextAugmentation: Hashable, Sendable {
    /// How often the words change places.
    public var shuffle: Double
    /// How often a word is left out; one always stays.
    public var drop: Double

    /// An augmentation.
    public init(shuffle: Double = 0.3, drop: Double = 0.1) { (self.shuffle, self.drop) = (shuffle, drop) }

    /// The words of a text as this sample shows them in this epoch. They stand between spaces.
    public func applied(to text: String, seed: UInt64, epoch: Int, sample: Int) -> String {
        var random = CounterRandom(seed: seed, epoch: epoch, sample: sample, stage: .text)
        return applied(to: text.split(separator: " ").map(String.init), &random).joined(separator: " ")
    }

    func applied(to words: [String], _ random: inout CounterRandom) -> [String] {
        guard !words.isEmpty else { return [] }
        let isShuffled = random.chance(shuffle)
        let kept = words.filter { _ in !random.chance(drop) }
        let left = kept.isEmpty ? [words[random.below(words.count)]] : kept
        return isShuffled ? random.shuffled(left) : left
    }
}
