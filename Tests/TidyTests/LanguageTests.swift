import Testing

@Suite("Both languages say everything")
struct LanguageTests {
    private func table(_ rows: String) -> TextFile {
        TextFile(path: "Web/text.js", text: "export const text = {\n\(rows)\n};\n")
    }

    @Test("every text has its English and its Chinese, with the same names to fill in")
    func repository() throws {
        let names = [
            "text.js", "staff/text.js", "panorama/text.js", "desk/text.js", "widget/text.js", "models/text.js",
            "settings/text.js",
        ]
        let tables = try names.map { try #require(Repository.file("Web/" + $0)) }
        for table in tables {
            #expect(LanguageRule.rows(table).count > 20)
            #expect(LanguageRule.findings(table) == [])
        }
        let keys = tables.flatMap { LanguageRule.rows($0).map(\.key) }
        #expect(Set(keys).count == keys.count)
        #expect(Repository.files.flatMap { LanguageRule.unknownKeys($0, tables: tables) } == [])
    }

    @Test(
        "a whole row is no finding",
        arguments: [
            "    today: ['Today', '今天'],", "    hello: ['Hello {name}', '您好，{name}'],", "    quote: ['It\\'s', \"是\"],",
        ])
    func fine(row: String) {
        #expect(LanguageRule.rows(table(row)).count == 1)
        #expect(LanguageRule.findings(table(row)) == [])
    }

    @Test(
        "a row without Chinese, with an empty text, with another name, or a second time is found",
        arguments: [
            "    today: ['Today'],", "    today: ['Today', ''],", "    hello: ['Hello {name}', '您好，{names}'],",
            "    a: ['A', '甲'],\n    a: ['B', '乙'],",
        ])
    func breach(rows: String) {
        #expect(LanguageRule.findings(table(rows)).count == 1)
    }

    @Test("a key that is not in the table is found, in scripts and in pages")
    func keys() {
        let rows = table("    a: ['A', '甲'],\n    n_other: ['{n}', '{n}'],")
        func unknown(_ text: String) -> Int {
            LanguageRule.unknownKeys(TextFile(path: "Web/x.js", text: text), tables: [rows]).count
        }
        #expect(unknown("t('a'); counted('n', 3); html = '<b data-t=\"a\">'") == 0)
        #expect(unknown("t('b')") == 1)
        #expect(unknown("<p data-t-label=\"b\">") == 1)
        #expect(unknown("let(\"b\"); t(key)") == 0)
    }
}
