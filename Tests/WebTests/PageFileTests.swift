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

    @Test("without a browser the tests say what to install")
    func noBrowser() {
        let failure = #expect(throws: Chromium.Failure.self) { try Chromium.program(path: "/nowhere:/neither") }
        #expect(failure?.description.contains("install chromium-headless-shell") == true)
    }

    @Test("every text of the table is used by a page")
    func texts() throws {
        let tables = [
            "text.js", "staff/text.js", "panorama/text.js", "desk/text.js", "widget/text.js",
            "models/text.js", "settings/text.js",
        ]
        let keys = try tables.flatMap { try text($0).matches(of: /(?m)^    (\w+): \[/).map { String($0.1) } }
        #expect(keys.count > 100)
        let code = try scripts().filter { !tables.contains($0) }.map(text).joined()
        let computed =
            /^(state_|card_state_|desk_list_|desk_none_|desk_status_|desk_state_|desk_step_|banner_|typing_|notice_|scan_reason_|scan_stage_|scan_dark|scan_blurred|category_|review_kind_|review_act_|review_look_|review_side|review_over|review_blink|label_filter_|label_act_|label_state_|health_entity_|panorama_(stage|grade|model|surface|photo|advice|mask|guide|spot)_|board_(metric|source|span|state|status)_|settings_(title|text|none|mode|policy|status|step|finding)_|role_|desk_profile_|board_(above|below|cleared|fired|reminder)$)/
        for key in keys where key.firstMatch(of: computed) == nil {
            let stem = key.replacing(/_(one|other|forbidden)$/, with: "")
            #expect(code.contains("'\(stem)'"), "nothing says \(key)")
        }
    }
}
