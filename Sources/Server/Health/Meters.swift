import Synchronization

/// A number that only grows. Adding costs one atomic addition.
package final class Counter: Sendable {
    private let value = Atomic<UInt64>(0)

    /// Adds to the number.
    package func add(_ amount: Int = 1) {
        guard let amount = UInt64(exactly: amount) else { return }
        value.wrappingAdd(amount, ordering: .relaxed)
    }

    /// The number now.
    package var total: UInt64 { value.load(ordering: .relaxed) }
}

/// A distribution over fixed bounds.
package final class Histogram: Sendable {
    /// What has been counted.
    struct Reading: Sendable {
        var counts: [UInt64]
        var sum: Double = 0
        var total: UInt64 { counts.reduce(0, &+) }
    }

    let bounds: [Double]
    private let reading: Mutex<Reading>

    /// Bounds in seconds for what takes between half a millisecond and a minute.
    package static let durations: [Double] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30]

    /// An empty distribution; `bounds` must ascend.
    package init(bounds: [Double] = Histogram.durations) {
        precondition(zip(bounds, bounds.dropFirst()).allSatisfy(<), "bounds ascend")
        self.bounds = bounds
        reading = Mutex(Reading(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    /// Counts a value.
    package func observe(_ value: Double) {
        let slot = bounds.firstIndex { value <= $0 } ?? bounds.count
        reading.withLock { reading in
            reading.counts[slot] &+= 1
            reading.sum += value
        }
    }

    var snapshot: Reading { reading.withLock { $0 } }
}

/// Requests of one class: how many ended with which kind of status, and how long they took.
final class RequestMeter: Sendable {
    let durations = Histogram()
    private let statuses = Mutex<[UInt64]>(Array(repeating: 0, count: 5))

    func record(status: Int, seconds: Double) {
        durations.observe(seconds)
        let slot = min(max(status / 100 - 1, 0), 4)
        statuses.withLock { $0[slot] &+= 1 }
    }

    /// Requests by first digit of the status, from `1xx` to `5xx`.
    var countsByStatus: [UInt64] { statuses.withLock { $0 } }
}
