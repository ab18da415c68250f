import Basics
import Imaging
import Inference
import Testing

@testable import VisualSearch

@Suite("A model for categories beside the embedder")
struct NamerTests {
    /// Says the same of everything, or fails.
    private struct Word: PictureNamer {
        let model = "word/1"
        var categories: [String: Double]?

        func categories(of picture: Image) throws -> [String: Double] {
            guard let categories else { throw InferenceError(.failed, "broken") }
            return categories
        }
    }

    /// A head of three scores that looks at the mean of the picture's red alone.
    private struct Red: ModelRunner {
        let inputs: [TensorPort]
        let outputs: [TensorPort]
        let provider = "CPU"

        init(_ manifest: ModelManifest) {
            inputs = manifest.inputs.map { TensorPort($0) }
            outputs = manifest.outputs.map { TensorPort($0) }
        }

        func run(_ tensors: [String: Tensor], cancel: RunCancel?) throws(InferenceError) -> [String: Tensor] {
            guard let pixels = tensors["image"]?.floats, pixels.count == 768 else {
                throw InferenceError(.invalidInput, "no picture")
            }
            let red = pixels[..<256].reduce(0, +) / 256
            return ["scores": try Tensor(shape: [1, 3], .float32([red * 4, (1 - red) * 4, 0]))]
        }
    }

    private static func manifest(labels: [String] = ["shoes", "toys", "books"]) throws -> ModelManifest {
        let json: JSON = [
            "schema": "vitrine.model/1", "id": "words", "version": "1.0.0", "role": "category-head",
            "file": "words.onnx", "sha256": .string(String(repeating: "1", count: 64)), "license": "Apache-2.0",
            "inputs": [["name": "image", "dtype": "f32", "shape": ["N", 3, 16, 16]]],
            "outputs": [["name": "scores", "dtype": "f32", "shape": ["N", 3]]],
            "preprocess": ["resize": "stretch", "size": [16, 16], "mean": [0, 0, 0], "std": [255, 255, 255]],
            "labels": .array(labels.map { .string($0) }),
        ]
        return try ModelManifest(parsing: json.encoded())
    }

    private static func word(_ models: CatalogueModels) async throws -> [String: Double] {
        try await Shop().with(models: models) { catalogue in
            for seed in 1...4 as ClosedRange<UInt64> {
                var item = ItemDraft(sku: "\(seed)")
                item.category = seed % 2 == 0 ? "shoes" : "toys"
                try await catalogue.put(item, pictures: [Goods.upload(seed)])
            }
            let answer = try await catalogue.scan(Goods.photo(2))
            #expect(answer.similar.first?.style == "2")
            return Dictionary(
                uniqueKeysWithValues: answer.category.detector.map { ($0.category, $0.probability) })
        }
    }

    @Test("SCAN-085 a scan takes the word of the model for categories; one that fails costs no answer")
    func scans() async throws {
        let said = try await Self.word(CatalogueModels(namer: Word(categories: ["toys": 0.9, "Shoes": 0.1])))
        #expect(said.keys.sorted() == ["shoes", "toys"])
        #expect(abs((said["toys"] ?? 0) - 0.9) < 1e-9)
        #expect(try await Self.word(CatalogueModels(namer: Word(categories: nil))).isEmpty)
        #expect(try await Self.word(CatalogueModels()).isEmpty)
    }

    @Test("SCAN-085 a model's scores become probabilities of its labels; a manifest without fitting labels is refused")
    func scores() throws {
        let manifest = try Self.manifest()
        let namer = try ModelNamer(Red(manifest), manifest: manifest)
        #expect(namer.model == "words/1.0.0")
        let bytes = (0..<192).map { UInt8($0 % 3 == 0 ? 255 : 0) }
        let red = try Image(width: 8, height: 8, format: .rgb8, bytes: bytes)
        let shares = try namer.categories(of: red)
        #expect(shares.keys.sorted() == ["books", "shoes", "toys"])
        #expect((shares["shoes"] ?? 0) > 0.9 && abs(shares.values.reduce(0, +) - 1) < 1e-6)
        let two = try Self.manifest(labels: ["shoes", "toys"])
        #expect(throws: InferenceError.self) { try ModelNamer(Red(two), manifest: two) }
    }

    @Test(
        "SCAN-085 LEARN-135 of the registry's models for categories the active one is asked, of those in folders none")
    func served() throws {
        let manifest = try Self.manifest()
        let entry = ModelEntry(
            key: ModelKey(id: "words", version: "1.0.0"), role: .categoryHead, sha256: manifest.sha256, bytes: 1,
            space: nil, isCaged: false, added: 0, state: .staged, reason: "", predecessor: nil, changed: 0)
        var registry = ModelRegistry([entry])
        #expect(ServedModels(registry) { _ in (manifest, Red(manifest)) }.namer == nil)
        _ = try registry.activate(entry.key, .none, at: 1)
        let served = ServedModels(registry) { _ in (manifest, Red(manifest)) }
        #expect(served.namer?.model == "words/1.0.0" && served.problems.isEmpty)
        let shelf = ModelShelf(CatalogueModels(namer: Word(categories: [:])))
        #expect(shelf.models.namer?.model == "word/1")
        shelf.serve([], namer: served.namer, turn: 1, arePreferred: true)
        #expect(shelf.models.namer?.model == "words/1.0.0")
        shelf.serve([], namer: served.namer, turn: 2, arePreferred: false)
        #expect(shelf.models.namer?.model == "word/1")
        let broken = ServedModels(registry) { _ in throw InferenceError(.failed, "gone") }
        #expect(broken.namer == nil && broken.problems.count == 1)
    }
}
