import Testing

@testable import Learning

@Suite("Backbones")
struct BackboneTests {
    private func classifier(_ name: String) throws -> ImageClassifier {
        ImageClassifier(try BackboneRegistry.make(BackboneOptions(name: name, width: 1)), classes: 1_000)
    }

    @Test(
        "LEARN-028 parameters are as many as in the papers' tables",
        arguments: [("resnet18", 11_689_512), ("resnet50", 25_557_032), ("efficientnet-b0", 5_288_548)])
    func parameters(name: String, count: Int) throws {
        #expect(try classifier(name).parameterCount == count)
    }

    @Test("LEARN-113 ResNet-18 makes 1.82 G multiplications of a picture of 224, EfficientNet-B0 0.386 G")
    func multiplications() throws {
        for (name, count) in [("resnet18", 1.82e9), ("efficientnet-b0", 0.386e9)] {
            let net = try classifier(name)
            let found = Double(net.multiplications({ _ = net($0) }, height: 224, width: 224))
            #expect(abs(found / count - 1) < 0.01, "\(name) \(found)")
        }
    }

    @Test(
        "LEARN-028 every backbone's maps have the channels and strides that it says", arguments: BackboneRegistry.names)
    func stages(name: String) throws {
        _ = oneThread
        let isLarge = name == "resnet101" || name == "resnet152"
        let net = try BackboneRegistry.make(
            BackboneOptions(name: name, width: isLarge ? 0.125 : 0.25, attention: [.none, .both], dropPath: 0.1))
        let maps = try checked { withoutGrad { net.features(.zeros([2, 3, 64, 96])) } }
        #expect(maps.map(\.shape) == net.stages.map { [2, $0.channels, 64 / $0.stride, 96 / $0.stride] })
    }

    @Test(
        "LEARN-028 a backbone takes a step: its loss falls and every parameter moves",
        arguments: [
            "resnet-s", "resnet18", "resnet50", "resnet152", "inception-s", "efficientnet-b0", "transformer-s",
        ])
    func step(name: String) throws {
        _ = oneThread
        TorchRuntime.seed(3)
        let net = ImageClassifier(
            try BackboneRegistry.make(BackboneOptions(name: name, width: 0.125, attention: [.spatial])), classes: 2)
        let (pictures, labels) = (Tensor.randn([8, 3, 32, 32]), Tensor([0, 1, 0, 1, 0, 1, 0, 1]))
        let optimizer = AdamW(net.trainable(), learningRate: 0.003)
        let before = net.weights()
        var losses: [Double] = []
        for _ in 0..<6 {
            let (loss, _) = try valueAndGrad(net) { crossEntropy(net(pictures), labels: labels) }
            losses.append(loss.item())
            try optimizer.step()
        }
        #expect((losses.last ?? 9) < losses[0], "\(losses)")
        let after = net.weights()
        let still = net.parameters().map(\.key).filter { after[$0] == before[$0] }
        #expect(still.isEmpty)
    }

    @Test("LEARN-101 torchvision's names load into our ResNet, and what is missing is listed")
    func torchvision() throws {
        let net = try classifier("resnet18")
        let keys = Set(net.flattened().map(\.key))
        #expect(keys.count == 122)
        for key in [
            "conv1.weight", "bn1.running_var", "bn1.num_batches_tracked", "layer1.0.conv1.weight",
            "layer2.0.downsample.0.weight", "layer2.0.downsample.1.running_mean", "layer4.1.bn2.bias", "fc.weight",
        ] {
            #expect(keys.contains(key), "\(key)")
        }
        var weights = net.weights()
        weights["conv1.weight"] = HostTensor([Float](repeating: 0.5, count: 64 * 3 * 49), shape: [64, 3, 7, 7])
        try net.update(weights)
        #expect(net.backbone.weights()["conv1.weight"]?.floats.first == 0.5)

        weights["layer1.0.conv1.weight"] = nil
        let missed = try net.backbone.update(weights, verify: .lenient)
        #expect(missed.missing == ["layer1.0.conv1.weight"] && missed.unused == ["fc.bias", "fc.weight"])
        #expect(throws: WeightMismatch.self) { try net.update(weights) }
    }

    @Test("EfficientNet-B0 has torchvision's names")
    func efficientNetNames() throws {
        let net = try BackboneRegistry.make(BackboneOptions(name: "efficientnet-b0", width: 1))
        let shapes = Dictionary(uniqueKeysWithValues: net.parameters().map { ($0.key, $0.tensor.shape) })
        #expect(shapes["features.0.0.weight"] == [32, 3, 3, 3])
        #expect(shapes["features.1.0.block.1.fc1.weight"] == [8, 32, 1, 1])
        #expect(shapes["features.2.0.block.0.0.weight"] == [96, 16, 1, 1])
        #expect(shapes["features.7.0.block.3.1.bias"] == [320] && shapes["features.8.0.weight"] == [1280, 320, 1, 1])
    }

    @Test("weights begin by the rules: He's variance, and residual branches that say nothing yet")
    func beginnings() throws {
        TorchRuntime.seed(1)
        let net = try BackboneRegistry.make(BackboneOptions(name: "resnet18", width: 1))
        let weights = net.weights()
        let conv = weights["layer3.1.conv1.weight"]?.doubles ?? []
        let variance = conv.reduce(0) { $0 + $1 * $1 } / Double(conv.count)
        #expect(abs(variance * 256 * 9 / 2 - 1) < 0.02)
        #expect(weights["layer3.1.bn2.weight"]?.doubles.allSatisfy { $0 == 0 } == true)
        #expect(weights["layer3.1.bn1.weight"]?.doubles.allSatisfy { $0 == 1 } == true)
    }

    @Test("a wrong configuration is refused with all its problems")
    func refusals() {
        #expect {
            try BackboneRegistry.make(BackboneOptions(name: "resnet9", width: 0, inputChannels: 0))
        } throws: { error in
            (error as? NetworkConfigurationError)?.problems.map { $0.prefix { $0 != ":" } }
                == ["backbone", "width", "channels"]
        }
    }
}
