import Basics
import Foundation
package import Logging

/// How the log is written.
package struct LogOptions: Hashable, Sendable {
    /// The form of a line.
    package enum Format: String, Sendable {
        /// `key=value` pairs.
        case logfmt
        /// A JSON object.
        case json
    }

    /// The least important level that is written.
    package var level: String
    /// The form of a line.
    package var format: Format

    /// Options.
    package init(level: String = "info", format: Format = .logfmt) {
        self.level = level
        self.format = format
    }
}

/// Writes the log to standard error, one line a message, in one `write` each so that lines never mix.
///
/// What is logged are ids, classes, counts and errors. Bodies, tokens and file names have no business here.
package struct LineLog: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    private let label: String
    private let format: LogOptions.Format

    /// A log for one part of the program.
    package init(label: String, options: LogOptions) {
        self.label = label
        format = options.format
        logLevel = Logger.Level(rawValue: options.level) ?? .info
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let more = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
        var fields: [(String, String)] = [
            ("ts", Self.timestamp()), ("level", event.level.rawValue), ("part", label),
            ("msg", "\(event.message)"),
        ]
        fields += more.map { ($0.key, "\($0.value)") }
        write(format == .json ? Self.json(fields) : Self.logfmt(fields))
    }

    private func write(_ line: String) {
        // A log that cannot be written must not stop the server.
        try? FileHandle.standardError.write(contentsOf: Data((line + "\n").utf8))
    }
}

extension LineLog {
    static func logfmt(_ fields: [(String, String)]) -> String {
        fields.map { key, value in
            let isPlain = !value.isEmpty && value.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x3D }
            return "\(key)=\(isPlain ? value : quoted(value))"
        }.joined(separator: " ")
    }

    static func json(_ fields: [(String, String)]) -> String {
        var object = JSONObject()
        for (key, value) in fields { object[key] = .string(value) }
        return JSON.object(object).text
    }

    private static func quoted(_ text: String) -> String { JSON.string(text).text }

    private static func timestamp() -> String {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        var parts = tm()
        gmtime_r(&now.tv_sec, &parts)
        let pieces: [(Int, Int)] = [
            (Int(parts.tm_mon) + 1, 2), (Int(parts.tm_mday), 2), (Int(parts.tm_hour), 2), (Int(parts.tm_min), 2),
            (Int(parts.tm_sec), 2), (now.tv_nsec / 1_000_000, 3),
        ]
        let texts = pieces.map { number, width in
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        return "\(parts.tm_year + 1_900)-\(texts[0])-\(texts[1])T\(texts[2]):\(texts[3]):\(texts[4]).\(texts[5])Z"
    }
}
