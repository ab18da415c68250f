import Foundation

/// Processor time of the program, for measuring.
enum ProcessorTime {
    /// Seconds used until now, in all threads.
    static var now: Double {
        var usage = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &usage)
        return Double(usage.tv_sec) + Double(usage.tv_nsec) * 1e-9
    }

    /// Milliseconds of one of `count` equal pieces of work, with two digits.
    static func milliseconds(since start: Double, over count: Int) -> String {
        String(format: "%.2f", (now - start) * 1000 / Double(max(1, count)))
    }
}
