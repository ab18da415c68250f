import Basics
import Foundation
import Imaging
import Inference
import Storage
import Testing

@testable import VisualSearch

/// The models that come with the project, through ONNX Runtime.
@Suite("The default models")
struct DefaultModelTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    private static let installed = InstalledModels(
        folders: [root.appending(path: "Models").path], runtimeFolders: [root.appending(path: ".venv").path])

    @Test(
        "SCAN-086 SCAN-090 embedder, detector and categories of the project are the default, ahead of the built-in feature"
    )
    func loaded() throws {
        let installed = Self.installed
        #expect(installed.problems.isEmpty, "\(installed.problems)")
        #expect(installed.models.finder.isLooking && installed.models.finder.model.hasPrefix("item-detect-s1"))
        let embedder = try #require(installed.models.embedders.first)
        #expect(embedder.space.name.hasPrefix("item-embed-s1") && installed.models.embedders.last is FloorFeature)
        let reading = try embedder.reading(of: try Image.decode(Goods.photo(1)).image)
        #expect(abs(reading.vector.reduce(0) { $0 + $1 * $1 } - 1) < 1e-4)
        #expect(abs(reading.categories.values.reduce(0, +) - 1) < 1e-6)
        #expect(reading.vector == (try embedder.vector(of: try Image.decode(Goods.photo(1)).image)))
        let namer = try #require(installed.models.namer)
        let word = try namer.categories(of: try Image.decode(Goods.photo(1)).image)
        #expect(namer.model.hasPrefix("item-category-s1") && word.keys.sorted() == reading.categories.keys.sorted())
        #expect(abs(word.values.reduce(0, +) - 1) < 1e-6 && word != reading.categories)
    }

    @Test(
        "SCAN-090 colours and outlines count beside the model's vector as its manifest says; its own space stays at hand"
    )
    func colours() throws {
        let embedders = Self.installed.models.embedders
        let joined = try #require(embedders.first)
        let plain = try #require(embedders.dropFirst().first { joined.space.name == "\($0.space.name)+floor/1*0.5" })
        #expect(joined.space.dimensions == plain.space.dimensions + FloorFeature().space.dimensions)
        func cosine(_ embedder: any PictureEmbedder) throws -> Float {
            let (first, second) = (try Image.decode(Goods.photo(1)).image, try Image.decode(Goods.photo(2)).image)
            return zip(try embedder.vector(of: first), try embedder.vector(of: second)).reduce(0) { $0 + $1.0 * $1.1 }
        }
        let expected = (try cosine(plain) + 0.5 * cosine(FloorFeature())) / 1.5
        #expect(abs(try cosine(joined) - expected) < 1e-4)
    }

    @Test(
        "SCAN-086 SCAN-014 of a photo without a sure object the middle is searched; a catalogue's picture is taken whole"
    )
    func parts() async throws {
        let models = Self.installed.models
        let shop = try Shop()
        try await shop.with(models: models) { catalogue in
            try await catalogue.put(ItemDraft(sku: "1"), pictures: [Goods.upload(1)])
            let embedder = models.embedders[0]
            let stored = try await catalogue.database.read { try GenerationQueries.vector(of: 1, generation: 1, $0) }
            let looked = try LookedAt(Goods.photo(1), limits: ImageLimits())
            #expect(try embedder.vector(of: looked.crop(.full)) == stored)
            let answer = try await catalogue.scan(Goods.photo(1))
            #expect(answer.generation.hasSuffix(embedder.space.name))
            let sure = answer.boxes.first.map { $0.score >= models.finder.sure } ?? false
            #expect(sure ? answer.source == .detected : answer.chosen == .middle(embedder.middle))
            #expect(answer.timings.map(\.stage).contains("locate"))
        }
    }

    @Test("SCAN-019 without ONNX Runtime the built-in feature serves, and one sentence names what is missing")
    func withoutRuntime() throws {
        let shop = try Shop()
        let none = InstalledModels(
            folders: [Self.root.appending(path: "Models").path], runtimeFolders: ["\(shop.path)/nowhere"])
        // A machine may have it in a place of its own.
        guard !none.models.finder.isLooking else { return }
        #expect(none.models.embedders.map(\.space.name) == ["floor/1"] && none.problems.count == 1)
        #expect(none.problems[0].contains("floor/1") && none.problems[0].contains("vitrine doctor"))
    }
}
