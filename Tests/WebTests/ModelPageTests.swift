import Basics
import Foundation
import TestSupport
import Testing

@Suite("The page of models", .serialized)
struct ModelPageTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// ONNX Runtime that the environment names, else that of the repository's Python environment.
    private static func library() throws -> String {
        if let named = ProcessInfo.processInfo.environment["VITRINE_ORT_LIB"] { return named }
        let places = root.appending(path: ".venv/lib")
        for python in try FileManager.default.contentsOfDirectory(atPath: places.path()).sorted() {
            let folder = places.appending(path: "\(python)/site-packages/onnxruntime/capi")
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path())) ?? []
            if let name = names.sorted().first(where: { $0.hasPrefix("libonnxruntime.so") }) {
                return folder.appending(path: name).path()
            }
        }
        throw Chromium.Failure("there is no onnxruntime in .venv: Scripts/bootstrap test")
    }

    /// A shop with an administrator; the default embedder is there in two versions, and one training left its folder.
    private func open(_ body: (Shop, MatrixClient) async throws -> Void) async throws {
        try await Shop.open(launcher: ["/usr/bin/env", "VITRINE_ORT_LIB=\(try Self.library())"]) { shop in
            try await shop.server.addStaff(name: "root", password: Shop.staffPassword, admin: true)
            let admin = try await MatrixClient(shop.server.http).login("root", password: Shop.staffPassword)
            for version in ["1.0.0", "1.1.0"] { try await add(version, shop, admin) }
            try layRun(in: URL(filePath: shop.server.dataDirectory).appending(path: "runs/demo-run"))
            try await body(shop, admin)
        }
    }

    private func add(_ version: String, _ shop: Shop, _ admin: MatrixClient) async throws {
        let models = Self.root.appending(path: "Models")
        let text = try Data(contentsOf: models.appending(path: "item-embed-s1.json"))
        var manifest = try JSON(parsing: Array(text)).objectValue ?? JSONObject()
        manifest["version"] = .string(version)
        manifest["run"] = "demo-run"
        let model = try Data(contentsOf: models.appending(path: "item-embed-s1.onnx"))
        let form = Shop.form([
            ("manifest", "m.json", JSON.object(manifest).encoded()), ("model", "m.onnx", Array(model)),
        ])
        let reply = try await admin.http.send(
            "POST", "/api/v1/models",
            headers: ["Authorization": "Bearer \(admin.token ?? "")", "Content-Type": form.type], body: form.body)
        try #require(reply.status == 202, "\(reply.text)")
        let tried = try await admin.call(
            "GET", "/api/v1/models/item-embed-s1/versions/\(version)?wait_ms=60000")
        try #require(tried["state"] == "staged", "\(tried.text)")
    }

    /// What a training leaves behind.
    private func layRun(in folder: URL) throws {
        try FileManager.default.createDirectory(
            at: folder.appending(path: "export"), withIntermediateDirectories: true)
        let lines = (1...60).map { step in
            #"{"step":\#(step),"wall":1,"tag":"loss","value":\#(4.0 / Double(step) + 0.2)}"#
        }
        try Data(lines.joined(separator: "\n").utf8).write(to: folder.appending(path: "metrics.jsonl"))
        try Data(#"{"state":"finished","steps":60,"best":{"metric":"recall@1","value":0.61,"step":50}}"#.utf8)
            .write(to: folder.appending(path: "verdict.json"))
        try Data("# demo\n\nMakes vectors.".utf8).write(to: folder.appending(path: "export/demo.md"))
    }

    private func page(_ shop: Shop, as name: String, look: ChromiumPage.Look = ChromiumPage.Look()) async throws
        -> ChromiumPage
    {
        let page = try await ChromiumPage.open(shop.browser, look: look)
        try await page.open(shop.address("/models"))
        try await page.wait("document.querySelector('#user')")
        try await page.click("#user")
        try await page.type(name)
        try await page.click("#password")
        try await page.type(Shop.staffPassword)
        try await page.press("Enter")
        try await page.wait("document.querySelector('.models-status')")
        return page
    }

    private static func has(_ text: String) -> String {
        "document.body.textContent.includes(\(ChromiumPage.quoted(text)))"
    }

    private static func click(_ words: String, in card: Int) -> String {
        "[...document.querySelectorAll('.models-version')[\(card)].querySelectorAll('button')]"
            + ".find(b => b.textContent === \(ChromiumPage.quoted(words))).click()"
    }

    @Test(
        "LEARN-138 LEARN-136 an administrator sees versions with threshold and card, activates, is told why the gate refuses, and goes back"
    )
    func life() async throws {
        try await open { shop, admin in
            let page = try await page(shop, as: "root")
            try await page.wait("document.querySelectorAll('.models-version').length === 2")
            try await page.wait(Self.has("Models can be run (ONNX Runtime"))
            let threshold = #"/0\.\d{3}: \d\.\d\d% of different pairs pass, \d+\.\d% of same ones/"#
            #expect(try await page.evaluate("\(threshold).test(document.body.textContent)") == true)
            // The newer version stands first; the older one is activated, as nothing serves yet.
            try await page.evaluate(Self.click("Activate", in: 1))
            try await page.wait("document.querySelector('.models-version[data-state=active] h3')")
            #expect(
                try await page.evaluate("document.querySelector('.models-version[data-state=active] h3').textContent")
                    == "item-embed-s1 1.0.0")
            // The other one was never measured: the gate refuses, and a person overrules it with a reason.
            try await page.evaluate(Self.click("Activate", in: 1))
            try await page.wait("document.querySelector('dialog[open] form input')")
            #expect(try await page.evaluate(Self.has("Evaluate both first")) == true)
            try await page.type("a test")
            try await page.press("Enter")
            try await page.wait(
                "document.querySelector('.models-version[data-state=active] h3')?.textContent === 'item-embed-s1 1.1.0'"
            )
            try await page.wait(Self.has("without the gate: a test"))
            try await page.evaluate("document.querySelector('.models-role-head button').click()")
            try await page.wait(
                "document.querySelector('.models-version[data-state=active] h3')?.textContent === 'item-embed-s1 1.0.0'"
            )
            let served = try await admin.call("GET", "/api/v1/models/item-embed-s1/versions/1.0.0")
            #expect(served["state"] == "active")

            try await page.evaluate(Self.click("Details", in: 0))
            try await page.wait(
                "document.querySelector('dialog[open] .models-card')?.textContent.includes('Makes vectors.')")
            try await page.press("Escape")
            try await page.evaluate("document.querySelector('.models-run').click()")
            try await page.wait("document.querySelector('dialog[open] polyline')")
            #expect(
                try await page.evaluate("document.querySelector('dialog[open] polyline').points.numberOfItems") == 60)
            #expect(try await page.evaluate(Self.has("60 values, from 4.2 to 0.2667")) == true)
            // The refusal of the gate is the only thing that the browser noted.
            #expect(page.problems.allSatisfy { $0.contains("409") && $0.contains("/activate") }, "\(page.problems)")
        }
    }

    @Test(
        "every control of the page has a name and text has contrast, and who is no administrator is told so",
        arguments: [ChromiumPage.Look(), ChromiumPage.Look(width: 360, height: 780, isPhone: true, isDark: true)])
    func looks(look: ChromiumPage.Look) async throws {
        try await open { shop, _ in
            let page = try await page(shop, as: "root", look: look)
            try await page.wait("document.querySelectorAll('.models-version').length === 2")
            try await page.wait("document.querySelector('.models-run')")
            let findings = try await page.evaluate(AccessibilityAudit.script).arrayValue ?? []
            #expect(findings.compactMap(\.stringValue) == [])
            let overflow = "document.querySelector('.models-main').scrollWidth <= document.documentElement.clientWidth"
            #expect(try await page.evaluate(overflow) == true)
            #expect(page.problems == [])
            let other = try await self.page(shop, as: Shop.staffName, look: look)
            try await other.wait(Self.has("Only administrators see the models."))
        }
    }
}
