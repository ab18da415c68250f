/// The tables of texts: Web/text.js for every page, beside it Web/staff/text.js for those of the shop's people and
/// Web/panorama/text.js for panoramas. A row a
/// key, English and Chinese side by side.
///
/// A row is `key: ['English', '中文'],` on one line.
enum LanguageRule {
    private static let row = Pattern(#"^    (\w+): \[(.*)\],?$"#)
    private static let literal = Pattern(#"'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)""#)
    private static let placeholder = Pattern(#"\{(\w+)\}"#)
    private static let use = Pattern(#"(?:\b(?:t|counted)\(|data-t(?:-\w+)?=)['"](\w+)['"]"#)

    struct Row: Sendable {
        let key: String
        let texts: [String]
        let line: Int
    }

    static func rows(_ table: TextFile) -> [Row] {
        row.matches(in: table.text).map { match in
            let texts = literal.matches(in: match[2]).map { $0[1].isEmpty ? $0[2] : $0[1] }
            return Row(key: match[1], texts: texts, line: match.line)
        }
    }

    static func findings(_ table: TextFile) -> [Finding] {
        let rows = rows(table)
        let twice = Dictionary(grouping: rows, by: \.key).values.filter { $0.count > 1 }.compactMap(\.last).map {
            Finding(table.path, line: $0.line, "\($0.key) stands in two rows")
        }
        return twice
            + rows.flatMap { row in
                problems(row).map { Finding(table.path, line: row.line, "\(row.key): \($0)") }
            }
    }

    private static func problems(_ row: Row) -> [String] {
        guard row.texts.count == 2, row.texts.allSatisfy({ !$0.isEmpty }) else {
            return ["a row is an English and a Chinese text, not \(row.texts.count)"]
        }
        let names = row.texts.map { text in Set(placeholder.matches(in: text).map { $0[1] }) }
        return names[0] == names[1] ? [] : ["{\(names[0])} in English and {\(names[1])} in Chinese"]
    }

    /// A key that a page asks for by name is in one of the tables.
    static func unknownKeys(_ file: TextFile, tables: [TextFile]) -> [Finding] {
        guard file.isUnder("Web"), !tables.contains(where: { $0.path == file.path }) else { return [] }
        let keys = Set(tables.flatMap { rows($0).map(\.key) })
        return use.matches(in: file.text).filter { !keys.contains($0[1]) && !keys.contains($0[1] + "_other") }.map {
            Finding(file.path, line: $0.line, "the text \($0[1]) is not in \(tables.map(\.path))")
        }
    }
}
