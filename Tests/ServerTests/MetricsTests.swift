import Basics
import TestSupport
import Testing

@testable import Server

@Suite("Measurements in Prometheus' text format")
struct MetricsTests {
    @Test("counters, gauges and histograms are written with help, type and labels")
    func text() {
        let metrics = Metrics()
        let counter = metrics.counter("a_total", "Things.", labels: [("kind", "x\"y\\z\n")])
        counter.add(3)
        metrics.gauge("b", "Height.") { 1.5 }
        let histogram = metrics.histogram("c_seconds", "Time.", bounds: [0.1, 1])
        for value in [0.05, 0.1, 0.5, 7] { histogram.observe(value) }
        let text = metrics.text()
        for line in [
            "# HELP a_total Things.", "# TYPE a_total counter", "a_total{kind=\"x\\\"y\\\\z\\n\"} 3", "# TYPE b gauge",
            "b 1.5", "# TYPE c_seconds histogram", "c_seconds_bucket{le=\"0.1\"} 2", "c_seconds_bucket{le=\"1\"} 3",
            "c_seconds_bucket{le=\"+Inf\"} 4", "c_seconds_sum 7.65", "c_seconds_count 4",
        ] { #expect(text.split(separator: "\n").contains(Substring(line)), "\(line)") }
    }

    @Test("series of one name stand together under one heading")
    func families() {
        let metrics = Metrics()
        for kind in ["x", "y"] { metrics.counter("a_total", "Things.", labels: [("kind", kind)]).add() }
        let lines = metrics.text().split(separator: "\n")
        #expect(lines.count { $0.hasPrefix("# HELP a_total") } == 1)
        #expect(lines.contains("a_total{kind=\"x\"} 1"))
        #expect(lines.contains("a_total{kind=\"y\"} 1"))
    }

    @Test("requests are counted by class and status")
    func requests() async throws {
        try await RunningShell.with(routes: { $0.add(SampleRoutes()) }) { shell in
            for path in ["/_matrix/client/versions", "/_matrix/client/versions", "/_matrix/fails", "/nothing"] {
                _ = try await shell.http.send("GET", path)
            }
            let text = shell.metrics.text()
            #expect(text.contains("vitrine_http_requests_total{class=\"discovery\",status=\"2xx\"} 2"))
            #expect(text.contains("vitrine_http_requests_total{class=\"data\",status=\"5xx\"} 1"))
            #expect(text.contains("vitrine_http_requests_total{class=\"unknown\",status=\"4xx\"} 1"))
            #expect(text.contains("vitrine_http_request_seconds_count{class=\"discovery\"} 2"))
            #expect(text.contains("vitrine_connections "))
        }
    }

    @Test("log lines are one line each, whatever is in them")
    func logLines() {
        let fields = [("msg", "a b"), ("path", "x\ny=\"z\""), ("n", "1"), ("empty", "")]
        #expect(LineLog.logfmt(fields) == #"msg="a b" path="x\ny=\"z\"" n=1 empty="""#)
        let json = try? JSON(parsing: LineLog.json(fields))
        #expect(json?["path"]?.stringValue == "x\ny=\"z\"")
    }

    @Test("the date of a reply is in the form that HTTP wants")
    func date() {
        #expect(DateHeader.format(784_111_777) == "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(DateHeader.format(1_709_164_800) == "Thu, 29 Feb 2024 00:00:00 GMT")
    }
}
