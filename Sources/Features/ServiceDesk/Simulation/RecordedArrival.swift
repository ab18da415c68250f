/// A conversation as it came on a real day: when it began to wait for a human, how long agents had it, and what dispatch
/// knew of it.
package struct RecordedArrival: Sendable, Hashable {
    /// Milliseconds since 1970.
    package var at: Int64
    /// Milliseconds.
    package var handling: Int64
    package var queue: Int64
    package var priority: Int64
    /// What its agent had to be able to do, sorted.
    package var skills: [String]

    package init(at: Int64, handling: Int64, queue: Int64 = 1, priority: Int64 = 0, skills: [String] = []) {
        self.at = at
        self.handling = handling
        self.queue = queue
        self.priority = priority
        self.skills = skills.sorted()
    }
}

/// Arrivals as a table of values parted by commas; skills are parted by `+`.
package enum ArrivalTable {
    private static let head = "arrived_ms,handling_ms,queue,priority,skills"
    /// What tables of earlier versions hold.
    private static let shortHead = "arrived_ms,handling_ms"
    /// More than a year of a large shop.
    private static let limit = 50_000_000

    package struct Fault: Error, Sendable, Hashable, CustomStringConvertible {
        package let description: String
    }

    package static func text(_ arrivals: [RecordedArrival]) -> String {
        let lines = arrivals.map { arrival in
            let skills = arrival.skills.map(escaped).joined(separator: "+")
            return "\(arrival.at),\(arrival.handling),\(arrival.queue),\(arrival.priority),\(skills)"
        }
        return ([head] + lines).joined(separator: "\n") + "\n"
    }

    /// A skill's name holds none of the marks of the table.
    private static func escaped(_ skill: String) -> String {
        String(skill.map { ",+\r\n\"".contains($0) ? "_" : $0 })
    }

    /// Reads a table; arrivals in order of time.
    package static func read(_ text: String) throws(Fault) -> [RecordedArrival] {
        let lines = text.split(whereSeparator: \.isNewline)
        guard let first = lines.first, first == head || first == shortHead else {
            throw Fault(description: "The first line is not '\(head)'.")
        }
        guard lines.count <= limit else { throw Fault(description: "There are more than \(limit) lines.") }
        var found: [RecordedArrival] = []
        for (place, line) in lines.enumerated().dropFirst() {
            guard let arrival = arrival(line, isShort: first == shortHead) else {
                throw Fault(
                    description: "Line \(place + 1) does not hold '\(first)' in its bounds: '\(line.prefix(80))'.")
            }
            found.append(arrival)
        }
        guard !found.isEmpty else { throw Fault(description: "There are no arrivals.") }
        return found.sorted { $0.at < $1.at }
    }

    private static func arrival(_ line: Substring, isShort: Bool) -> RecordedArrival? {
        let fields = line.split(separator: ",", omittingEmptySubsequences: false)
        let numbers = fields.prefix(4).map { Int64($0) }
        guard fields.count == (isShort ? 2 : 5), let at = numbers[0], let handling = numbers[1], at >= 0, at < 1 << 50,
            (0...86_400_000_000).contains(handling)
        else { return nil }
        if isShort { return RecordedArrival(at: at, handling: handling) }
        guard let queue = numbers[2], let priority = numbers[3], queue > 0, (0...9).contains(priority) else {
            return nil
        }
        let skills = fields[4].split(separator: "+").map(String.init)
        guard skills.count <= 64 else { return nil }
        return RecordedArrival(at: at, handling: handling, queue: queue, priority: priority, skills: skills)
    }
}
