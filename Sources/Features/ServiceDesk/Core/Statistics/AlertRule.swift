package import Basics

/// What an alert looks at.
package enum AlertSource: String, Sendable, Hashable, CaseIterable {
    /// The share of timely replies in percent, over the window.
    case timelyRate
    /// How long the oldest conversation in line waits, in seconds.
    case oldestWaiting
    /// How many stand in line.
    case waiting
    /// The wait that one of ten exceeds, in seconds, over the window.
    case waitP90
    /// Presses whose fate nobody knows, over the window.
    case cardsDead
    /// The mean of the stars, over the window.
    case rating
    /// Answers that came too late, over the window.
    case late
    /// Days whose recomputation differs, of the last seven.
    case mismatch

    /// Whether it is as of a moment; else over a window whose numbers must be final.
    package var isGauge: Bool { self == .oldestWaiting || self == .waiting || self == .mismatch }
}

/// When somebody is to be told.
package struct AlertRule: Sendable, Hashable {
    package var name: String
    package var source: AlertSource
    /// Of one queue; of all without it.
    package var queue: Int64?
    /// Minutes that are looked at.
    package var window: Int64
    package var isAbove: Bool
    package var threshold: Double
    /// It ends only when the value is on the other side of this one.
    package var clear: Double
    /// For how many milliseconds the value must be past the threshold, and past `clear` before it ends.
    package var hold: Int64
    /// Values of fewer things than this say nothing.
    package var minimum: Int64
    /// Where notices are sent; only shown without it.
    package var webhook: String?

    package init(
        name: String, source: AlertSource, queue: Int64? = nil, window: Int64 = 5, isAbove: Bool, threshold: Double,
        clear: Double, hold: Int64 = 0, minimum: Int64 = 1, webhook: String? = nil
    ) {
        self.name = name
        self.source = source
        self.queue = queue
        self.window = window
        self.isAbove = isAbove
        self.threshold = threshold
        self.clear = clear
        self.hold = hold
        self.minimum = minimum
        self.webhook = webhook
    }

    /// Reads a rule as an administrator writes it.
    package init(name: String, _ body: JSON) throws(RequestError) {
        guard !name.isEmpty, name.utf8.count <= 64 else { throw .invalidParam("A rule's name has 1 to 64 bytes.") }
        guard let source = body["source"]?.stringValue.flatMap(AlertSource.init(rawValue:)) else {
            let known = AlertSource.allCases.map(\.rawValue).joined(separator: ", ")
            throw .invalidParam("'source' is one of \(known).")
        }
        guard let above = body["when"]?.stringValue, above == "above" || above == "below" else {
            throw .invalidParam("'when' is 'above' or 'below'.")
        }
        guard let threshold = body["threshold"]?.doubleValue else {
            throw .invalidParam("'threshold' is a number.")
        }
        let clear = body["clear"]?.doubleValue ?? threshold
        guard above == "above" ? clear <= threshold : clear >= threshold else {
            throw .invalidParam("'clear' lies on the good side of 'threshold'.")
        }
        func whole(_ key: String, _ range: ClosedRange<Int64>, _ usual: Int64) throws(RequestError) -> Int64 {
            guard let value = body[key], !value.isNull else { return usual }
            guard let number = value.intValue, range.contains(number) else {
                throw .invalidParam("'\(key)' is a whole number from \(range.lowerBound) to \(range.upperBound).")
            }
            return number
        }
        self.init(
            name: name, source: source, queue: body["queue"]?.intValue,
            window: try whole("window_minutes", 1...1_440, 5), isAbove: above == "above", threshold: threshold,
            clear: clear, hold: try whole("hold_seconds", 0...86_400, 0) * 1_000,
            minimum: try whole("minimum", 1...1_000_000, 1), webhook: body["webhook"]?.stringValue)
        if let webhook {
            guard webhook.utf8.count <= 2_048, webhook.hasPrefix("https://") || webhook.hasPrefix("http://") else {
                throw .invalidParam("'webhook' is an address that begins with https:// or http://.")
            }
        }
    }

    package var json: JSON {
        [
            "name": .string(name), "source": .string(source.rawValue), "queue": queue.map(JSON.int) ?? .null,
            "window_minutes": .int(window), "when": isAbove ? "above" : "below", "threshold": .double(threshold),
            "clear": .double(clear), "hold_seconds": .int(hold / 1_000), "minimum": .int(minimum),
            "webhook": webhook.map(JSON.string) ?? .null,
        ]
    }
}
