/// Reads the tables in Documentation/Requirements and holds them against the display names of the tests.
///
/// A row is `| MSG-04 | what | works | MessagingTests/SyncTests |`: the last column names the files below Tests/ (without
/// `.swift`, several with commas between) in which a test's display name begins with the row's ID.
enum RequirementRules {
    struct Row: Sendable, Hashable {
        let id: String
        let what: String
        let status: String
        let shownBy: [String]
        let path: String
        let line: Int

        var works: Bool { status == "works" }
    }

    /// A test's display name that begins with one or more IDs, and where it stands.
    struct ShownID: Sendable, Hashable {
        let id: String
        let path: String
    }

    private static let row = Pattern(#"^\|\s*([A-Z]{2,6}-\d{2,3}[a-z]?)\s*\|"#)
    private static let isID = Pattern(#"^[A-Z]{2,6}-\d{2,3}[a-z]?$"#)
    private static let testName = Pattern(#"@Test\(\s*"((?:[^"\\]|\\.)*)""#)

    /// Words that look like an ID and are none.
    private static let lookalikes = ["UTF-", "SHA-", "ISO-"]

    // MARK: Reading

    static func rows(_ file: TextFile) -> [Row] {
        guard file.isMarkdown, file.isUnder("Documentation/Requirements") else { return [] }
        return file.lines.numbered.compactMap { number, line in
            guard line.hasPrefix("|"), let id = row.firstMatch(in: line)?[1] else { return nil }
            let cells = line.split(separator: "|").map { $0.trimmingSpaces }
            let shown = cells.count > 3 ? cells[3] : ""
            return Row(
                id: id, what: cells.count > 1 ? cells[1] : "", status: cells.count > 2 ? cells[2] : "",
                shownBy: shown.replacing("`", with: "").split(separator: ",").map(\.trimmingSpaces).filter {
                    $0 != "-"
                },
                path: file.path, line: number)
        }
    }

    static func shownIDs(_ file: TextFile) -> [ShownID] {
        guard file.isSwift, file.isUnder("Tests") else { return [] }
        return testName.matches(in: file.text).flatMap { match in
            leadingIDs(match[1]).map { ShownID(id: $0, path: file.path) }
        }
    }

    private static func leadingIDs(_ name: String) -> [String] {
        name.split(separator: " ")
            .map { $0.hasSuffix(",") ? String($0.dropLast()) : String($0) }
            .prefix { word in isID.isFound(in: word) && !lookalikes.contains { word.hasPrefix($0) } }
            .map { $0 }
    }

    // MARK: Judging

    static func statusFindings(_ row: Row) -> [Finding] {
        func problem(_ text: String) -> [Finding] { [Finding(row.path, line: row.line, "\(row.id): \(text)")] }
        if row.what.isEmpty { return problem("the row says nothing") }
        if row.works { return row.shownBy.isEmpty ? problem("works, but no test is named") : [] }
        let reasons = ["partly:", "not yet:"].compactMap {
            row.status.hasPrefix($0) ? row.status.dropFirst($0.count) : nil
        }
        guard let reason = reasons.first else {
            return problem("the status is neither `works`, `partly: what is missing` nor `not yet: reason`")
        }
        return reason.trimmingSpaces.isEmpty ? problem("the status gives no reason") : []
    }

    static func findings(rows: [Row], shown: [ShownID]) -> [Finding] {
        let known = Set(rows.map(\.id))
        let twice = Dictionary(grouping: rows, by: \.id).values.filter { $0.count > 1 }.compactMap(\.last).map {
            Finding($0.path, line: $0.line, "\($0.id) stands in two rows")
        }
        let unknown = Set(shown).filter { !known.contains($0.id) }.map {
            Finding($0.path, "a test is named after \($0.id), and no requirement row has that ID")
        }
        return rows.flatMap(statusFindings) + rows.flatMap { unshown($0, by: Set(shown)) } + twice + unknown
    }

    /// Files that a row names must hold a test with its ID, whatever its status says.
    private static func unshown(_ row: Row, by shown: Set<ShownID>) -> [Finding] {
        row.shownBy.filter { !shown.contains(ShownID(id: row.id, path: "Tests/\($0).swift")) }.map {
            Finding(
                row.path, line: row.line, "\(row.id) names \($0), where no test's display name begins with \(row.id)")
        }
    }
}

extension StringProtocol {
    var trimmingSpaces: String {
        var rest = self[...]
        while rest.first == " " { rest.removeFirst() }
        while rest.last == " " { rest.removeLast() }
        return String(rest)
    }
}
