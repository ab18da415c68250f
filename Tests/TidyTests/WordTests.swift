import Testing

@Suite("Words that do not belong")
struct WordTests {
    private func findings(_ text: String, _ path: String = "Sources/Server/A.swift") -> [Finding] {
        WordRules.findings(TextFile(path: path, text: text))
    }

    @Test("no source holds a shortcut, a sleep or a note to self")
    func repository() {
        #expect(Repository.swiftFiles.flatMap(WordRules.findings) == [])
    }

    @Test(
        "each banned word is found",
        arguments: [
            "let a = try! f()", "let a = b as! Int", "let a = b!", "let a = b[0]!.c", "f(a!, b)", "var a: Int!",
            "Thread.sleep(forTimeInterval: 1)", "usleep(3)", "try await Task.sleep(for: .seconds(1))",
            "fatalError(\"x\")",
            "print(1)", "nonisolated(unsafe) var a = 1", "final class A: @unchecked Sendable {}",
            "// TODO later", "/* FIXME */",
        ])
    func found(line: String) {
        #expect(findings("\n" + line).map(\.line) == [2])
    }

    @Test(
        "what only looks like one is no finding",
        arguments: [
            "if a != b {}", "if !a {}", "a = !b", "let s = \"stop!\"", "let s = \"try! TODO\"", "// as! is banned",
            "let a = (!b || !c)", "fingerprint(1)", "x.print(1)", "f(!a)",
        ])
    func fine(line: String) {
        #expect(findings(line) == [])
    }

    @Test("tests may print and stop; programs may print")
    func elsewhere() {
        #expect(findings("fatalError(\"x\"); print(1)", "Tests/ATests/A.swift") == [])
        #expect(findings("print(1)", "Sources/Apps/vitrine/A.swift") == [])
        #expect(findings("let a = b!", "Tests/ATests/A.swift").count == 1)
    }

    @Test("every exception still has its file")
    func exceptions() {
        let allowed = (WordRules.everywhere + WordRules.inSources).flatMap(\.allowed)
        #expect(allowed.filter { prefix in !Repository.paths.contains { $0.hasPrefix(prefix) } } == [])
    }
}

@Suite("What no file may hold")
struct PlaceTests {
    private func file(_ text: String, _ path: String = "a.swift") -> TextFile { TextFile(path: path, text: text) }

    @Test("no file names a path of one machine or a package registry")
    func repository() {
        #expect(Repository.files.count > 30)
        #expect(Repository.files.filter { $0.path != "LICENSE" }.flatMap(PlaceRules.machinePaths) == [])
        #expect(Repository.files.flatMap(PlaceRules.registryHosts) == [])
    }

    @Test("files end with a line's end and have plain ones; sources have at most 400 lines")
    func shape() {
        #expect(Repository.files.flatMap(PlaceRules.endings) == [])
        #expect(Repository.files.flatMap(PlaceRules.length) == [])
    }

    @Test(
        "a machine's path is found",
        arguments: [["work", "main/x"], ["root", ".cache"], ["home", "ann/x"], ["opt", "swift"]])
    func machinePath(parts: [String]) {
        let path = "/" + parts.joined(separator: "/")
        #expect(PlaceRules.machinePaths(file("see \(path) there")).count == 1)
        #expect(PlaceRules.machinePaths(file("`\(path)`")).count == 1)
    }

    @Test(
        "a path of the product is no finding",
        arguments: [
            "/var/lib/vitrine", "/etc/vitrine.toml", "GET /api/v1/rooms", "Sources/Server/home/x",
            "https://example.org/home/x",
        ])
    func productPath(path: String) {
        #expect(PlaceRules.machinePaths(file(path)) == [])
    }

    @Test("a registry's host is found")
    func registry() {
        #expect(PlaceRules.registryHosts(file("https://\(PlaceRules.registries[0])/simple")).count == 1)
        #expect(PlaceRules.registryHosts(file("https://example.org")) == [])
    }

    @Test("a file of 401 lines, one without an end and one with carriage returns are found")
    func lengths() {
        #expect(PlaceRules.length(file(String(repeating: "a\n", count: 401))).count == 1)
        #expect(PlaceRules.length(file(String(repeating: "a\n", count: 400))) == [])
        #expect(PlaceRules.length(file(String(repeating: "a\n", count: 401), "a.md")) == [])
        #expect(PlaceRules.endings(file("a")).count == 1)
        #expect(PlaceRules.endings(file("a\r\n")).count == 1)
        #expect(PlaceRules.endings(file("a\n")) == [])
    }
}
