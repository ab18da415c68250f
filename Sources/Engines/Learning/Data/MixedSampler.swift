/// Batches of several sources by weight. An epoch ends with the first source; the others go on where they stopped.
public struct MixedSampler: BatchSampler {
    /// How sources share batches.
    public enum Mode: String, Sendable, CaseIterable {
        /// Each batch is of one source.
        case single
        /// Each batch holds rows of all sources.
        case together
    }

    /// One source: its samples stand from `offset` on in the joined data set.
    public struct Part: Sendable {
        let sampler: any BatchSampler
        let weight: Double
        let offset: Int

        /// A source; weights are relative to each other.
        public init(_ sampler: any BatchSampler, weight: Double, offset: Int) {
            precondition(weight > 0 && weight.isFinite, "a source has a weight")
            (self.sampler, self.weight, self.offset) = (sampler, weight, offset)
        }
    }

    private let parts: [Part]
    private let mode: Mode

    /// A mixture; the first source is the one that the epoch is counted by.
    public init(_ parts: [Part], mode: Mode = .single) { (self.parts, self.mode) = (parts, mode) }

    /// The batches of an epoch.
    public func batches(epoch: Int, seed: UInt64) -> [[Int]] {
        guard let first = parts.first else { return [] }
        let own = first.sampler.batches(epoch: epoch, seed: seed).map { $0.map { $0 + first.offset } }
        let others = parts.dropFirst().enumerated().map { number, part -> [[Int]] in
            let share = mode == .together ? 1 : part.weight / first.weight
            let count = Int((Double(own.count) * share).rounded())
            return batches(of: part, from: epoch * count, count: count, seed: seed &+ UInt64(number) &+ 1)
        }
        guard mode == .single else {
            return own.indices.map { at in own[at] + others.flatMap { $0.isEmpty ? [] : $0[at % $0.count] } }
        }
        var random = CounterRandom(seed: seed, epoch: epoch, stage: .mixing)
        return random.shuffled(own + others.flatMap { $0 })
    }

    /// So many batches of a source, counted over all its epochs, which are taken to be as long as its first.
    private func batches(of part: Part, from start: Int, count: Int, seed: UInt64) -> [[Int]] {
        let length = part.sampler.batches(epoch: 0, seed: seed).count
        guard length > 0, count > 0 else { return [] }
        var result: [[Int]] = []
        for epoch in (start / length)...((start + count - 1) / length) {
            let plan = part.sampler.batches(epoch: epoch, seed: seed)
            let from = max(0, start - epoch * length)
            let until = min(plan.count, start + count - epoch * length)
            if from < until { result += plan[from..<until].map { $0.map { $0 + part.offset } } }
        }
        return result
    }
}
