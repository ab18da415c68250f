import Foundation
import Testing

@testable import Server

@Suite("The table of pages")
struct PageTableTests {
    static let web = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Web").resolvingSymlinksInPath()

    private func file(_ name: String) throws -> Data { try Data(contentsOf: Self.web.appending(path: name)) }

    private func shipped() throws -> [String: String] {
        var files: [String: Data] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: Self.web.path())
        where [".js", ".css", ".json", ".html"].contains(where: name.hasSuffix) { files[name] = try file(name) }
        return try PageTable(files: files).pages()
    }

    @Test("a page holds no inline script or style, and all that its head names is there")
    func heads() throws {
        let pages = try shipped()
        #expect(pages.keys.contains("/") && pages.keys.contains("/agent"))
        for (address, page) in pages {
            #expect(!page.contains("<style") && !page.contains("{"), "\(address)")
            #expect(page.matches(of: /\sstyle=|\son\w+=|<script(?![^>]*src=)/).isEmpty, "\(address)")
            let named = page.matches(of: /(?:src|href)="\/web\/([^"]+)"/).map { String($0.1) }
            #expect(named.count >= 8, "\(address)")
            for name in named {
                #expect(FileManager.default.fileExists(atPath: Self.web.appending(path: name).path()), "\(name)")
            }
        }
    }

    @Test("a page names all modules it will need once, so that they come in one round")
    func preloads() throws {
        let files = [
            "pages.json": #"{"/x": {"description": "d", "script": "x.js", "element": "e", "styles": ["s"]}}"#,
            "page.html": "<p>{description} {element}\n{links}", "style/s.css": "",
            "x.js": "import { a } from './in/a.js';\nimport './in/b.js';\nconst later = import('./late.js');",
            "in/a.js": "export { b } from './b.js';", "in/b.js": "import { a } from './a.js'; import '../c.js';",
            "c.js": "", "late.js": "", "other.js": "",
        ].mapValues { Data($0.utf8) }
        let page = try #require(try PageTable(files: files).pages()["/x"])
        #expect(
            page.matches(of: /modulepreload" href="\/web\/([^"]+)"/).map { $0.1 } == ["c.js", "in/a.js", "in/b.js"])
        #expect(page.hasPrefix("<p>d e\n    <link rel=\"stylesheet\" href=\"/web/style/s.css\">"))
        #expect(!page.contains("noindex"))
    }

    @Test(
        "a table that is no table, or names what is not there, is refused by name",
        arguments: [
            ("[1]", "pages.json"), ("{\"/\": {}}", "pages.json"),
            (#"{"/": {"description": "", "script": "no.js", "element": "e", "styles": []}}"#, "no.js"),
            (#"{"/": {"description": "", "script": "a.js", "element": "e", "styles": ["no"]}}"#, "style/no.css"),
        ])
    func refusals(table: String, word: String) throws {
        let files = ["pages.json": table, "page.html": "", "a.js": ""].mapValues { Data($0.utf8) }
        let error = #expect(throws: ConfigurationError.self) { try PageTable(files: files) }
        #expect("\(error.map { "\($0)" } ?? "")".contains(word))
        #expect(throws: ConfigurationError.self) { try PageTable(files: ["page.html": Data()]) }
    }
}
