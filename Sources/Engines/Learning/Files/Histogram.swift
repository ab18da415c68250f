/// How values are spread over buckets that grow by a tenth away from 0.
public struct ValueHistogram: Hashable, Sendable {
    /// The smallest value; 0 if there is none.
    public private(set) var smallest = 0.0
    /// The largest value; 0 if there is none.
    public private(set) var largest = 0.0
    /// How many values there are.
    public private(set) var count = 0
    /// Their sum.
    public private(set) var sum = 0.0
    /// The sum of their squares.
    public private(set) var squares = 0.0
    /// Upper ends of the buckets, each included; from the first to the last that holds a value.
    public private(set) var limits: [Double] = []
    /// How many values each bucket holds.
    public private(set) var counts: [Double] = []

    private static let ends: [Double] = {
        let positive = Array(sequence(first: 1e-12) { $0 < 1e20 ? $0 * 1.1 : nil })
        return [-Double.greatestFiniteMagnitude] + positive.reversed().map { -$0 } + [0] + positive
            + [.greatestFiniteMagnitude]
    }()

    /// The histogram of the finite values.
    public init(_ values: some Sequence<Double>) {
        var all = [Double](repeating: 0, count: Self.ends.count)
        for value in values where value.isFinite {
            (smallest, largest) = count == 0 ? (value, value) : (min(smallest, value), max(largest, value))
            (count, sum, squares) = (count + 1, sum + value, squares + value * value)
            all[Self.bucket(value)] += 1
        }
        guard let first = all.firstIndex(where: { $0 > 0 }), let last = all.lastIndex(where: { $0 > 0 }) else { return }
        limits = Array(Self.ends[first...last])
        counts = Array(all[first...last])
    }

    /// The first bucket whose end is not below the value.
    private static func bucket(_ value: Double) -> Int {
        var (low, high) = (0, ends.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if ends[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
