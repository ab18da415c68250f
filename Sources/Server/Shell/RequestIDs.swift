import Basics
import Synchronization

/// Names of requests for the log: random by process, counted within it.
final class RequestIDs: Sendable {
    private let prefix: String
    private let count = Atomic<UInt64>(0)

    init() {
        var random = SystemRandomNumberGenerator()
        prefix = String(UInt32.random(in: .min ... .max, using: &random), radix: 36)
    }

    func next() -> String {
        "\(prefix)-\(count.wrappingAdd(1, ordering: .relaxed).newValue)"
    }
}
