import Foundation

/// Whether the tests run at the size that takes minutes (`make test-full`).
enum TestSize {
    static let isFull = ProcessInfo.processInfo.environment["VITRINE_FAULT_FULL"] != nil
}
