import Basics
import Testing

@testable import Learning

@Suite("Embedders and what stands on them")
struct HeadTests {
    private func net(cascade: Bool = false) throws -> EmbeddingNet {
        _ = oneThread
        TorchRuntime.seed(2)
        return try EmbeddingNet(
            EmbeddingOptions(
                backbone: BackboneOptions(width: 0.125), dimension: 16, isCascade: cascade,
                heads: [HeadOptions("view", classes: 3), HeadOptions("marks", classes: 2, kind: .binary)]))
    }

    @Test(
        "LEARN-017, SCAN-094 heads train beside the class; labels that are missing count nothing; hits are counted by head"
    )
    func heads() throws {
        let net = try net()
        let pictures = Tensor.randn([4, 3, 32, 32])
        let labels = [
            "view": Tensor([2, -1, 0, -1]), "marks": Tensor([1, 0, -1, -1, 0, 1, -1, 1], shape: [4, 2]),
        ]
        let (_, gradients) = try valueAndGrad(net) {
            let losses = net.heads.losses(net(pictures).logits, labels: labels)
            return (losses["view"] ?? .zeros([])) + (losses["marks"] ?? .zeros([]))
        }
        #expect(gradients["heads.0.weight"] != nil && gradients["backbone.conv1.weight"] != nil)

        let logits = ["view": Tensor([0.0, 0, 5, 9, 0, 0, 0, 4, 1, 1, 1, 1], shape: [4, 3])]
        let expected = (Oracle.logSumExp([0, 0, 5]) - 5 + Oracle.logSumExp([0, 4, 1]) - 0) / 2
        #expect(agree([net.heads.losses(logits, labels: labels)["view"]?.item() ?? 0], [expected], 1e-6))
        let hits = net.heads.hits(logits, labels: labels)
        #expect(hits["view"]?.right == 1 && hits["view"]?.of == 2 && hits["marks"] == nil)
        #expect(net.heads.losses(logits, labels: [:]).isEmpty)
    }

    @Test("a configuration names the net; everything wrong in it is said at once")
    func configuration() throws {
        let object = try #require(
            JSON(
                parsing: Array(
                    #"{"backbone": "resnet18", "width": 0.25, "attention": ["none", "both"], "embedding": 64}"#.utf8)
            )
            .objectValue)
        let options = try EmbeddingOptions(object)
        #expect(options.backbone.name == "resnet18" && options.dimension == 64)
        #expect((0..<4).map(options.backbone.attention(ofStage:)) == [.none, .both, .both, .both])
        let wrong = try #require(
            JSON(parsing: Array(#"{"backbone": "x", "width": 9, "attention": "all", "pooling": 1, "depth": 2}"#.utf8))
                .objectValue)
        #expect {
            try EmbeddingOptions(wrong, path: "model.")
        } throws: { error in
            let problems = (error as? NetworkConfigurationError)?.problems ?? []
            return Set(problems.map { String($0.prefix { $0 != ":" }) })
                == ["model.backbone", "model.width", "model.attention", "model.pooling", "model.depth"]
        }
    }

    @Test("LEARN-021 a cascade's levels learn from fewer and fewer pairs")
    func cascade() throws {
        let net = try net(cascade: true)
        let labels = Tensor([0, 0, 1, 1, 2, 2, 3, 3])
        var counts: [Int] = []
        let (_, gradients) = try valueAndGrad(net) {
            let (loss, pairs) = CascadeLoss()(net(.randn([8, 3, 32, 32])).levels, labels: labels)
            counts = pairs
            return loss
        }
        #expect(counts == [28, 14, 4])
        #expect(gradients["neck.0.fc.weight"] != nil && gradients["neck.2.fc.weight"] != nil)
    }

