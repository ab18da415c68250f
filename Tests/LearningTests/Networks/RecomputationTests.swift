import Foundation
import Testing

@testable import Learning

@Suite("Blocks that are computed again")
struct RecomputationTests {
    @Test(
        "LEARN-043 a net whose blocks are computed again on the way back has the gradients and running numbers of one that keeps them",
        arguments: [
            ("resnet-s", false), ("resnet-s", true), ("efficientnet-b0", false), ("inception-s", false),
            ("transformer-s", false),
        ])
    func gradients(name: String, isCascade: Bool) throws {
        let net = try EmbeddingNet(
            EmbeddingOptions(
                backbone: BackboneOptions(name: name, width: 0.125, attention: [.spatial], dropPath: 0), dimension: 12,
                isCascade: isCascade))
        // Residual branches begin silent: stirred, they have gradients.
        for (_, tensor) in net.parameters() { tensor.addInPlace(.randn(tensor.shape), times: 0.05) }
        let pictures = Tensor.randn([4, 3, 32, 32])
        let aim = Tensor.randn([4, 12])
        let before = net.buffers().map { $0.tensor.clone() }
        try checked { (net(pictures).unscaled * aim).sum().backward() }
        let wanted = net.parameters().map { $0.tensor.grad?.host().floats }
        let running = net.buffers().map { $0.tensor.host().floats }
        for ((_, buffer), kept) in zip(net.buffers(), before) { buffer.copyInPlace(kept) }
        net.zeroGrad()
        try checked {
            let kept = Recomputation(net.backbone, pictures)
            (net.answer(kept.outputs.suffix(net.necks.count)).unscaled * aim).sum().backward()
            kept.backward()
        }
        for (place, (key, tensor)) in net.parameters().enumerated() {
            guard let wanted = wanted[place] else {
                #expect(tensor.grad == nil, "\(key)")
                continue
            }
            let found = try #require(tensor.grad, "\(key)").host().floats
            let size = (wanted.map(abs).max() ?? 0) + 1e-3
            #expect(zip(found, wanted).allSatisfy { abs($0 - $1) <= 1e-4 * size }, "\(key)")
        }
        for (place, (key, buffer)) in net.buffers().enumerated() {
            let found = buffer.host().floats
            #expect(zip(found, running[place]).allSatisfy { abs($0 - $1) <= 1e-5 * max(1, abs($1)) }, "\(key)")
        }
    }

    @Test("LEARN-043 a configuration asks for it, and trains as before", arguments: ["shuffle", "hard"])
    func configured(order: String) async throws {
        try await withRuns { runs in
            let text = SmallExperiment.text(epochs: 2).replacingOccurrences(
                of: #""sampler": "shuffle""#, with: "\"sampler\": \"\(order)\", \"recompute\": true")
            let folder = try SmallExperiment.folder(runs, "one")
            let verdict = try await Trainer(
                Experiment(bytes: Array(text.utf8)), GeneratedPictures.dataset(), in: folder
            ).run()
            #expect(verdict.state == .finished && verdict.step == 6)
        }
    }
}
