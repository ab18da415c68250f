import Basics
import Imaging
import Testing
import VisualSearch

@Suite("Crops in a catalogue")
struct CropTests {
    /// A part of a picture; hashes do not see that it is one.
    private static func part(_ seed: UInt64) throws -> PictureUpload {
        let image = try Photos.photo(seed: seed, width: 192, height: 144)
        let part = try image.cropped(to: PixelBox(x: 12, y: 8, width: 166, height: 124))
        return PictureUpload(bytes: try part.encoded(as: .png), name: "part")
    }

    private static func whole(_ seed: UInt64) throws -> PictureUpload {
        PictureUpload(
            bytes: try Photos.photo(seed: seed, width: 192, height: 144).encoded(as: .png), name: "whole")
    }

    @Test("SCAN-049 a crop is proposed as a copy of the whole picture; a yes lets that one answer, undo brings it back")
    func crops() async throws {
        let shop = try Shop()
        let open = try shop.open()
        let catalogue = try await open.catalogues.create("shop")
        try await catalogue.put(ItemDraft(sku: "a"), pictures: [try Self.whole(3)])
        try await catalogue.put(ItemDraft(sku: "b"), pictures: [try Self.part(3)])
        try await catalogue.put(ItemDraft(sku: "c"), pictures: [try Self.whole(11)])
        try #require(try await catalogue.reviews(.duplicate).isEmpty)
        let jobs = CatalogueJobs(open.catalogues)
        _ = try await jobs.request(.crops, of: "shop")
        try await ImportTests.work(open)
        let reviews = try await catalogue.reviews(.duplicate)
        let review = try #require(reviews.first)
        let question = try #require(try await catalogue.question(review.number))
        #expect(
            reviews.count == 1 && question.view["left"]?["name"] == "part" && question.view["right"]?["name"] == "whole"
        )
        #expect((review.evidence["correlation"]?.doubleValue ?? 0) >= 0.85 && review.evidence["why"] == "crop")
        try await catalogue.decide(review.number, .yes, by: "anna")
        let item = try #require(try await catalogue.items(sku: "b").first)
        #expect(try await catalogue.pictures(of: item.number).map(\.stage) == [.aliased])
        #expect(try await catalogue.copies().copies == 1)
        try await catalogue.undecide(review.number)
        #expect(try await catalogue.pictures(of: item.number).map(\.stage) == [.visible])
        try await catalogue.decide(review.number, .no)
        _ = try await jobs.request(.crops, of: "shop")
        try await ImportTests.work(open)
        #expect(try await catalogue.reviews(.duplicate).isEmpty)
        await open.close()
    }
}
