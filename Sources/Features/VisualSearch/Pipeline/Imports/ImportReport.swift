internal import Foundation
internal import Imaging
internal import Storage

/// What became of an import: each line and each picture, and counts that add up to the input.
public struct ImportReport: Sendable {
    /// The file or folder.
    public let source: String
    /// The lines, in order.
    public let lines: [ImportLine]
    /// Their pictures, in order.
    public let pictures: [ImportPicture]
    /// How many of all lines and pictures became what.
    public let counts: ImportCounts

    /// A table of everything: `line,sku,picture,outcome,cause`; the row of an item has no picture.
    public var csv: String {
        var rows = ["line,sku,picture,outcome,cause"]
        var rest = pictures[...]
        for line in lines {
            rows.append(Self.row([String(line.line), line.sku, "", line.outcome.rawValue, line.cause ?? ""]))
            while let picture = rest.first, picture.line <= line.line {
                rest = rest.dropFirst()
                let cells = [
                    String(picture.line), line.sku, picture.name, picture.outcome.rawValue, picture.cause ?? "",
                ]
                rows.append(Self.row(cells))
            }
        }
        return rows.joined(separator: "\n") + "\n"
    }

    /// The same of what was refused alone; a line that was taken stands there when one of its pictures was refused.
    public var refused: ImportReport {
        let bad = pictures.filter { $0.outcome == .refused }
        let named = Set(bad.map(\.line))
        return ImportReport(
            source: source, lines: lines.filter { $0.outcome == .refused || named.contains($0.line) }, pictures: bad,
            counts: counts)
    }

    private static func row(_ cells: [String]) -> String {
        cells.map { cell in
            // A cell that a table program would take for a formula is shown as text.
            let safe = cell.first.map { "=+-@".contains($0) } ?? false ? "'" + cell : cell
            return CSVField.text(safe)
        }.joined(separator: ",")
    }
}

extension Catalogue {
    /// The report of an import as a page with pictures: first what was not simply taken, each with its reason.
    ///
    /// - Parameter limit: rows with pictures; the counts are always of everything.
    public func importPage(_ report: ImportReport, limit: Int = 500) async throws -> String {
        var rows: [String] = []
        let skus = Dictionary(report.lines.map { ($0.line, $0.sku) }) { first, _ in first }
        for line in report.lines where line.outcome == .refused && rows.count < limit {
            rows.append(Self.pageRow(line.line, line.sku, "", line.outcome, line.cause, [nil, nil]))
        }
        let told = report.pictures.filter { $0.outcome != .accepted && $0.outcome != .unchanged }
        for picture in told where rows.count < limit {
            let shown = [await thumbnail(picture.picture), await thumbnail(picture.other)]
            rows.append(
                Self.pageRow(
                    picture.line, skus[picture.line] ?? "", picture.name, picture.outcome, picture.cause, shown))
        }
        let counts = ImportOutcome.allCases.map { outcome in
            "<tr><th>\(outcome.rawValue)</th><td>\(report.counts.lines[outcome] ?? 0)</td>"
                + "<td>\(report.counts.pictures[outcome] ?? 0)</td></tr>"
        }
        return """
            <!doctype html><html lang="en"><meta charset="utf-8"><title>Import</title>
            <meta name="viewport" content="width=device-width"><style>
            body{font:16px system-ui;margin:1rem auto;max-width:60rem;padding:0 1rem}
            table{border-collapse:collapse}td,th{padding:.3rem .8rem;text-align:left;border-bottom:1px solid #8884}
            img{max-width:96px;max-height:96px;display:block}</style>
            <h1>Import of \(report.source.escapedForPage)</h1>
            <table><tr><th></th><th>Lines</th><th>Pictures</th></tr>\(counts.joined())</table>
            <h2>What was not simply taken</h2>
            <table><tr><th>Line</th><th>SKU</th><th>Picture</th><th>Outcome</th><th>Why</th><th>It</th><th>Known one</th>
            </tr>\(rows.joined(separator: "\n"))</table>

            """
    }

    private static func pageRow(
        _ line: Int, _ sku: String, _ name: String, _ outcome: ImportOutcome, _ cause: String?, _ shown: [String?]
    ) -> String {
        let texts = [String(line), sku, name, outcome.rawValue, cause ?? ""].map { "<td>\($0.escapedForPage)</td>" }
        let images = shown.map { "<td>\($0.map { "<img alt=\"\" src=\"\($0)\">" } ?? "")</td>" }
        return "<tr>\((texts + images).joined())</tr>"
    }

    /// A small picture inside an address; nil when there is none.
    private func thumbnail(_ picture: Int64?) async -> String? {
        guard let picture, let bytes = try? await file(of: picture).readAll() else { return nil }
        let small = try? await environment.work.run { [limits = options.limits] in
            try Thumbnail.make(bytes, width: 96, height: 96, method: .scale, limits: limits)
        }
        return small.map { "data:\($0.mediaType);base64,\(Data($0.bytes).base64EncodedString())" }
    }
}

extension String {
    /// For the text of a page.
    var escapedForPage: String {
        var escaped = ""
        for character in self {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            default: escaped.append(character)
            }
        }
        return escaped
    }
}
