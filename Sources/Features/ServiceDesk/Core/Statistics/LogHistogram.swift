/// Counts of durations in buckets of at most 6.25 % width: sixteen to each doubling, all whole numbers.
package struct LogHistogram: Sendable, Hashable {
    /// How many values lie in each bucket that has any.
    package private(set) var buckets: [Int: Int64] = [:]

    package init() {}

    package var count: Int64 { buckets.values.reduce(0, +) }

    /// The bucket of a value; contiguous from 0.
    package static func index(_ value: Int64) -> Int {
        let value = max(0, value)
        let bits = Int64.bitWidth - value.leadingZeroBitCount
        let shift = max(0, bits - 5)
        return shift << 4 + Int(value >> Int64(shift))
    }

    /// The smallest value of a bucket.
    package static func lowest(_ index: Int) -> Int64 {
        guard index >= 32 else { return Int64(max(0, index)) }
        // From 32 on each sixteen buckets are one doubling; the upper half of 32 numbers is left.
        let shift = index / 16 - 1
        return Int64(index - shift * 16) << Int64(min(58, shift))
    }

    /// Adds a value so many times; takes it away for a negative number.
    package mutating func add(_ value: Int64, times: Int64 = 1) { addBucket(Self.index(value), times: times) }

    mutating func addBucket(_ index: Int, times: Int64) {
        let count = buckets[index, default: 0] + times
        buckets[index] = count == 0 ? nil : count
    }

    package mutating func merge(_ other: LogHistogram) {
        for (index, count) in other.buckets { addBucket(index, times: count) }
    }

    /// A value below which at least a share of all lies, to the width of a bucket; nil without values.
    package func quantile(_ share: Double) -> Int64? {
        let wanted = max(1, Int64((share * Double(count)).rounded(.up)))
        var seen: Int64 = 0
        for index in buckets.keys.sorted() {
            seen += buckets[index] ?? 0
            if seen >= wanted { return Self.lowest(index) }
        }
        return nil
    }
}
