package import Storage
import Synchronization

/// The measurements of the program, as `GET /metrics` shows them.
///
/// Everything is registered once at start; adding to a counter allocates nothing and looks nothing up. Other modules
/// register what they know: `metrics.gauge("vitrine_wal_bytes", "Size of the write-ahead log.") { ... }`.
package final class Metrics: Sendable {
    private enum Reading: Sendable {
        case counter(@Sendable () -> Double)
        case gauge(@Sendable () -> Double)
        case histogram(Histogram)
        case distribution(@Sendable () -> Distribution)
    }
    private struct Series: Sendable {
        let labels: [(name: String, value: String)]
        let reading: Reading
    }
    private struct Family: Sendable {
        let name: String
        let help: String
        var series: [Series]
    }

    private let families = Mutex<[Family]>([])
    private let requestMeters: [RequestMeter]

    /// An empty registry, but for the meters of requests.
    package init() {
        requestMeters = RouteClass.allCases.map { _ in RequestMeter() }
    }

    /// A counter that the caller adds to.
    package func counter(
        _ name: String, _ help: String, labels: [(name: String, value: String)] = []
    ) -> Counter {
        let counter = Counter()
        add(name, help, Series(labels: labels, reading: .counter { Double(counter.total) }))
        return counter
    }

    /// A counter that is read when somebody asks.
    package func counter(
        _ name: String, _ help: String, labels: [(name: String, value: String)] = [],
        read: @escaping @Sendable () -> Double
    ) {
        add(name, help, Series(labels: labels, reading: .counter(read)))
    }

    /// A number that goes up and down and is read when somebody asks.
    package func gauge(
        _ name: String, _ help: String, labels: [(name: String, value: String)] = [],
        read: @escaping @Sendable () -> Double
    ) {
        add(name, help, Series(labels: labels, reading: .gauge(read)))
    }

    /// A distribution that the caller adds to.
    package func histogram(
        _ name: String, _ help: String, labels: [(name: String, value: String)] = [],
        bounds: [Double] = Histogram.durations
    ) -> Histogram {
        let histogram = Histogram(bounds: bounds)
        add(name, help, Series(labels: labels, reading: .histogram(histogram)))
        return histogram
    }

    /// A distribution that is kept elsewhere.
    package func histogram(
        _ name: String, _ help: String, labels: [(name: String, value: String)], showing histogram: Histogram
    ) {
        add(name, help, Series(labels: labels, reading: .histogram(histogram)))
    }

    /// A distribution that another module keeps.
    package func distribution(_ name: String, _ help: String, read: @escaping @Sendable () -> Distribution) {
        add(name, help, Series(labels: [], reading: .distribution(read)))
    }

    func requests(of kind: RouteClass) -> RequestMeter { requestMeters[kind.index] }

    private func add(_ name: String, _ help: String, _ series: Series) {
        families.withLock { families in
            if let known = families.firstIndex(where: { $0.name == name }) {
                families[known].series.append(series)
            } else {
                families.append(Family(name: name, help: help, series: [series]))
            }
        }
    }
}

extension Metrics {
    /// All measurements in Prometheus' text format, version 0.0.4.
    package func text() -> String {
        var text = ""
        for family in families.withLock({ $0 }) { write(family, to: &text) }
        writeRequests(to: &text)
        return text
    }

    private func write(_ family: Family, to text: inout String) {
        let type =
            switch family.series.first?.reading {
            case .counter: "counter"
            case .histogram, .distribution: "histogram"
            default: "gauge"
            }
        text += "# HELP \(family.name) \(family.help)\n# TYPE \(family.name) \(type)\n"
        for series in family.series {
            switch series.reading {
            case .counter(let read), .gauge(let read):
                text += "\(family.name)\(Self.labels(series.labels)) \(Self.number(read()))\n"
            case .histogram(let histogram):
                let reading = histogram.snapshot
                Self.write((histogram.bounds, reading.counts, reading.sum), family.name, series.labels, to: &text)
            case .distribution(let read):
                let reading = read()
                Self.write((reading.bounds, reading.counts, reading.sum), family.name, series.labels, to: &text)
            }
        }
    }

    private func writeRequests(to text: inout String) {
        let name = "vitrine_http_requests_total"
        text += "# HELP \(name) Requests by class and status.\n# TYPE \(name) counter\n"
        for kind in RouteClass.allCases {
            for (digit, count) in requests(of: kind).countsByStatus.enumerated() where count > 0 {
                text += "\(name){class=\"\(kind.rawValue)\",status=\"\(digit + 1)xx\"} \(count)\n"
            }
        }
        let duration = "vitrine_http_request_seconds"
        text += "# HELP \(duration) Time from the head of a request to its reply.\n# TYPE \(duration) histogram\n"
        for kind in RouteClass.allCases where requests(of: kind).durations.snapshot.total > 0 {
            let meter = requests(of: kind).durations
            let reading = meter.snapshot
            Self.write((meter.bounds, reading.counts, reading.sum), duration, [("class", kind.rawValue)], to: &text)
        }
    }

    private static func write(
        _ reading: (bounds: [Double], counts: [UInt64], sum: Double), _ name: String,
        _ labels: [(name: String, value: String)], to text: inout String
    ) {
        var below: UInt64 = 0
        for (bound, count) in zip(reading.bounds.map { number($0) } + ["+Inf"], reading.counts) {
            below &+= count
            text += "\(name)_bucket\(Self.labels(labels + [("le", bound)])) \(below)\n"
        }
        text += "\(name)_sum\(Self.labels(labels)) \(number(reading.sum))\n"
        text += "\(name)_count\(Self.labels(labels)) \(below)\n"
    }

    private static func labels(_ labels: [(name: String, value: String)]) -> String {
        guard !labels.isEmpty else { return "" }
        let pairs = labels.map { label in
            let value = label.value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing(
                "\n", with: "\\n")
            return "\(label.name)=\"\(value)\""
        }
        return "{\(pairs.joined(separator: ","))}"
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
    }
}
