#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Random numbers that follow from what they are for, not from what was drawn before (Salmon et al. 2011, Philox4x32-10).
///
/// The seed is the key; epoch, sample, stage and the number of the block are the counter. Draws for one sample therefore do
/// not depend on other samples, on their order, or on the number of tasks.
public struct CounterRandom: RandomNumberGenerator, Sendable {
    /// What numbers are drawn for; each has a sequence of its own.
    public struct Stage: Hashable, Sendable {
        /// The number of the stage.
        public let number: UInt32

        /// The stage of a number.
        public init(_ number: UInt32) { self.number = number }

        /// The order of samples.
        public static let sampling = Stage(0xFFFF_0001)
        /// Which source comes next.
        public static let mixing = Stage(0xFFFF_0002)
        /// Mixtures inside a batch.
        public static let batch = Stage(0xFFFF_0003)
        /// Words of texts.
        public static let text = Stage(0xFFFF_0004)
    }

    private let seed: UInt64
    private let stage: UInt32
    private let sample: UInt32
    private let epoch: UInt32
    private var number: UInt32 = 0
    private var block = PhiloxBlock()
    private var used = 4

    /// The sequence for a seed, an epoch, a sample and a stage; the lower 32 bits of epoch and sample count.
    public init(seed: UInt64, epoch: Int = 0, sample: Int = 0, stage: Stage) {
        self.seed = seed
        self.stage = stage.number
        self.sample = UInt32(truncatingIfNeeded: sample)
        self.epoch = UInt32(truncatingIfNeeded: epoch)
    }

    /// The next 32 bits.
    public mutating func next32() -> UInt32 {
        if used == 4 {
            block = PhiloxBlock(number, stage, sample, epoch).mixed(key: seed)
            number &+= 1
            used = 0
        }
        used += 1
        switch used {
        case 1: return block.first
        case 2: return block.second
        case 3: return block.third
        default: return block.fourth
        }
    }

    /// The next 64 bits.
    public mutating func next() -> UInt64 { UInt64(next32()) << 32 | UInt64(next32()) }

    /// A number from 0 up to, not including, 1.
    public mutating func unit() -> Double { Double(next32()) * 0x1p-32 }

    /// A number between two bounds.
    public mutating func uniform(_ range: ClosedRange<Double>) -> Double {
        range.lowerBound + unit() * (range.upperBound - range.lowerBound)
    }

    /// Whether something of a probability happens. A number is drawn in any case.
    public mutating func chance(_ probability: Double) -> Bool { unit() < probability }

    /// A whole number from 0 up to, not including, `count` (at least 1, at most 2^32).
    public mutating func below(_ count: Int) -> Int {
        precondition(count > 0, "nothing to choose from")
        return Int(truncatingIfNeeded: (UInt64(next32()) &* UInt64(count)) >> 32)
    }

    /// A number of the normal distribution (Box, Muller 1958).
    public mutating func normal() -> Double {
        (-2 * log(1 - unit())).squareRoot() * cos(2 * .pi * unit())
    }

    /// The elements in a drawn order (Fisher, Yates).
    public mutating func shuffled<Element>(_ elements: [Element]) -> [Element] {
        var elements = elements
        for last in stride(from: elements.count - 1, to: 0, by: -1) { elements.swapAt(last, below(last + 1)) }
        return elements
    }

    /// A position drawn in proportion to weights; nil if none is above 0.
    public mutating func weighted(_ weights: [Double]) -> Int? {
        let sum = weights.reduce(0) { $0 + max(0, $1) }
        guard sum > 0, sum.isFinite else { return nil }
        var left = unit() * sum
        for (index, weight) in weights.enumerated() where weight > 0 {
            left -= weight
            if left < 0 { return index }
        }
        return weights.lastIndex { $0 > 0 }
    }
}

/// The four words that Philox turns into four others.
struct PhiloxBlock: Hashable, Sendable {
    private(set) var first: UInt32 = 0
    private(set) var second: UInt32 = 0
    private(set) var third: UInt32 = 0
    private(set) var fourth: UInt32 = 0

    init() {}

    init(_ first: UInt32, _ second: UInt32, _ third: UInt32, _ fourth: UInt32) {
        (self.first, self.second, self.third, self.fourth) = (first, second, third, fourth)
    }

    /// The block after ten rounds; multipliers and the steps of the key are those of the paper.
    func mixed(key: UInt64) -> PhiloxBlock {
        var block = self
        var low = UInt32(truncatingIfNeeded: key)
        var high = UInt32(truncatingIfNeeded: key >> 32)
        for _ in 0..<10 {
            let left = UInt64(block.first) &* 0xD251_1F53
            let right = UInt64(block.third) &* 0xCD9E_8D57
            block = PhiloxBlock(
                UInt32(truncatingIfNeeded: right >> 32) ^ block.second ^ low, UInt32(truncatingIfNeeded: right),
                UInt32(truncatingIfNeeded: left >> 32) ^ block.fourth ^ high, UInt32(truncatingIfNeeded: left))
            low = low &+ 0x9E37_79B9
            high = high &+ 0xBB67_AE85
        }
        return block
    }
}
