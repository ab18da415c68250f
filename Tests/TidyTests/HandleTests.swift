import Testing

@Suite("Handles of libtorch stay in one file")
struct HandleTests {
    private func findings(_ text: String, _ path: String) -> [Finding] {
        HandleRule.findings(TextFile(path: path, text: text))
    }

    @Test("no other file of the repository reads a handle")
    func repository() {
        #expect(Repository.file(HandleRule.owner) != nil)
        #expect(Repository.swiftFiles.flatMap(HandleRule.findings) == [])
    }

    @Test(
        "a handle read elsewhere is found",
        arguments: ["f(tensor.raw)", "ct_free(x)", "ct_call(a, b)", "let x = y.raw"])
    func found(line: String) {
        #expect(findings("\n" + line, "Sources/Engines/Learning/Losses/A.swift").map(\.line) == [2])
        #expect(findings(line, HandleRule.owner) == [])
    }

    @Test(
        "what only looks like one is no finding", arguments: ["a.rawValue", "json.raw(text)", "// x.raw", "ct_seed(1)"])
    func fine(line: String) {
        #expect(findings(line, "Sources/Engines/Learning/Losses/A.swift") == [])
    }
}
