package import Basics
import Foundation
import Storage

/// Values that tables keep as texts.
enum Texts {
    static func text(_ value: JSON) -> String { String(decoding: value.canonical(), as: UTF8.self) }

    static func json(_ text: String) -> JSON {
        let bytes = Array(text.utf8)
        return (try? JSON(parsing: bytes, limits: JSONLimits(maximumBytes: bytes.count, maximumDepth: 32))) ?? .null
    }

    static func words(_ words: some Sequence<String>) -> String { text(.array(words.sorted().map(JSON.string))) }
    static func words(_ text: String) -> [String] { (json(text).arrayValue ?? []).compactMap(\.stringValue) }

    static func exclusions(_ exclusions: [Int64: Int64]) -> String {
        var object: JSONObject = [:]
        for (agent, until) in exclusions.sorted(by: { $0.key < $1.key }) { object["\(agent)"] = .int(until) }
        return text(.object(object))
    }

    static func exclusions(_ text: String) -> [Int64: Int64] {
        var found: [Int64: Int64] = [:]
        for member in json(text).objectValue ?? [:] {
            if let agent = Int64(member.key), let until = member.value.intValue { found[agent] = until }
        }
        return found
    }
}

/// Hours as an administrator writes them: `{"zone": "Asia/Shanghai", "spans": [[0, 540, 1080]], "closed": ["2027-10-01"]}`
/// with weekdays from 0 for Monday and minutes after midnight.
package enum HoursText {
    package static func hours(_ body: JSON) throws(RequestError) -> WeeklyHours {
        guard let name = body["zone"]?.stringValue, let zone = TimeZone(identifier: name) else {
            throw .invalidParam("'zone' names a time zone, e.g. 'Asia/Shanghai'.")
        }
        var spans: [WeeklyHours.Span] = []
        for span in body["spans"]?.arrayValue ?? [] {
            let numbers = (span.arrayValue ?? []).compactMap(\.intValue)
            guard numbers.count == 3, (0...6).contains(numbers[0]), (0...1_440).contains(numbers[1]),
                numbers[2] > numbers[1], numbers[2] <= 2_880
            else { throw .invalidParam("A span is [weekday 0...6, from minute, to minute].") }
            spans.append(.init(weekday: numbers[0], from: numbers[1], to: numbers[2]))
        }
        guard spans.count <= 64 else { throw .invalidParam("At most 64 spans.") }
        var closed: Set<Int64> = []
        for day in (body["closed"]?.arrayValue ?? []).prefix(400) {
            guard let text = day.stringValue, let number = dayNumber(text) else {
                throw .invalidParam("A closed day is written 2027-10-01.")
            }
            closed.insert(number)
        }
        return WeeklyHours(zone: offsets(of: zone), spans: spans, closedDays: closed)
    }

    /// The hours in a table's text; nil where there are none, or none that can be read.
    static func stored(_ text: String?) -> WeeklyHours? { text.flatMap { try? hours(Texts.json($0)) } }

    private static func dayNumber(_ text: String) -> Int64? {
        let parts = text.split(separator: "-").map { Int($0) }
        guard parts.count == 3, let year = parts[0], let month = parts[1], let day = parts[2] else { return nil }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let components = DateComponents(calendar: calendar, year: year, month: month, day: day)
        guard components.isValidDate, let date = components.date else { return nil }
        return Int64(date.timeIntervalSince1970) / 86_400
    }

    /// The changes of a zone's clocks from 2024 to 2044.
    private static func offsets(of zone: TimeZone) -> ZoneOffsets {
        var at = Date(timeIntervalSince1970: 1_704_067_200)
        let first = Int64(zone.secondsFromGMT(for: at)) * 1_000
        var changes: [ZoneOffsets.Change] = []
        while let next = zone.nextDaylightSavingTimeTransition(after: at), next.timeIntervalSince1970 < 2_335_219_200 {
            let offset = Int64(zone.secondsFromGMT(for: next)) * 1_000
            changes.append(.init(from: Int64(next.timeIntervalSince1970) * 1_000, offset: offset))
            at = next
        }
        return ZoneOffsets(first: first, changes: changes)
    }
}
