public import Basics
public import Evaluation

/// Figures in rows and columns, with what they rest on: what every evaluation comes to.
public struct MeasureReport: Sendable {
    /// One row: a figure for each column that has one.
    public struct Row: Sendable, Hashable {
        /// What was measured.
        public var name: String
        /// The figures by column.
        public var figures: [String: Figure]

        /// A row.
        public init(_ name: String, _ figures: [String: Figure?]) {
            self.name = name
            self.figures = figures.compactMapValues { $0 }
        }
    }

    /// What was measured.
    public var title: String
    /// Facts that the figures rest on, in their order.
    public var facts: [(name: String, value: JSON)]
    /// The columns in their order.
    public var columns: [String]
    /// The rows in their order.
    public var rows: [Row]

    /// A report.
    public init(_ title: String, facts: [(name: String, value: JSON)] = [], columns: [String], rows: [Row] = []) {
        self.title = title
        self.facts = facts
        self.columns = columns
        self.rows = rows
    }

    /// The figure of a row and a column.
    public subscript(_ row: String, _ column: String) -> Figure? {
        rows.first { $0.name == row }?.figures[column]
    }

    /// As a person reads it: facts, then a table with three digits and 95 % intervals.
    public var lines: [String] {
        let texts = rows.map { row in columns.map { row.figures[$0].map(Self.text) ?? "-" } }
        let nameWidth = max(4, rows.map(\.name.count).max() ?? 0)
        let widths = columns.indices.map { column in
            max(columns[column].count, texts.map { $0[column].count }.max() ?? 0)
        }
        func line(_ name: String, _ cells: [String]) -> String {
            let row = zip(cells, widths).map { $0.padded(to: $1) }.joined(separator: "  ")
            return "  \(name.padded(to: nameWidth))  \(row)".trimmedAtEnd
        }
        return [title] + facts.map { "  \($0.name): \($0.value.stringValue ?? $0.value.text)" } + [""]
            + [line("", columns)] + zip(rows, texts).map { line($0.name, $1) }
    }

    private static func text(_ figure: Figure) -> String {
        guard let ends = figure.interval else { return digits(figure.value) }
        return "\(digits(figure.value)) [\(digits(ends.lowerBound)), \(digits(ends.upperBound))]"
    }

    private static func digits(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e12 else { return "\(value)" }
        let whole = Int64((abs(value) * 1_000).rounded())
        let rest = String(whole % 1_000)
        let sign = value < 0 && whole > 0 ? "-" : ""
        return "\(sign)\(whole / 1_000).\(String(repeating: "0", count: 3 - rest.count))\(rest)"
    }

    /// As programs read it.
    public var json: JSON {
        var object = JSONObject()
        object["what"] = .string(title)
        for fact in facts { object[fact.name] = fact.value }
        object["figures"] = .array(
            rows.map { row in
                var figures = JSONObject()
                figures["name"] = .string(row.name)
                for column in columns { if let figure = row.figures[column] { figures[column] = figure.json } }
                return .object(figures)
            })
        return .object(object)
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }

    fileprivate var trimmedAtEnd: String { String(self.reversed().drop { $0 == " " }.reversed()) }
}
