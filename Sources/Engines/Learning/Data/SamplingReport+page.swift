internal import Basics
public import Foundation

extension SamplingReport {
    /// Writes `sampling_report.json` and `sampling_report.html` into a folder.
    ///
    /// Throws what the file system throws.
    public func write(to folder: URL) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var writer = JSONWriter()
        writer.value(json)
        try Data(writer.bytes).write(to: folder.appending(path: "sampling_report.json"), options: .atomic)
        try Data(page.utf8).write(to: folder.appending(path: "sampling_report.html"), options: .atomic)
    }

    /// A page with the curve, the counts below it, and a table; it needs nothing else.
    public var page: String {
        let rows = curves.map { curve in
            "<tr><th style=\"color:\(Self.colour(curve.sampler))\">\(curve.sampler.rawValue)</th>"
                + [curve.meanDistance, curve.spread, curve.variance].map { "<td>\(Self.short($0))</td>" }.joined()
                + "</tr>"
        }
        return """
            <!doctype html><html lang="en"><meta charset="utf-8"><title>Sampling report</title>
            <style>body{font:14px sans-serif;max-width:720px;margin:2em auto}td,th{padding:2px 12px;text-align:right}
            text{font:11px sans-serif}</style>
            <h1>Gradient variance by sampled distance</h1>
            <p>\(pairs) pairs of anchor and positive; one negative for each by each sampler.</p>
            \(chart(top: 1, "variance of the direction") { $0.variance })
            \(chart(top: Double(largestCount), "negatives chosen") { Double($0.count) })
            <table><tr><th>sampler</th><th>mean distance</th><th>spread</th><th>mean variance</th></tr>
            \(rows.joined(separator: "\n"))
            </table></html>

            """
    }

    private var largestCount: Int { max(1, curves.flatMap(\.bins).map(\.count).max() ?? 1) }

    /// A line for each sampler over distances 0...2.
    private func chart(top: Double, _ title: String, _ value: (Bin) -> Double) -> String {
        let lines = curves.map { curve in
            let points = curve.bins.filter { $0.count > 0 }.map { bin in
                "\(Self.short(40 + bin.distance * 320)),\(Self.short(210 - value(bin) / top * 190))"
            }
            return "<polyline fill=\"none\" stroke-width=\"2\" stroke=\"\(Self.colour(curve.sampler))\" points=\""
                + points.joined(separator: " ") + "\"/>"
        }
        let ticks = stride(from: 0.0, through: 2, by: 0.5).map { distance in
            "<text x=\"\(Self.short(40 + distance * 320))\" y=\"228\" text-anchor=\"middle\">\(Self.short(distance))</text>"
        }
        return """
            <svg viewBox="0 0 720 240" role="img" aria-label="\(title)"><rect x="40" y="20" width="640" height="190"
            fill="none" stroke="#bbb"/><text x="44" y="14">\(title), up to \(Self.short(top))</text>
            \(ticks.joined())
            \(lines.joined(separator: "\n"))
            </svg>
            """
    }

    private static func colour(_ sampler: Sampler) -> String {
        switch sampler {
        case .random: "#3b6fb6"
        case .hard: "#c23b3b"
        case .semiHard: "#c98a1b"
        case .distanceWeighted: "#2f8f4e"
        }
    }

    /// Three digits behind the point, without zeros at the end.
    private static func short(_ value: Double) -> String {
        let rounded = (value * 1000).rounded() / 1000
        return rounded == rounded.rounded() && abs(rounded) < 1e9 ? "\(Int(rounded))" : "\(rounded)"
    }
}
