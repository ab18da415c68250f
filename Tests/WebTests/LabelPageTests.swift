import Basics
import Foundation
import TestSupport
import Testing

@Suite("The page of boxes", .serialized)
struct LabelPageTests {
    private static let saved = "document.querySelector('.label-state').dataset.state === 'saved'"

    private static func page(_ shop: Shop, look: ChromiumPage.Look = ChromiumPage.Look()) async throws -> ChromiumPage {
        try await shop.stockTwice()
        let page = try await shop.staffPage("/label", look: look)
        try await page.wait("document.querySelector('.staff-note:not([hidden]) .button')")
        try await page.click(".staff-note:not([hidden]) .button")
        try await page.wait("document.querySelector('.label-picture.is-loaded')")
        return page
    }

    /// The boxes of a picture as the server has them.
    private static func boxes(_ shop: Shop, of label: Int64) async throws -> [JSON] {
        try await shop.staff().call("GET", "/api/v1/labels/\(label)")["boxes"]?.arrayValue ?? []
    }

    @Test(
        "SCAN-050 SCAN-055 LEARN-030 a box is drawn, moved and resized with the mouse, classified, undone, and kept by itself"
    )
    func mouse() async throws {
        try await Shop.openWithoutModels { shop in
            let page = try await Self.page(shop)
            let label = try #require(
                try await page.evaluate("Number(new URL(location).searchParams.get('picture'))").intValue)
            try await page.drag(in: ".label-canvas", from: (0.2, 0.2), to: (0.6, 0.7))
            try await page.wait("document.querySelectorAll('.label-box').length === 1")
            try await page.drag(in: ".label-canvas", from: (0.4, 0.45), to: (0.5, 0.45))
            try await page.drag(in: ".label-handle.is-se", from: (0.5, 0.5), to: (1.5, 1.5))
            try await page.press("2")
            try await page.wait(Self.saved)
            let box = try #require(try await Self.boxes(shop, of: label).first)
            let edges = box["box"]?.arrayValue?.compactMap(\.doubleValue) ?? []
            #expect(abs(edges[0] - 0.3 * 400) < 6 && abs(edges[1] - 0.2 * 300) < 6 && edges[2] > 0.4 * 400)
            #expect(box["source"] == "person" && box["by"]?.stringValue?.contains("mei") == true)
            let name = try await page.evaluate("document.querySelector('.label-name').textContent")
            try await page.click(".label-buttons button:nth-child(1)")
            try await page.wait("document.querySelector('.label-name').textContent !== '\(name.stringValue ?? "")'")
            try await page.click(".label-buttons button:nth-child(2)")
            try await page.wait("document.querySelector('.label-name').textContent === '\(name.stringValue ?? "")'")
            try await page.wait(Self.saved)
            let acts =
                try await shop.staff().call("GET", "/api/v1/labels/\(label)/history")["history"]?.arrayValue ?? []
            #expect(acts.last?["act"] == "drawn" && acts.dropLast().allSatisfy { $0["act"] == "changed" })
            #expect(page.problems == [])
        }
    }

    @Test(
        "SCAN-050 everything is done without a mouse: a new box, its place, its size, another one, done and the next picture"
    )
    func keys() async throws {
        try await Shop.openWithoutModels { shop in
            let page = try await Self.page(shop)
            let label = try #require(
                try await page.evaluate("Number(new URL(location).searchParams.get('picture'))").intValue)
            try await page.press("n")
            try await page.wait("document.activeElement.classList.contains('label-box')")
            try await page.press("ArrowRight")
            try await page.press("ArrowDown", shift: true)
            try await page.wait(Self.saved)
            let box = try #require(try await Self.boxes(shop, of: label).first)["box"]
            #expect(box == [103.0, 75.0, 200.0, 153.0])
            try await page.press("d")
            try await page.wait("document.querySelectorAll('.label-box').length === 2")
            try await page.press("Delete")
            try await page.wait("document.querySelectorAll('.label-box').length === 1")
            try await page.press("f")
            try await page.wait("Number(new URL(location).searchParams.get('picture')) !== \(label)")
            #expect(try await shop.staff().call("GET", "/api/v1/labels/\(label)")["done"] == true)
            #expect(try await Self.boxes(shop, of: label).count == 1)
            #expect(page.problems == [])
        }
    }

    @Test("SCAN-050 somebody else's change is told and never overwritten; loading again shows it")
    func conflict() async throws {
        try await Shop.openWithoutModels { shop in
            let page = try await Self.page(shop)
            let label = try #require(
                try await page.evaluate("Number(new URL(location).searchParams.get('picture'))").intValue)
            let box: JSON = ["box": [1, 1, 20, 20], "category": "cup"]
            _ = try await shop.staff().call("PUT", "/api/v1/labels/\(label)", ["revision": 0, "boxes": [box]])
            try await page.press("n")
            try await page.wait("document.querySelector('.label-state').dataset.state === 'conflict'")
            try await page.click(".label-state button")
            try await page.wait("document.querySelector('.label-name')?.textContent === 'cup'")
            #expect(try await Self.boxes(shop, of: label).count == 1)
        }
    }

    @Test(
        "SCAN-050 every control of the page of boxes has a name and every text contrast",
        arguments: AccessibilityTests.looks)
    func access(look: ChromiumPage.Look) async throws {
        try await Shop.openWithoutModels { shop in
            let page = try await Self.page(shop, look: look)
            try await page.press("n")
            try await page.wait(Self.saved)
            let findings = try await page.evaluate(AccessibilityAudit.script).arrayValue ?? []
            #expect(findings.compactMap(\.stringValue) == [])
            #expect(page.problems == [])
        }
    }
}

@Suite("The page of catalogue health", .serialized)
struct HealthPageTests {
    @Test(
        "SCAN-017 SCAN-043 SCAN-127 coverage, recall and duplicates stand on one page, in figures, charts and tables",
        arguments: AccessibilityTests.looks)
    func cards(look: ChromiumPage.Look) async throws {
        try await Shop.openWithoutModels { shop in
            let customer = try await shop.scanner()
            try await shop.stock(customer)
            try await customer.scan(try await shop.picture(customer, of: Shop.goods[1]))
            let page = try await shop.staffPage("/catalogue-health", look: look)
            try await page.wait(
                "document.querySelectorAll('.health-card').length === 5 && document.querySelector('.health-chart')")
            try await page.wait("document.querySelector('.health-meter')")
            #expect(try await page.evaluate("document.querySelector('.health-table tbody').rows.length") == 1)
            let findings = try await page.evaluate(AccessibilityAudit.script).arrayValue ?? []
            #expect(findings.compactMap(\.stringValue) == [])
            #expect(page.problems == [])
        }
    }
}
