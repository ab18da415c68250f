import Foundation

/// Whether the tests run at the size that takes minutes (`make test-full`).
enum TestScale {
    static let isFull = ProcessInfo.processInfo.environment["VITRINE_FAULT_FULL"] == "1"

    /// One of two sizes.
    static func pick(_ small: Int, full: Int) -> Int { isFull ? full : small }
}
