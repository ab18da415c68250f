import Testing

@Suite("Documents lead somewhere")
struct DocumentTests {
    private static let markdown = Repository.files.filter(\.isMarkdown)
    private let paths: Set<String> = ["README.md", "Documentation/A.md", "Documentation/Decisions/0001-a.md"]

    private func broken(_ text: String, at path: String = "Documentation/A.md") -> [Finding] {
        DocumentRules.brokenLinks(TextFile(path: path, text: text), paths: paths) { _ in ["a-heading"] }
    }

    // MARK: The repository

    @Test("every link of the documents resolves")
    func links() {
        let anchors = Dictionary(uniqueKeysWithValues: Self.markdown.map { ($0.path, DocumentRules.anchors($0)) })
        let findings = Self.markdown.flatMap { file in
            DocumentRules.brokenLinks(file, paths: Set(Repository.paths)) { anchors[$0] ?? [] }
        }
        #expect(Self.markdown.count >= 10)
        #expect(findings == [])
    }

    @Test("every make command of the documents is in the Makefile")
    func commands() throws {
        let targets = DocumentRules.makeTargets(try #require(Repository.file("Makefile")))
        #expect(targets.isSuperset(of: ["demo", "test", "bench", "peers", "check", "docs", "fuzz"]))
        #expect(Self.markdown.flatMap { DocumentRules.unknownCommands($0, targets: targets) } == [])
    }

    @Test("README, CHANGELOG, decisions and modules keep their form")
    func forms() throws {
        #expect(DocumentRules.readme(try #require(Repository.file("README.md"))) == [])
        #expect(DocumentRules.changelog(try #require(Repository.file("CHANGELOG.md"))) == [])
        #expect(Self.markdown.flatMap(DocumentRules.decision) == [])
        #expect(DocumentRules.decisionNumbers(Repository.paths) == [])
        let manifest = try #require(Repository.file("Package.swift"))
        let modules = try #require(Repository.file("Documentation/Modules.md"))
        #expect(DocumentRules.missingModules(manifest: manifest, modules: modules) == [])
    }

    @Test("what the Getting Started pages show is quoted from programs that are built")
    func gettingStarted() {
        let programs = Repository.swiftFiles.filter { $0.isUnder("Examples/Sources") }
        #expect(programs.count >= 4)
        #expect(Self.markdown.count { $0.path.hasSuffix("GettingStarted.md") } >= 4)
        #expect(Self.markdown.flatMap { DocumentRules.unquotedCode($0, programs: programs) } == [])
    }

    // MARK: Samples

    @Test("code that stands in no program is found")
    func unquoted() {
        let programs = [TextFile(path: "Examples/Sources/a/main.swift", text: "let a = 1\nlet b = 2\n")]
        func count(_ text: String) -> Int {
            DocumentRules.unquotedCode(TextFile(path: "S/A.docc/GettingStarted.md", text: text), programs: programs)
                .count
        }
        #expect(count("```swift\nlet b = 2\n```\n") == 0)
        #expect(count("```swift\nlet c = 2\n```\n") == 1)
        #expect(count("no code\n") == 1)
    }

    @Test(
        "a link that resolves is no finding",
        arguments: [
            "[a](Decisions/0001-a.md)", "[a](../README.md)", "[a](#a-heading)", "[a](Decisions)",
            "[a](../README.md#a-heading)",
            "[a](https://example.org/x)", "```\n[a](nowhere.md)\n```",
        ])
    func goodLink(text: String) {
        #expect(broken(text) == [])
    }

    @Test(
        "a link that leads nowhere is found",
        arguments: [
            "[a](nowhere.md)", "[a](README.md)", "[a](#no-heading)", "```\n```\n[a](nowhere.md)",
        ])
    func badLink(text: String) {
        #expect(broken(text).count == 1)
    }

    @Test("a heading's anchor is its words in lower case with dashes")
    func anchors() {
        #expect(
            DocumentRules.anchors(TextFile(path: "a.md", text: "## 1. What it *is*, now\n")) == ["1-what-it-is-now"])
    }

    @Test("a command that is not there is found, in code and in backticks only")
    func command() {
        func unknown(_ text: String) -> Int {
            DocumentRules.unknownCommands(TextFile(path: "a.md", text: text), targets: ["test"]).count
        }
        #expect(unknown("run `make tset`") == 1)
        #expect(unknown("```\nmake tset\n```") == 1)
        #expect(unknown("run `make test`, then make sense of it") == 0)
        #expect(
            DocumentRules.makeTargets(TextFile(path: "Makefile", text: "a: b\n\tc: d\nx-y: ## z\n")) == ["a", "x-y"])
    }

    @Test("a README of 151 lines is found")
    func longReadme() {
        #expect(
            DocumentRules.readme(TextFile(path: "README.md", text: String(repeating: "a\n", count: 151))).count == 1)
        #expect(DocumentRules.readme(TextFile(path: "README.md", text: String(repeating: "a\n", count: 150))) == [])
    }

    @Test(
        "a changelog that breaks its form is found",
        arguments: [
            ("# Changelog\n\n## Unreleased\n\n- Messages are stored before they are sent.\n", 0),
            ("# Changelog\n\n## 0.1.0 (2026-11-21)\n\n- Messages are stored before they are sent.\n", 0),
            ("# Changes\n\n## Unreleased\n", 1), ("# Changelog\n\n- too early to be a change\n", 1),
            ("# Changelog\n\n## Unreleased\n\nsome prose\n", 1), ("# Changelog\n\n## 0.1\n", 1),
        ])
    func changelog(text: String, count: Int) {
        #expect(DocumentRules.changelog(TextFile(path: "CHANGELOG.md", text: text)).count == count)
    }

    @Test("a decision without its three parts, and a hole in the numbers, are found")
    func decisions() {
        let whole = "# 1\n## Motivation\na\n## Decision\nb\n## Alternatives considered\nc\n"
        #expect(DocumentRules.decision(TextFile(path: "Documentation/Decisions/0001-a.md", text: whole)) == [])
        #expect(DocumentRules.decision(TextFile(path: "Documentation/Decisions/0001-a.md", text: "# 1\n")).count == 3)
        #expect(DocumentRules.decision(TextFile(path: "Documentation/Decisions/a.md", text: whole)).count == 1)
        #expect(
            DocumentRules.decisionNumbers(["Documentation/Decisions/0001-a.md", "Documentation/Decisions/0003-b.md"])
                .count == 1)
    }

    @Test("a target without a paragraph is found")
    func modules() {
        let manifest = TextFile(
            path: "Package.swift", text: ".target(\n name: \"Ink\"), .testTarget(name: \"InkTests\")")
        #expect(
            DocumentRules.missingModules(manifest: manifest, modules: TextFile(path: "M.md", text: "### Pen\n")).count
                == 1)
        #expect(
            DocumentRules.missingModules(manifest: manifest, modules: TextFile(path: "M.md", text: "### Ink\n")) == [])
    }
}
