import Testing

@Suite("Swift source is taken apart into code, comments and strings")
struct SwiftTextTests {
    @Test(
        "words stand in the part they belong to",
        arguments: [
            ("let a = \"s\" // c", "let a = \"", "s", "// c"),
            ("/* a /* b */ c */ d", "d", "", "/* a /* b */ c */"),
            ("#\"raw \"quote\" \\n\"# + x", "+ x", "raw \"quote\" \\n", ""),
            ("\"a \\\"b\\\" c\" + d", "+ d", "a \\\"b\\\" c", ""),
            ("\"\"\"\nline \"q\"\n\"\"\" + e", "+ e", "line \"q\"", ""),
            ("\"http://x\" + y", "+ y", "http://x", ""),
        ])
    func parts(source: String, code: String, string: String, comment: String) {
        let text = SwiftText(source)
        #expect(text.code.contains(code))
        #expect(string.isEmpty || text.strings.contains(string))
        #expect(comment.isEmpty || text.comments.contains(comment))
        #expect(string.isEmpty || !text.code.contains(string))
    }

    @Test("code in an interpolation is code, and the string goes on after it")
    func interpolation() {
        let text = SwiftText(#"let a = "before \(map["key"]! + f(1)) after" + rest"#)
        #expect(text.code.contains("]! + f(1)"))
        #expect(text.code.contains("+ rest"))
        #expect(text.strings.contains("before"))
        #expect(text.strings.contains("key"))
        #expect(text.strings.contains("after"))
        #expect(!text.code.contains("after"))
    }

    @Test("lines and columns stay where they were")
    func columns() {
        let text = SwiftText("let a = 1 // one\nlet b = \"二\" + c\n")
        #expect(text.code.split(separator: "\n", omittingEmptySubsequences: false).count == 3)
        #expect(text.code.hasSuffix("+ c\n"))
        #expect(text.code.utf8.count == "let a = 1 // one\nlet b = \"二\" + c\n".utf8.count)
    }

    @Test(
        "an open string or comment at the end of the file ends there",
        arguments: ["\"open", "/* open", "#\"", "\"\\", "\"\\("])
    func truncated(source: String) {
        #expect(SwiftText(source).code.utf8.count == source.utf8.count)
    }
}
