import Basics
import Evaluation
import Learning

/// What one row of a ladder reached.
struct LadderResult {
    let name: String
    let measurement: Measurement
    /// Seconds until the target; nil if it was not reached, or there is none.
    let seconds: Double?
}

/// The rows of a ladder side by side; differences are paired, query by query, with the first row.
struct LadderTable {
    private let results: [LadderResult]
    private let target: Double?

    init(_ results: [LadderResult], target: Double?) { (self.results, self.target) = (results, target) }

    private var names: [String] { results.first?.measurement.figures.map(\.name) ?? [] }

    private func difference(_ result: LadderResult) -> Figure? {
        guard let first = results.first, first.name != result.name,
            first.measurement.hits.count == result.measurement.hits.count
        else { return nil }
        let pairs = zip(result.measurement.hits, first.measurement.hits).map { $0 - $1 }
        return Bootstrap().mean(pairs, groups: first.measurement.groups)
    }

    private func cells(_ result: LadderResult) -> [String] {
        let figures = names.map { name in
            result.measurement.figures.first { $0.name == name }?.figure.text ?? "-"
        }
        let time = target == nil ? [] : [result.seconds.map { Terminal.decimal($0, 0) + " s" } ?? "not reached"]
        return [result.name] + figures + [difference(result)?.text ?? "-"] + time
    }

    private var heads: [String] {
        ["row"] + names + ["top-1 less the first row's"] + (target.map { ["time to \($0)"] } ?? [])
    }

    /// For a terminal.
    var text: String {
        let rows = [heads] + results.map(cells)
        let widths = heads.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        let lines = rows.map { row in zip(row, widths).map { $0.padded(to: $1) }.joined(separator: "  ") }
        return ([results.first?.measurement.title ?? ""] + lines).joined(separator: "\n")
    }

    /// For a document.
    var markdown: String {
        let rule = "|" + heads.map { _ in "---|" }.joined()
        return
            (["| " + heads.joined(separator: " | ") + " |", rule]
            + results.map { "| " + cells($0).joined(separator: " | ") + " |" }).joined(separator: "\n")
    }

    /// For programs.
    var json: JSON {
        .array(
            results.map { result in
                var object: JSONObject = ["name": .string(result.name)]
                for (name, figure) in result.measurement.figures { object[name] = figure.json }
                if let difference = difference(result) { object["difference"] = difference.json }
                if let seconds = result.seconds { object["secondsToTarget"] = .double(seconds) }
                return .object(object)
            })
    }
}
