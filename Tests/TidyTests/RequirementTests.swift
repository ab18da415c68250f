import Testing

@Suite("Requirement rows and tests agree")
struct RequirementTests {
    private let path = "Documentation/Requirements/sample.md"

    private func rows(_ lines: String...) -> [RequirementRules.Row] {
        RequirementRules.rows(TextFile(path: path, text: lines.joined(separator: "\n")))
    }

    private func shown(_ names: String..., in file: String = "Tests/ATests/B.swift") -> [RequirementRules.ShownID] {
        let tests = names.map { "@Test(\"\($0)\")\nfunc a() {}\n" }.joined()
        return RequirementRules.shownIDs(TextFile(path: file, text: tests))
    }

    @Test("every row of the repository has a status, and every row that works a test that shows it")
    func repository() {
        let rows = Repository.files.flatMap(RequirementRules.rows)
        let shown = Repository.swiftFiles.flatMap(RequirementRules.shownIDs)
        #expect(rows.count >= 60)
        #expect(RequirementRules.findings(rows: rows, shown: shown) == [])
    }

    @Test("a row is read from its cells")
    func reading() {
        let row = rows("| ID | What |", "|---|---|", "| MSG-04 | exactly what follows | works | `ATests/B`, ATests/C |")
        #expect(row.map(\.id) == ["MSG-04"])
        #expect(row.first?.shownBy == ["ATests/B", "ATests/C"])
        #expect(row.first?.line == 3)
    }

    @Test(
        "a name shows the IDs it begins with, and no others",
        arguments: [
            ("MSG-04 a device gets what follows", ["MSG-04"]),
            ("MSG-04, MSG-05 both", ["MSG-04", "MSG-05"]),
            ("a device as MSG-04 says", []), ("UTF-16 surrogates", []), ("SHA-256 of the token", []),
        ])
    func names(name: String, ids: [String]) {
        #expect(shown(name).map(\.id) == ids)
    }

    @Test("a row that works and is shown is no finding")
    func fine() {
        let works = rows("| MSG-04 | exactly what follows | works | ATests/B |")
        #expect(RequirementRules.findings(rows: works, shown: shown("MSG-04 a device")) == [])
        let open = rows("| MSG-05 | later | not yet: in work | - |", "| MSG-06 | half | partly: no route | - |")
        #expect(RequirementRules.findings(rows: open, shown: []) == [])
    }

    @Test(
        "each breach is found",
        arguments: [
            "| MSG-04 | exactly what follows | works | - |",
            "| MSG-04 | exactly what follows | works | ATests/Other |",
            "| MSG-04 | exactly what follows | partly: no route | ATests/Other |",
            "| MSG-04 | exactly what follows | done | ATests/B |",
            "| MSG-04 | exactly what follows | not yet: | - |",
            "| MSG-04 | exactly what follows | not yet | - |",
            "| MSG-04 |  | works | ATests/B |",
        ])
    func breach(row: String) {
        #expect(RequirementRules.findings(rows: rows(row), shown: shown("MSG-04 a device")).count == 1)
    }

    @Test("an ID of no row, and a row that stands twice, are found")
    func strangers() {
        #expect(RequirementRules.findings(rows: [], shown: shown("MSG-99 nothing")).count == 1)
        let twice = rows("| MSG-04 | a | not yet: b | - |", "| MSG-04 | a | not yet: b | - |")
        #expect(RequirementRules.findings(rows: twice, shown: []).count == 1)
    }
}
