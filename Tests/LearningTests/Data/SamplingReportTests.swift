import Basics
import Foundation
import Testing

@testable import Learning

@Suite struct SamplingReportTests {
    /// Classes around points of a sphere, which overlap a little.
    private static func embeddings() -> (rows: [[Float]], labels: [Int]) {
        var random = CounterRandom(seed: 3, stage: .sampling)
        let middles = (0..<12).map { _ in (0..<24).map { _ in random.normal() } }
        var rows: [[Float]] = []
        for index in 0..<120 { rows.append(middles[index % 12].map { Float($0 + 0.8 * random.normal()) }) }
        return (rows, (0..<120).map { $0 % 12 })
    }

    @Test(
        "LEARN-089 near negatives give unsteady gradients, random ones steady ones, semi-hard ones lie close together")
    func curves() throws {
        let (rows, labels) = Self.embeddings()
        let report = try #require(
            SamplingReport(embeddings: rows, labels: labels, rounds: 120, noise: 0.08, draws: 6, seed: 1))
        let hard = try #require(report[.hard])
        let random = try #require(report[.random])
        let semi = try #require(report[.semiHard])
        let weighted = try #require(report[.distanceWeighted])
        #expect(report.curves.count == 4 && report.pairs == 120)
        #expect(report.curves.allSatisfy { $0.bins.reduce(0) { $0 + $1.count } == 120 })
        #expect(hard.variance > 1.3 * random.variance, "\(hard.variance) \(random.variance)")
        #expect(hard.variance >= semi.variance && semi.variance > random.variance)
        #expect(weighted.variance > random.variance && weighted.variance < hard.variance)
        #expect(semi.spread < random.spread && weighted.spread > semi.spread)
        let filled = random.bins.filter { $0.count > 4 }
        #expect(filled.first?.variance ?? 0 > filled.last?.variance ?? 1)
        let again = SamplingReport(embeddings: rows, labels: labels, rounds: 120, noise: 0.08, draws: 6, seed: 1)
        #expect(again == report)
    }

    @Test("LEARN-089 the report is written as JSON and as a page that needs nothing else")
    func files() throws {
        let (rows, labels) = Self.embeddings()
        let report = try #require(SamplingReport(embeddings: rows, labels: labels, rounds: 10, draws: 2))
        let folder = try TemporaryFolder()
        try report.write(to: folder.url)
        let text = try Data(contentsOf: folder.url.appending(path: "sampling_report.json"))
        let json = try JSON(parsing: Array(text))
        #expect(json["samplers"]?["hard"]?["bins"]?.arrayValue?.isEmpty == false)
        let page = try String(contentsOf: folder.url.appending(path: "sampling_report.html"), encoding: .utf8)
        #expect(page.contains("<svg") && page.contains("distanceWeighted") && !page.contains("http"))
    }

    @Test("Embeddings that cannot be sampled from give no report")
    func refused() {
        #expect(SamplingReport(embeddings: [], labels: []) == nil)
        #expect(SamplingReport(embeddings: [[1, 0], [0, 1]], labels: [0, 1]) == nil)
        #expect(SamplingReport(embeddings: [[1, 0], [0, 1]], labels: [0, 0]) == nil)
        #expect(SamplingReport(embeddings: [[1, 0], [0, .nan], [1, 1]], labels: [0, 0, 1]) == nil)
    }
}
