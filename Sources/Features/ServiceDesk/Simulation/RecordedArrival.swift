/// A conversation as it came on a real day: when it began to wait for a human, and how long agents had it.
package struct RecordedArrival: Sendable, Hashable {
    /// Milliseconds since 1970.
    package var at: Int64
    /// Milliseconds.
    package var handling: Int64

    package init(at: Int64, handling: Int64) {
        self.at = at
        self.handling = handling
    }
}

/// Arrivals as a table of values parted by commas.
package enum ArrivalTable {
    private static let head = "arrived_ms,handling_ms"
    /// More than a year of a large shop.
    private static let limit = 50_000_000

    package struct Fault: Error, Sendable, Hashable, CustomStringConvertible {
        package let description: String
    }

    package static func text(_ arrivals: [RecordedArrival]) -> String {
        ([head] + arrivals.map { "\($0.at),\($0.handling)" }).joined(separator: "\n") + "\n"
    }

    /// Reads a table; arrivals in order of time.
    package static func read(_ text: String) throws(Fault) -> [RecordedArrival] {
        let lines = text.split(whereSeparator: \.isNewline)
        guard lines.first == Substring(head) else { throw Fault(description: "The first line is not '\(head)'.") }
        guard lines.count <= limit else { throw Fault(description: "There are more than \(limit) lines.") }
        var found: [RecordedArrival] = []
        for (place, line) in lines.enumerated().dropFirst() {
            let numbers = line.split(separator: ",").map { Int64($0) }
            guard numbers.count == 2, let at = numbers[0], let handling = numbers[1], at >= 0, at < 1 << 50,
                (0...86_400_000_000).contains(handling)
            else { throw Fault(description: "Line \(place + 1) is not two whole numbers: '\(line.prefix(80))'.") }
            found.append(RecordedArrival(at: at, handling: handling))
        }
        guard !found.isEmpty else { throw Fault(description: "There are no arrivals.") }
        return found.sorted { $0.at < $1.at }
    }
}
