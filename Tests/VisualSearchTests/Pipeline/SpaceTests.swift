import Basics
import Imaging
import Inference
import Storage
import Testing

@testable import VisualSearch

/// Vectors of two models never meet in one answer, whatever the models are called and whoever lets them serve.
@Suite("Spaces of vectors")
struct SpaceTests {
    /// Mean brightness of cells of a picture, each with a sign drawn by a seed: other seeds are other weights.
    private struct Cells: ModelRunner {
        let seed: UInt64
        let inputs: [TensorPort]
        let outputs: [TensorPort]
        let provider = "CPU"

        init(seed: UInt64, _ manifest: ModelManifest) {
            self.seed = seed
            inputs = manifest.inputs.map { TensorPort($0) }
            outputs = manifest.outputs.map { TensorPort($0) }
        }

        func run(_ tensors: [String: Tensor], cancel: RunCancel?) throws(InferenceError) -> [String: Tensor] {
            guard let pixels = tensors["image"]?.floats, pixels.count == 768 else {
                throw InferenceError(.invalidInput, "no picture")
            }
            var cells = [Float](repeating: 0, count: 48)
            for (at, value) in pixels.enumerated() {
                cells[at / 256 * 16 + at % 256 / 64 * 4 + at % 16 / 4] += value
            }
            var random = SeededRandom(seed: seed)
            let mean = cells.reduce(0, +) / 48
            let signed = cells.map { random.next() % 2 == 0 ? $0 - mean : mean - $0 }
            return ["vector": try Tensor(shape: [1, 48], .float32(signed))]
        }
    }

    private static func manifest(_ version: String, space: String) throws -> ModelManifest {
        let json: JSON = [
            "schema": "vitrine.model/1", "id": "cells", "version": .string(version), "role": "item-embedder",
            "file": "cells.onnx", "sha256": .string(String(repeating: String(version.prefix(1)), count: 64)),
            "license": "Apache-2.0",
            "inputs": [["name": "image", "dtype": "f32", "shape": ["N", 3, 16, 16]]],
            "outputs": [["name": "vector", "dtype": "f32", "shape": ["N", 48]]],
            "preprocess": ["resize": "stretch", "size": [16, 16], "mean": [0, 0, 0], "std": [255, 255, 255]],
            "embedding": ["dim": 48, "space": .string(space), "metric": "cosine"],
        ]
        return try ModelManifest(parsing: json.encoded())
    }

    private static func model(_ version: String, space: String, seed: UInt64) throws -> ModelEmbedder {
        let manifest = try manifest(version, space: space)
        return try ModelEmbedder(Cells(seed: seed, manifest), manifest: manifest)
    }

    private static func reembed(_ open: Shop.Open) async throws -> JSON {
        let jobs = CatalogueJobs(open.catalogues)
        let job = try await jobs.requestReembedding(of: "shop", gate: SwitchGate(override: "a test"))
        try await ImportTests.work(open)
        return try JSON(parsing: try #require(try await jobs.job(job)?.result))
    }

    @Test("LEARN-135 other weights under the name of those that made a catalogue's vectors do not answer for them")
    func sameName() async throws {
        let shop = try Shop()
        let first = try Self.model("1.0.0", space: "cells", seed: 1)
        let second = try Self.model("2.0.0", space: "cells", seed: 2)
        try await shop.with(models: CatalogueModels(embedders: [first])) { catalogue in
            for seed in 1...5 as ClosedRange<UInt64> {
                try await catalogue.put(ItemDraft(sku: "\(seed)"), pictures: [Goods.upload(seed)])
            }
            #expect(try await catalogue.found(Goods.photo(3)).first == "3")
        }
        let open = try shop.open(models: CatalogueModels(embedders: [second]))
        let catalogue = try await open.catalogues.catalogue("shop")
        #expect(try await catalogue.scan(Goods.photo(3)).reason == .noModel)
        // A picture that comes meanwhile gets no vector among the others.
        let old = try #require(try await catalogue.statistics().serving)
        try await catalogue.put(ItemDraft(sku: "6"), pictures: [Goods.upload(6)], waitsForIndex: false)
        try await catalogue.catchUp()
        #expect(try await open.database.read { try GenerationQueries.count(of: old, $0) } == 5)
        await #expect(throws: RequestError.self) { try await catalogue.serve(generation: old) }
        // Made anew they are a generation of their own, though the name is the same.
        #expect(try await Self.reembed(open)["computed"]?.intValue == 6)
        let new = try #require(try await catalogue.statistics().serving)
        #expect(new != old)
        #expect(try await catalogue.found(Goods.photo(6)).first == "6")
        await open.close()
        // With both at hand each answers for its own.
        let both = try shop.open(models: CatalogueModels(embedders: [first, second]))
        let again = try await both.catalogues.catalogue("shop")
        for generation in [old, new] {
            let answer = try await again.scan(Goods.photo(2), generation: generation)
            #expect(answer.similar.first?.style == "2")
            #expect((answer.similar.first?.score ?? 0) > 0.9)
        }
        await both.close()
    }

    @Test("LEARN-135 a vector of another length or space is refused with its reason")
    func refused() async throws {
        let shop = try Shop()
        try await shop.with { catalogue in
            try await catalogue.put(ItemDraft(sku: "1"), pictures: [Goods.upload(1)])
            let index = try await catalogue.search(generation: nil).index
            #expect { try index.search([1, 0, 0], k: 1) } throws: { ($0 as? RequestError)?.code == "VITRINE_SPACE" }
            let other = EmbeddingSpace(name: "other/1", dimensions: index.generation.dimensions)
            #expect { try Catalogue.require(other, in: index.generation) } throws: { error in
                (error as? RequestError)?.message.contains("other/1") == true
            }
        }
    }

