import Archives
import Basics
import Foundation
import Testing

@testable import VisualSearch

@Suite("Feeds and archives of products")
struct FeedTests {
    private static let feed = """
        <?xml version="1.0"?>
        <rss xmlns:g="http://base.google.com/ns/1.0" version="2.0"><channel><title>Shop</title>
        <!-- <item>no</item> -->
        <item>
        <g:id>A1</g:id><title><![CDATA[Boots </item> red]]></title><link>https://shop.test/a1</link>
        <g:price>49.90 EUR</g:price><g:availability>out of stock</g:availability>
        <g:product_type>Clothing &gt; shoes</g:product_type><g:brand>Acme</g:brand><g:gtin>4006381333931</g:gtin>
        <g:image_link>sku-1/front.png</g:image_link><g:additional_image_link>sku-1/side.png</g:additional_image_link>
        <g:unknown>x</g:unknown></item>
        <item><g:id>A2</g:id><title>Bad &nope;</title></item>
        <item><title>No id</title></item>
        <item><g:id>A3</g:id><title>Cheap</title><g:price>cheap</g:price></item>
        </channel></rss>
        """

    @Test("SCAN-030 an XML feed of products comes in; each faulty product is named with its line")
    func products() async throws {
        let shop = try Shop()
        let folder = try ImportTests.folder(in: shop)
        try Data(Self.feed.utf8).write(to: URL(fileURLWithPath: "\(folder)/feed.xml"))
        let open = try shop.open()
        let catalogue = try await open.catalogues.create("shop")
        let job = try await CatalogueJobs(open.catalogues).requestImport("\(folder)/feed.xml", into: "shop")
        try await ImportTests.work(open)
        let report = try await catalogue.importReport(of: job)
        #expect(report.lines.map(\.line) == [4, 10, 11, 12])
        #expect(report.lines.map(\.outcome) == [.accepted, .refused, .refused, .refused])
        let item = try #require(try await catalogue.items(sku: "A1").first).draft
        #expect(item.title == "Boots </item> red" && item.price == 4_990 && item.currency == "EUR")
        #expect(item.stock == 0 && item.category == "shoes" && item.attributes["brand"] == "Acme")
        #expect(try await catalogue.found(Goods.photo(11)).first == "A1")
        await open.close()
    }

    @Test("SCAN-030 a zip of folders of pictures comes in as the folder itself does, and again changes nothing")
    func archive() async throws {
        let shop = try Shop()
        var files: [(name: String, content: [UInt8])] = []
        for seed in 1...2 as ClosedRange<UInt64> {
            files.append(("goods/sku-\(seed)/front.png", Goods.photo(seed)))
            files.append(("goods/sku-\(seed)/../x.png", [1]))
        }
        let path = "\(shop.path)/goods.zip"
        try Data(StoredZip.archive(files)).write(to: URL(fileURLWithPath: path))
        let open = try shop.open()
        let catalogue = try await open.catalogues.create("shop")
        let jobs = CatalogueJobs(open.catalogues)
        for outcome in [ImportOutcome.accepted, .unchanged] {
            let job = try await jobs.requestImport(path, into: "shop")
            try await ImportTests.work(open)
            let report = try await catalogue.importReport(of: job)
            #expect(report.counts.lines == [outcome: 2, .refused: 2])
            #expect(report.lines.compactMap(\.cause).allSatisfy { $0.contains("out of the archive") })
        }
        #expect(try await catalogue.found(Goods.photo(2)).first == "sku-2")
        try Data("nothing".utf8).write(to: URL(fileURLWithPath: path))
        await #expect(throws: RequestError.self) { try await catalogue.dryRun(path) }
        await open.close()
    }

    @Test("a feed that breaks off anywhere is read as far as it goes")
    func broken() {
        let bytes = Array(Self.feed.utf8)
        for count in stride(from: 0, to: bytes.count, by: 7) {
            let products = ProductFeed.products(Array(bytes.prefix(count))) ?? []
            #expect(products.count <= 4)
        }
        #expect(ProductFeed.products(Array("<feed/>".utf8)) == nil)
    }
}

/// Archives whose files are stored as they are.
enum StoredZip {
    static func archive(_ files: [(name: String, content: [UInt8])]) -> [UInt8] {
        func little(_ value: Int, _ width: Int) -> [UInt8] {
            (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        }
        var (bytes, list): ([UInt8], [UInt8]) = ([], [])
        for file in files {
            let name = Array(file.name.utf8)
            let middle =
                [0, 0, 0, 0, 0, 0, 0, 0] + little(Int(CRC32.of(file.content)), 4) + little(file.content.count, 4)
                + little(file.content.count, 4) + little(name.count, 2) + [0, 0]
            list += [0x50, 0x4B, 1, 2, 20, 3, 20, 0] + middle + [UInt8](repeating: 0, count: 10)
            list += little(bytes.count, 4) + name
            bytes += [0x50, 0x4B, 3, 4, 20, 0] + middle + name + file.content
        }
        let end = little(files.count, 2) + little(files.count, 2) + little(list.count, 4) + little(bytes.count, 4)
        return bytes + list + [0x50, 0x4B, 5, 6, 0, 0, 0, 0] + end + [0, 0]
    }
}
