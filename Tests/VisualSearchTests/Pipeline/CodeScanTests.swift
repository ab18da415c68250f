import Basics
import Imaging
import Storage
import Testing

@testable import VisualSearch

@Suite("Scans of codes")
struct CodeScanTests {
    private static func photo(_ text: String) throws -> [UInt8] {
        let drawn = PhotographedQR(module: 4, angle: 8, tilt: 0.15, noise: 3)
            .picture(WrittenQR(text, version: 4, level: .medium, mask: 4), seed: 2)
        return try Image(width: drawn.width, height: drawn.height, format: .gray8, bytes: drawn.pixels)
            .encoded(as: .png)
    }

    @Test(
        "SCAN-011 a QR code leads to the item whose number, link or SKU it says, and to none that it does not",
        arguments: [
            ("https://id.gs1.org/01/09506000134352/10/ABC", "K1", "9506000134352"), ("9506000134352", "K1", nil),
            ("https://shop.example/i/2?from=shelf", "K2", nil), ("K3", "K3", nil), ("nothing known", nil, nil),
            ("https://id.gs1.org/01/09506000134353", nil, nil),
        ] as [(String, String?, String?)])
    func scans(text: String, sku: String?, code: String?) async throws {
        let shop = try Shop()
        try await shop.with { catalogue in
            try await catalogue.put(
                ItemDraft(sku: "K1", title: "Gin", attributes: ["gtin": "9506000134352"]), pictures: [])
            try await catalogue.put(
                ItemDraft(sku: "K2", title: "Rum", link: "https://shop.example/i/2?from=shelf"), pictures: [])
            try await catalogue.put(ItemDraft(sku: "K3", title: "Tea"), pictures: [Goods.upload(3)])
            let answer = try await catalogue.scan(try Self.photo(text))
            #expect(answer.qr == text)
            if let code { #expect(answer.barcode == code) }
            guard let sku else { return #expect(answer.groups.isEmpty) }
            #expect(answer.verdict == .sameItem(style: sku, probability: 1) && answer.groups.map(\.style) == [sku])
            #expect(!answer.timings.contains { $0.stage == "embed" })
        }
    }
}
