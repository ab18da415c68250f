import Foundation
import TestSupport
import Testing

@Suite("The files of the pages")
struct PageFileTests {
    static let web = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Web").resolvingSymlinksInPath()

    private func text(_ name: String) throws -> String {
        try String(contentsOf: Self.web.appending(path: name), encoding: .utf8)
    }

    private func scripts() throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: Self.web.path()).filter { $0.hasSuffix(".js") }.sorted()
    }

    @Test(
        "a page holds no inline script or style and names only files that are there",
        arguments: [
            "index.html", "agent.html", "models.html", "scan.html", "review.html", "label.html",
            "catalogue-health.html",
        ])
    func pages(name: String) throws {
        let page = try text(name)
        #expect(!page.contains("<style"))
        #expect(page.matches(of: /\sstyle=/).isEmpty)
        #expect(page.matches(of: /\son\w+=/).isEmpty)
        #expect(page.matches(of: /<script(?![^>]*src=)/).isEmpty)
        let assets = page.matches(of: /(?:src|href)="(\/web\/[^"]+)"/).map { String($0.1.dropFirst("/web/".count)) }
        #expect(assets.count >= 8)
        for asset in assets {
            #expect(FileManager.default.fileExists(atPath: Self.web.appending(path: asset).path()), "\(asset)")
        }
    }

    @Test("no script makes markup or code from text, and every import names a file that is there")
    func code() throws {
        for name in try scripts() {
            let code = try text(name)
            for word in [
                "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function",
                "setAttribute('style'",
            ] {
                #expect(!code.contains(word), "\(name) has \(word)")
            }
            let folder = Self.web.appending(path: name).deletingLastPathComponent()
            for found in code.matches(of: /(?:from|import) '(\.[^']+)'/) {
                let file = folder.appending(path: String(found.1)).standardizedFileURL
                #expect(FileManager.default.fileExists(atPath: file.path()), "\(name) imports \(found.1)")
            }
        }
    }

    @Test(
        "a page names all modules it will need, so that they come in one round",
        arguments: [
            ("index.html", "customer.js"), ("agent.html", "agent.js"), ("models.html", "models.js"),
            ("scan.html", "scan.js"),
            ("review.html", "review.js"), ("label.html", "label.js"), ("catalogue-health.html", "catalogue-health.js"),
        ])
    func preloads(page: String, entry: String) throws {
        let named = try text(page).matches(of: /rel="modulepreload" href="\/web\/([^"]+)"/).map { String($0.1) }
        var needed: Set<String> = []
        var open = [entry]
        while let name = open.popLast() {
            let folder = URL(filePath: "/" + name).deletingLastPathComponent()
            for found in try text(name).matches(of: /(?:from|import) '(\.[^']+)'/) {
                let module = String(folder.appending(path: String(found.1)).standardizedFileURL.path().dropFirst())
                if needed.insert(module).inserted { open.append(module) }
            }
        }
        #expect(named.sorted() == needed.sorted())
    }

    @Test("without a browser the tests say what to install")
    func noBrowser() {
        let failure = #expect(throws: Chromium.Failure.self) { try Chromium.program(path: "/nowhere:/neither") }
        #expect(failure?.description.contains("install chromium") == true)
    }

    @Test("every text of the table is used by a page")
    func texts() throws {
        let tables = ["text.js", "staff/text.js"]
        let keys = try tables.flatMap { try text($0).matches(of: /(?m)^    (\w+): \[/).map { String($0.1) } }
        #expect(keys.count > 100)
        let code = try scripts().filter { !tables.contains($0) }.map(text).joined()
        let computed =
            /^(state_|banner_|typing_|notice_|scan_reason_|scan_stage_|scan_dark|scan_blurred|category_|review_kind_|review_act_|review_look_|review_side|review_over|review_blink|label_filter_|label_act_|label_state_|health_entity_)/
        for key in keys where key.firstMatch(of: computed) == nil {
            let stem = key.replacing(/_(one|other|forbidden)$/, with: "")
            #expect(code.contains("'\(stem)'"), "nothing says \(key)")
        }
    }
}
