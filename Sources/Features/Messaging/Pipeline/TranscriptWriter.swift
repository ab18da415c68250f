import Basics

/// Writes a conversation down: as JSON, as a page, or as plain text.
struct TranscriptWriter {
    private let room: RoomState
    private let title: String
    private let format: TranscriptFormat
    private(set) var bytes: [UInt8] = []
    private(set) var count = 0

    init(room: RoomState, title: String, format: TranscriptFormat) {
        self.room = room
        self.title = title
        self.format = format
    }

    mutating func begin() {
        switch format {
        case .json: put("{\"title\":\(JSON.string(title).text),\"events\":[")
        case .text: put("\(title)\n\n")
        case .html:
            put("<!doctype html><html><head><meta charset=\"utf-8\"><title>\(escaped(title))</title></head><body>")
            put("<h1>\(escaped(title))</h1><table>")
        }
    }

    mutating func end() {
        switch format {
        case .json: put("]}")
        case .text: break
        case .html: put("</table></body></html>")
        }
    }

    /// Writes an event; `original` is what stood there before it was recalled.
    mutating func write(_ event: StoredEvent, original: [UInt8]?) {
        let sender = room.userIDs[event.sender] ?? ""
        guard format != .json else { return writeJSON(event, sender, original) }
        guard event.stateKey == nil, EventType.isMessage(event.type) else { return }
        let content = original.flatMap { (try? JSON(parsing: $0, limits: .stored))?.objectValue } ?? event.contentObject
        var text = content["body"]?.stringValue ?? ""
        if event.flags.contains(.redacted) { text = original == nil ? "(recalled)" : "(recalled) \(text)" }
        let name = room[EventType.member, sender]?.content["displayname"]?.stringValue ?? sender
        let time = Timestamp.text(event.timestamp)
        count += 1
        if format == .text {
            put("\(time)  \(name): \(text)\n")
        } else {
            put("<tr><td>\(time)</td><td>\(escaped(name))</td><td>\(escaped(text))</td></tr>")
        }
    }

    private mutating func writeJSON(_ event: StoredEvent, _ sender: String, _ original: [UInt8]?) {
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("event_id")
            writer.string(event.address.text)
            writer.key("seq")
            writer.int(event.seq)
            writer.key("type")
            writer.string(event.type)
            if let key = event.stateKey {
                writer.key("state_key")
                writer.string(key)
            }
            writer.key("sender")
            writer.string(sender)
            writer.key("origin_server_ts")
            writer.int(event.timestamp)
            writer.key("content")
            writer.raw(event.content)
            if let original {
                writer.key("recalled_content")
                writer.raw(original)
            }
        }
        if count > 0 { bytes.append(UInt8(ascii: ",")) }
        count += 1
        bytes += writer.bytes
    }

    private mutating func put(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            default: result.append(character)
            }
        }
        return result
    }
}

/// Times as people read them, in UTC.
enum Timestamp {
    /// `2026-01-31 23:59:59Z`, by the civil-from-days rule of the proleptic Gregorian calendar.
    static func text(_ milliseconds: Int64) -> String {
        let seconds = milliseconds >= 0 ? milliseconds / 1_000 : 0
        let days = seconds / 86_400 + 719_468
        let era = days / 146_097
        let dayOfEra = days % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shifted + 2) / 5 + 1
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        let time = seconds % 86_400
        return "\(year)-\(two(month))-\(two(day)) \(two(time / 3_600)):\(two(time / 60 % 60)):\(two(time % 60))Z"
    }

    private static func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
