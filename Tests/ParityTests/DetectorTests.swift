import Learning
import Testing

@Suite("A detector from training to serving")
struct DetectorTests {
    private static let side = 64
    private static let hash = String(repeating: "0", count: 64)

    /// Dark pictures with a bright square each, red or green, and where it is.
    private func samples() -> (pictures: Tensor, targets: [[TargetBox]]) {
        let places = [(6, 8, 30, 0), (24, 20, 34, 1), (4, 26, 32, 1), (28, 4, 30, 0)]
        var pixels = [Float](repeating: -1, count: places.count * 3 * Self.side * Self.side)
        var targets: [[TargetBox]] = []
        for (index, (left, top, size, label)) in places.enumerated() {
            for y in top..<top + size {
                for x in left..<left + size {
                    pixels[((index * 3 + label) * Self.side + y) * Self.side + x] = 1
                }
            }
            targets.append([
                TargetBox(
                    left: Double(left), top: Double(top), right: Double(left + size), bottom: Double(top + size),
                    label: label)
            ])
        }
        return (Tensor(pixels, shape: [places.count, 3, Self.side, Self.side]), targets)
    }

    @Test(
        "LEARN-001, LEARN-003 a detector learns four pictures by heart, and its served form finds every box",
        arguments: [DetectorOptions.Head.retina, .anchorFree])
    func training(head: DetectorOptions.Head) throws {
        _ = oneThread
        TorchRuntime.seed(11)
        let net = try ItemDetector(
            DetectorOptions(
                backbone: BackboneOptions(width: 0.125), classes: 2, channels: 16, depth: 1, head: head))
        let (pictures, targets) = samples()
        let optimizer = AdamW(net.trainable(), learningRate: 0.01)
        var losses: [Double] = []
        for _ in 0..<60 {
            let (loss, _) = try valueAndGrad(net) {
                net.loss(net(pictures), targets: targets, height: Self.side, width: Self.side).total
            }
            losses.append(loss.item())
            try optimizer.step()
        }
        #expect((losses.last ?? 9) < 0.4 * losses[0], "\(losses)")
        net.train(false)
        let graph = try net.onnxGraph()
        graph.foldBatchNorms()
        let file = try OnnxFile(graph)
        let manifest = ExportManifest(
            id: "test", role: .itemDetector(head, net.anchors, net.coder), license: "none", side: Self.side
        )
        .encoded(file, sha256: Self.hash, parity: nil)
        let outputs = try Serving.run(file.bytes, ["image": box(pictures)])
        for (index, wanted) in targets.enumerated() {
            let found = try Decoding.found(outputs, manifest: manifest, side: Self.side, at: index)
            let best = try #require(found.first, "picture \(index)")
            let sides = [wanted[0].left, wanted[0].top, wanted[0].right, wanted[0].bottom]
            #expect(best.label == wanted[0].label && Decoding.overlap(best.sides, sides) > 0.6, "\(index) \(best)")
        }
    }

    @Test("serving decodes what training coded, at every anchor")
    func coding() throws {
        let net = try ItemDetector(
            DetectorOptions(backbone: BackboneOptions(width: 0.125), channels: 8, depth: 1))
        let side = 64
        let anchors = Tensor(net.anchors.boxes(height: side, width: side))
        let count = anchors.shape[0]
        let target = Tensor([Float(10), 12, 40, 50], shape: [1, 4]).broadcast(to: [count, 4])
        let codes = net.coder.encode(target, anchors: anchors).host().floats
        let graph = try net.onnxGraph()
        let manifest = ExportManifest(
            id: "test", role: .itemDetector(.retina, net.anchors, net.coder), license: "none", side: side
        )
        .encoded(try OnnxFile(graph), sha256: Self.hash, parity: nil)
        for place in stride(from: 0, to: count, by: 37) {
            var scores = [Float](repeating: 0, count: count)
            scores[place] = 1
            let outputs = [
                "scores": Serving.Box(shape: [1, count, 1], floats: scores),
                "boxes": Serving.Box(shape: [1, count, 4], floats: codes),
            ]
            let found = try Decoding.found(outputs, manifest: manifest, side: side, at: 0)
            #expect(found.count == 1)
            for (own, wanted) in zip(found[0].sides, [10.0, 12, 40, 50]) { #expect(abs(own - wanted) < 0.02) }
        }
    }
}