    @Test("LEARN-019, SCAN-095 attention stands in the stages that are named, and each kind has its own parts")
    func attention() throws {
        func keys(_ attention: [BlockAttention.Kind]) throws -> Set<String> {
            let net = try BackboneRegistry.make(BackboneOptions(width: 0.125, attention: attention))
            return Set(
                net.parameters().map(\.key).filter { $0.contains("attention") }.map {
                    $0.split(separator: ".").filter { $0 != "0" && $0 != "1" }.joined(separator: ".")
                })
        }
        #expect(try keys([.none]).isEmpty)
        #expect(
            try keys([.spatial, .channel, .none]) == [
                "layer1.attention.spatial.conv.weight", "layer1.attention.spatial.conv.bias",
                "layer2.attention.channel.fc1.weight", "layer2.attention.channel.fc2.weight",
            ])
        #expect(try keys([.both]).count == 16)
    }

    @Test("LEARN-061 the match head is linear, GELU, layer norm, linear, and learns by cross entropy")
    func matchHead() throws {
        var draws = Draws(4)
        try expectAgreement(of: MatchHead(3, width: 4), [draws.host(2, 3)]) {
            $0($1[0])
        } oracle: { x, p in
            let middle = Oracle.linear(x[0], 3, p["fc1.weight"] ?? [], p["fc1.bias"])
                .map { $0 * (1 + Oracle.erf($0 / 2.0.squareRoot())) / 2 }
            let normal = Oracle.rows(middle, 4).flatMap { row in
                Oracle.standardized(row).enumerated().map {
                    $1 * (p["norm.weight"] ?? [])[$0] + (p["norm.bias"] ?? [])[$0]
                }
            }
            return Oracle.linear(normal, 4, p["fc2.weight"] ?? [], p["fc2.bias"])
        }
        let head = MatchHead(3)
        let loss = head.loss(.zeros([2, 3]), labels: Tensor([0, 1])).item()
        #expect(loss > 0 && loss.isFinite)
    }

    @Test("LEARN-029 a sample of the classes holds those of the batch, and only sampled classes get gradients")
    func sampling() throws {
        _ = oneThread
        TorchRuntime.seed(8)
        let labels = Tensor([3, 77, 3, 99])
        for _ in 0..<5 {
            let sample = ClassSample(labels, classes: 100, share: 0.1)
            let classes = sample.classes.host().ints
            #expect(classes.count == 10 && Set(classes).isSuperset(of: [3, 77, 99]) && classes == classes.sorted())
            #expect(sample.places.host().ints.map { classes[$0] } == [3, 77, 3, 99])
        }
        let head = ArcFace(classes: 100, dimension: 8, scale: 16, margin: 0.2)
        head.sampledShare = 0.1
        let (_, gradients) = try valueAndGrad(head) { head(.randn([4, 8]), labels: labels) }
        let rows = Oracle.rows(gradients["weight"]?.host().doubles ?? [], 8)
        let moved = rows.indices.filter { rows[$0].contains { $0 != 0 } }
        #expect(moved.count == 10 && Set(moved).isSuperset(of: [3, 77, 99]))
        // Everything meets everything when nothing is learnt, and when every class is in the sample.
        let x = Tensor.randn([4, 8])
        head.sampledShare = 1
        let whole = head(x, labels: labels).item()
        head.sampledShare = 0.1
        head.train(false)
        #expect(agree([head(x, labels: labels).item()], [whole], 1e-6))
        head.train(true)
        head.sampledShare = 0.999
        #expect(agree([head(x, labels: labels).item()], [whole], 1e-5))
    }

    @Test("LEARN-029 70,000 classes of 128 numbers take a step; above 100,000 a tenth meets a batch")
    func manyClasses() throws {
        _ = oneThread
        let head = ArcFace(classes: 70_000, dimension: 128, scale: 24, margin: 0.2)
        #expect(head.sampledShare == 1 && head.parameterCount == 8_960_000)
        let optimizer = SGD(head.trainable(), learningRate: 5)
        let (x, labels) = (Tensor.randn([4, 128]), Tensor([1, 69_999, 5, 40_000]))
        var losses: [Double] = []
        for _ in 0..<3 {
            losses.append(try valueAndGrad(head) { head(x, labels: labels) }.loss.item())
            try optimizer.step()
        }
        #expect(losses[2] < losses[0], "\(losses)")
        #expect(MarginHead(classes: 100_001, dimension: 2).sampledShare == 0.1)
    }

    @Test("LEARN-025 the map of a class shows where its features are")
    func attentionMap() throws {
        let net = try net()
        let pictures = Tensor.randn([2, 3, 64, 64])
        net.train()
        let before = net.buffers().map { $0.tensor.host() }
        let maps = try checked {
            net.attentionMaps(pictures, side: 8) { $0.logits["view"]?.selected(1, 0) ?? .zeros([2]) }
        }
        #expect(maps.shape == [2, 8, 8] && net.isTraining)
        #expect(net.buffers().map { $0.tensor.host() } == before)
        #expect(maps.host().floats.allSatisfy { (0...1).contains($0) })

        // A number of the vector is linear in the maps' means: a map's weight is that of its column.
        net.train(false)
        var peaks: [Double] = []
        for place in 0..<8 {
            let expected = withoutGrad {
                let weights = net.necks[0].fc.weight[place].reshaped(1, -1, 1, 1)
                let seen = relu((net.backbone(pictures) * weights).sum(1))
                return seen / seen.largest(-1, keepsAxis: true).largest(-2, keepsAxis: true).clamped(min: 1e-9)
            }
            let found = net.attentionMaps(pictures, side: 2) { $0.unscaled.selected(1, place) }
            #expect(agree(found.host().doubles, expected.host().doubles, 1e-4))
            peaks.append(found.host().doubles.max() ?? 0)
        }
        #expect(peaks.contains { $0 > 0.99 })
        let bytes = net.attentionBytes(pictures, side: 2) { $0.unscaled.selected(1, 0) }
        #expect(bytes.map(\.count) == [4, 4])
        #expect(net.parameters().allSatisfy { $0.tensor.grad == nil })
    }
}
