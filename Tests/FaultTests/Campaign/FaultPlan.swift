import Basics
import Foundation

/// How large a run is and which faults happen in it. Everything drawn follows from the seed, though not the moment
/// within a request in which a fault strikes: that is up to the machine.
struct FaultPlan: Sendable {
    /// One fault.
    enum Fault: Sendable {
        /// kill -9 and a new start; twice in a row for the second kind.
        case kill(again: Bool)
        /// SIGSTOP until every sender waits, or until one has lost its patience, then SIGCONT.
        case stop(outlastsPatience: Bool)
        /// The wall clock of the server moves to so many seconds from the real time.
        case clock(seconds: Int64)
        /// The disk is full until so many sends were refused; the server may be killed meanwhile.
        case fullDisk(refusals: Int, withKill: Bool)
    }

    /// How many of each kind.
    struct Numbers: Sendable {
        var acknowledged: Int
        var kills = 0
        var stops = 0
        var clocks = 0
        var fullDisks = 0
    }

    let seed: UInt64
    let numbers: Numbers
    /// The faults, each with the number of acknowledged sends at which it strikes.
    let faults: [(at: Int, fault: Fault)]

    init(seed: UInt64, _ numbers: Numbers) {
        var random = SeededRandom(seed: seed)
        self.seed = seed
        self.numbers = numbers
        var drawn: [Fault] = []
        for _ in 0..<numbers.kills { drawn.append(.kill(again: Int.random(in: 0..<5, using: &random) == 0)) }
        for _ in 0..<numbers.stops { drawn.append(.stop(outlastsPatience: Int.random(in: 0..<4, using: &random) == 0)) }
        for _ in 0..<numbers.clocks { drawn.append(.clock(seconds: .random(in: -200_000...200_000, using: &random))) }
        for number in 0..<numbers.fullDisks {
            drawn.append(.fullDisk(refusals: .random(in: 1...40, using: &random), withKill: number % 2 == 1))
        }
        drawn.shuffle(using: &random)
        let moments = drawn.map { _ in Int.random(in: 0..<numbers.acknowledged, using: &random) }.sorted()
        faults = Array(zip(moments, drawn)).map { (at: $0, fault: $1) }
    }

    /// Whether minutes may pass: more than 100,000 acknowledged sends and hundreds of faults.
    static var isLong: Bool { ProcessInfo.processInfo.environment["VITRINE_FAULT_FULL"] == "1" }

    /// The seed of `VITRINE_FAULT_SEED`, else a new one; printed, so that a run can be repeated.
    static let drawnSeed: UInt64 = {
        let named = ProcessInfo.processInfo.environment["VITRINE_FAULT_SEED"].flatMap { UInt64($0) }
        let seed = named ?? .random(in: 0..<1_000_000)
        print("VITRINE_FAULT_SEED=\(seed)")
        return seed
    }()
}
