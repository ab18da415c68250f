import Foundation

/// What a person at the terminal sees.
enum Terminal {
    /// Writes a line to standard output at once, even into a pipe.
    static func say(_ line: String) {
        try? FileHandle.standardOutput.write(contentsOf: Data((line + "\n").utf8))
    }

    /// Writes a line to standard error.
    static func warn(_ line: String) {
        try? FileHandle.standardError.write(contentsOf: Data((line + "\n").utf8))
    }

    /// Writes over the line that stands on standard error.
    static func overwrite(_ line: String) {
        try? FileHandle.standardError.write(contentsOf: Data(("\r" + line + "\u{1B}[K").utf8))
    }

    static var isWatched: Bool { isatty(STDERR_FILENO) == 1 }

    /// A number with separators for thousands.
    static func count(_ number: Int) -> String {
        var digits = String(abs(number))
        var groups: [String] = []
        while digits.count > 3 {
            groups.insert(String(digits.suffix(3)), at: 0)
            digits = String(digits.dropLast(3))
        }
        return (number < 0 ? "-" : "") + ([digits] + groups).joined(separator: ",")
    }

    /// A number with a few digits after the point.
    static func decimal(_ number: Double, _ digits: Int = 3) -> String {
        String(format: "%.\(digits)f", number)
    }

    /// Seconds as `1:02:03` or `2:03`.
    static func clock(_ seconds: Double) -> String {
        let all = seconds.isFinite ? Int(min(max(seconds, 0), 1e9)) : 0
        let (hours, minutes, rest) = (all / 3600, all / 60 % 60, all % 60)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return hours > 0 ? "\(hours):\(two(minutes)):\(two(rest))" : "\(minutes):\(two(rest))"
    }
}
