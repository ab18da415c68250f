import Testing

@Suite("The operator's guide is true")
struct OperationsTests {
    private let source = TextFile(
        path: "Setting.swift",
        text: """
            package enum Setting: String {
                case data, listen
                case serverName = "server_name"

                /// What a value looks like.
                package enum Kind { case text }
            """)

    private func guide(_ text: String) -> TextFile { TextFile(path: "Operations.md", text: text) }

    @Test("every setting and every measurement that the guide names exists, and no setting is left out")
    func repository() throws {
        let guide = try #require(Repository.file("Documentation/Operations.md"))
        let table = try #require(Repository.file("Sources/Server/Configuration/Setting.swift"))
        let settings = OperationsRule.settings(table)
        #expect(settings.count > 15)
        #expect(OperationsRule.findings(guide: guide, settings: settings) == [])
        let sources = Repository.swiftFiles.filter { $0.isUnder("Sources") }
        #expect(OperationsRule.unknownMeasurements(guide: guide, sources: sources) == [])
    }

    @Test("settings are read with their keys")
    func settings() {
        #expect(OperationsRule.settings(source) == ["data", "listen", "server_name"])
    }

    @Test("a setting that is left out and one that does not exist are found")
    func breaches() {
        func count(_ text: String) -> Int {
            OperationsRule.findings(guide: guide(text), settings: OperationsRule.settings(source)).count
        }
        #expect(count("| `data`, `listen` | `--data` |\n| `server_name` | `--server-name` |") == 0)
        #expect(count("| `data` | `--data` |\n| `server_name` | `--server-name` |") == 1)
        #expect(count("| `data`, `listen`, `lsten` | `--data` |\n| `server_name` | `--server-name` |") == 1)
    }

    @Test("a measurement that nothing measures is found")
    func measurements() {
        let sources = [TextFile(path: "A.swift", text: "gauge(\"vitrine_open\") // vitrine_shut")]
        #expect(OperationsRule.unknownMeasurements(guide: guide("`vitrine_open{a}`"), sources: sources) == [])
        #expect(OperationsRule.unknownMeasurements(guide: guide("`vitrine_shut`"), sources: sources).count == 1)
    }
}
