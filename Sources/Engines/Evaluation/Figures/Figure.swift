public import Basics

/// A measured value together with how sure it is: how much it rests on, and its 95 % interval.
public struct Figure: Hashable, Sendable {
    /// The value on everything that was measured.
    public let value: Double
    /// What it rests on: queries, pairs, images; the metric says which.
    public let count: Int
    /// The lower and upper end of the interval; nil when too little was measured to say.
    public let interval: ClosedRange<Double>?

    /// A figure.
    public init(value: Double, count: Int, interval: ClosedRange<Double>? = nil) {
        self.value = value
        self.count = count
        self.interval = interval
    }

    /// As people read it: `0.4512 [0.4380, 0.4650] n=496`.
    public var text: String {
        let ends = interval.map { " [\(Self.digits($0.lowerBound)), \(Self.digits($0.upperBound))]" } ?? ""
        return "\(Self.digits(value))\(ends) n=\(count)"
    }

    /// As reports store it: `value`, `n` and, if known, `low` and `high`.
    public var json: JSON {
        var object = JSONObject()
        object["value"] = .double(value)
        object["n"] = .int(Int64(count))
        if let interval {
            object["low"] = .double(interval.lowerBound)
            object["high"] = .double(interval.upperBound)
        }
        return .object(object)
    }

    /// Four digits behind the point, without the help of a locale.
    static func digits(_ value: Double) -> String {
        guard value.isFinite, value.magnitude < 1e12 else { return "\(value)" }
        let whole = Int64((value * 10_000).rounded())
        let rest = String(whole.magnitude % 10_000)
        let zeros = String(repeating: "0", count: 4 - rest.count)
        return "\(whole < 0 ? "-" : "")\(whole.magnitude / 10_000).\(zeros)\(rest)"
    }
}