    // MARK: With the registry

    private static func entry(_ version: String, space: String) -> ModelEntry {
        ModelEntry(
            key: ModelKey(id: "cells", version: version), role: .itemEmbedder, sha256: version, bytes: 1, space: space,
            isCaged: false, added: 0, state: .staged, reason: "", predecessor: nil, changed: 0)
    }

    private static func served(_ registry: ModelRegistry) -> ServedModels {
        ServedModels(registry) { entry in
            let manifest = try manifest(entry.key.version, space: entry.space ?? "")
            return (manifest, Cells(seed: UInt64(entry.key.version.prefix(1)) ?? 0, manifest))
        }
    }

    @Test("LEARN-135 a catalogue looks with what the registry lets serve, and in the old space until all is made anew")
    func registry() async throws {
        var registry = ModelRegistry([Self.entry("1.0.0", space: "one"), Self.entry("2.0.0", space: "two")])
        let (first, second) = (ModelKey(id: "cells", version: "1.0.0"), ModelKey(id: "cells", version: "2.0.0"))
        let shop = try Shop()
        let open = try shop.open()
        #expect(Self.served(registry).embedders.isEmpty)
        _ = try registry.activate(first, .none, at: 1)
        open.catalogues.serve(Self.served(registry).embedders, turn: 1)
        let catalogue = try await open.catalogues.create("shop")
        for seed in 1...4 as ClosedRange<UInt64> {
            try await catalogue.put(ItemDraft(sku: "\(seed)"), pictures: [Goods.upload(seed)])
        }
        #expect(try await catalogue.scan(Goods.photo(2)).generation.hasSuffix(" one"))
        // The second version becomes active: the vectors are the first one's still, and so is the answer.
        _ = try registry.activate(second, .override(by: "a", reason: "b"), at: 2)
        open.catalogues.serve(Self.served(registry).embedders, turn: 2)
        // A call that was overtaken.
        open.catalogues.serve([], turn: 1)
        let between = try await catalogue.scan(Goods.photo(2))
        #expect(between.generation.hasSuffix(" one") && between.similar.first?.style == "2")
        #expect(try await open.catalogues.spacesInUse() == ["one"])
        _ = try await Self.reembed(open)
        let after = try await catalogue.scan(Goods.photo(2))
        #expect(after.generation.hasSuffix(" two") && after.similar.first?.style == "2")
        // As long as vectors of the old space are kept its model is, and afterwards it goes.
        registry.refilled(.itemEmbedder, keeping: try await open.catalogues.spacesInUse(), at: 3)
        #expect(registry[first]?.state == .draining)
        registry.refilled(.itemEmbedder, keeping: ["two"], at: 4)
        #expect(registry[first]?.state == .retired)
        open.catalogues.serve(Self.served(registry).embedders, turn: 3)
        // What the registry no longer lets serve is not asked, and nothing else answers in its place.
        let old = try await Self.number(open, "one")
        #expect(old != nil)
        let gone = try await catalogue.scan(Goods.photo(2), generation: old)
        #expect(gone.reason == .noModel)
        await open.close()
    }

    private static func number(_ open: Shop.Open, _ space: String) async throws -> Int64? {
        try await open.database.read { connection in
            guard let catalogue = try CatalogueQueries.named("shop", connection) else { return nil }
            return try GenerationQueries.all(of: catalogue.number, connection).first { $0.space == space }?.number
        }
    }
}
