import Learning
import Testing

@Suite("Manifests of exported models")
struct ManifestTests {
    private static let hash = String(repeating: "0123456789abcdef", count: 4)

    @Test("LEARN-132 an embedder's manifest is accepted with its model, and carries certificate, space and scale")
    func embedder() throws {
        let net = try EmbeddingNet(
            EmbeddingOptions(
                backbone: BackboneOptions(width: 0.125), dimension: 24, heads: [HeadOptions("kind", classes: 2)]))
        stir(net)
        let file = try OnnxFile(net.onnxGraph(side: 64, heads: ["kind"]))
        var parity = ExportParity(runtime: "1.31.1")
        try parity.compare(
            "embedding", trained: HostTensor([Float(0.5), 0.25], shape: [1, 2]),
            served: HostTensor([Float(0.5), 0.25001], shape: [1, 2]))
        var manifest = ExportManifest(
            id: "item-embed-s1", role: .itemEmbedder(dimension: 24), license: "Apache-2.0", side: 64)
        manifest.labels = ["bag", "shoe"]
        manifest.run = "items-s1"
        let text = manifest.encoded(file, sha256: Self.hash, parity: parity)
        #expect(try Manifests.problems(text, model: file.bytes) == [])
        #expect(try Manifests.space(text) == "item-embed-s1-0123456789ab")
        #expect(abs((try Manifests.parity(text) ?? 1) - 1e-5) < 1e-6)
        #expect(try Manifests.scale(text).map { ($0 * 10).rounded() / 10 } == [123.7, 116.3, 103.5])
    }

    @Test("LEARN-005 a model for categories has no space of vectors, and its labels are its scores")
    func head() throws {
        let net = try EmbeddingNet(
            EmbeddingOptions(
                backbone: BackboneOptions(width: 0.125), dimension: 24, heads: [HeadOptions("kind", classes: 2)]))
        stir(net)
        let file = try OnnxFile(net.onnxGraph(side: 64, heads: ["kind"]))
        var manifest = ExportManifest(id: "words-s1", role: .categoryHead, license: "Apache-2.0", side: 64)
        manifest.labels = ["bag", "shoe"]
        let text = manifest.encoded(file, sha256: Self.hash, parity: nil)
        #expect(try Manifests.problems(text, model: file.bytes) == [])
        #expect(try Manifests.space(text) == nil)
    }

    @Test(
        "a detector's manifest is accepted with its model, and says how to decode",
        arguments: [
            DetectorOptions.Head.retina, .anchorFree,
        ])
    func detector(head: DetectorOptions.Head) throws {
        let net = try ItemDetector(
            DetectorOptions(backbone: BackboneOptions(width: 0.125), channels: 16, depth: 1, head: head))
        stir(net)
        let file = try OnnxFile(net.onnxGraph())
        let manifest = ExportManifest(
            id: "item-detect-s1", role: .itemDetector(head, net.anchors, net.coder), license: "Apache-2.0", side: 320)
        let text = manifest.encoded(file, sha256: Self.hash, parity: nil)
        #expect(try Manifests.problems(text, model: file.bytes) == [])
        let decoding = try Manifests.decoding(text)
        #expect(decoding.kind == head.rawValue)
        #expect(
            decoding.sizes
                == (head == .retina ? [[32, 40, 51], [64, 81, 102], [128, 161, 203], [256, 323, 406]] : []))
    }
}
