import Basics
import Imaging
import Testing

@testable import VisualSearch

@Suite("Kinds of goods with a model of their own")
struct VerticalTests {
    /// Another space, as another model makes it.
    private struct Special: PictureEmbedder {
        let space = EmbeddingSpace(name: "wine-embed-0a1b", dimensions: FloorFeature().space.dimensions)
        func vector(of picture: Image) throws -> [Float] { try FloorFeature().vector(of: picture).reversed() }
    }

    private static let manifest: JSON = [
        "schema": "vitrine.vertical/1", "name": "wine", "model": "wine-embed",
        "categories": [["name": "wine"], ["name": "red wine", "top": "wine"]], "covers": ["food"],
        "sites": [["address": "https://winery.test/products.xml", "shop": "winery"]],
        "readings": [["key": "r", "kind": "encyclopedia", "title": "Riesling", "body": "A white grape."]],
    ]

    private static func changed(_ name: String, _ value: JSON?) -> JSON {
        var object = manifest.objectValue ?? [:]
        object[name] = value
        return .object(object)
    }

    @Test(
        "SCAN-012 a manifest alone makes a kind of goods: categories, model and sources; the same again changes nothing"
    )
    func manifest() async throws {
        let shop = try Shop()
        let models = CatalogueModels(embedders: [FloorFeature(), Special()])
        let open = try shop.open(models: models)
        let general = try await open.catalogues.create("shop")
        let vertical = try Vertical(Self.manifest)
        for _ in 0..<2 {
            let known = try await open.catalogues.put(vertical)
            #expect(known.space == Special().space.name && known.items == 0)
        }
        let wine = try await open.catalogues.catalogue("wine")
        #expect(try await Set(wine.categories().map(\.name)) == ["wine", "red wine", "other"])
        #expect(try await wine.crawlSources().map(\.shop) == ["winery"])
        #expect(try await wine.articles().map(\.draft.title) == ["Riesling"])
        #expect(try await general.categories().count == 11)
        #expect(try await general.articles().isEmpty)
        // It answers by its own model, and the text that it brought stands beside its goods.
        try await wine.put(
            ItemDraft(sku: "w1", title: "Riesling 2024", category: "wine"), pictures: [Goods.upload(3)])
        let answer = try await wine.scan(try Goods.again(3))
        #expect(answer.generation.hasSuffix(Special().space.name) && answer.similar.first?.style == "w1")
        // What turns out to be of a covered category is looked up there, and only from elsewhere.
        var found = ScanAnswer(id: "a")
        found.category.final = [.init(category: "food", probability: 1)]
        #expect(try await open.catalogues.vertical(for: found, of: general)?.name == "wine")
        #expect(try await open.catalogues.vertical(for: found, of: wine) == nil)
        found.category.final = [.init(category: "toys", probability: 1)]
        #expect(try await open.catalogues.vertical(for: found, of: general) == nil)
        // A later manifest adds; categories with goods stay.
        let more = try Vertical(Self.changed("categories", [["name": "white wine"]]))
        try await open.catalogues.put(more)
        #expect(try await Set(wine.categories().map(\.name)) == ["wine", "red wine", "white wine", "other"])
        try await open.catalogues.removeVertical("wine")
        #expect(try await open.catalogues.verticals().isEmpty)
        #expect(try await wine.items().count == 1)
        await open.close()
    }

    @Test(
        "SCAN-012 a model that is not installed for goods, such as one for faces, is refused, and so is another space")
    func models() async throws {
        let shop = try Shop()
        let open = try shop.open(models: CatalogueModels(embedders: [FloorFeature(), Special()]))
        await #expect(throws: RequestError.self) {
            try await open.catalogues.put(try Vertical(Self.changed("model", "face-embed")))
        }
        #expect(try await open.catalogues.names().isEmpty)
        try await open.catalogues.put(try Vertical(Self.manifest))
        await #expect(throws: RequestError.self) {
            try await open.catalogues.put(try Vertical(Self.changed("model", "floor/1")))
        }
        await #expect(throws: RequestError.self) { try await open.catalogues.removeVertical("cars") }
        await open.close()
    }

    @Test(
        "a manifest that is none names what is wrong",
        arguments: [
            ("schema", "vitrine.model/1"), ("name", nil), ("model", 3), ("categories", []), ("categories", ["wine"]),
            ("categories", [["name": "red wine", "top": "wine"]]), ("covers", [1]), ("sites", [["shop": "x"]]),
            ("sites", "https://a.test"), ("readings", [["key": ""]]),
        ] as [(String, JSON?)])
    func faults(_ member: String, _ value: JSON?) {
        #expect(throws: Vertical.Fault.self) { try Vertical(Self.changed(member, value)) }
    }
}
