import Learning
import Testing

// The class of Learning.docc/AddingABackbone.md, letter for letter.
final class TwoStageNet: Backbone, OnnxFeatures {
    @Child var first: ConvUnit
    @Child var second: ConvUnit

    init(_ options: BackboneOptions) {
        let widths = [options.scaled(32), options.scaled(64)]
        first = ConvUnit(options.inputChannels, widths[0], kernel: 3, stride: 2)
        second = ConvUnit(widths[0], widths[1], kernel: 3, stride: 2)
        super.init(stages: [
            BackboneStage("first", channels: widths[0], stride: 2),
            BackboneStage("second", channels: widths[1], stride: 4),
        ])
    }

    override var segments: [BackboneSegment] {
        [first, second].map { layer in BackboneSegment(isOutput: true) { layer($0) } }
    }

    func emitFeatures(_ x: OnnxValue, into graph: OnnxGraph) throws -> [OnnxValue] {
        let maps = try graph.apply(first, x)
        return [maps, try graph.apply(second, maps)]
    }
}

@Suite("The backbone of the instructions")
struct TemplateTests {
    @Test("LEARN-041 one file is a backbone that trains and exports")
    func template() throws {
        TorchRuntime.seed(1)
        let net = ImageClassifier(TwoStageNet(BackboneOptions(width: 0.25)), classes: 2)
        let (pictures, labels) = (Tensor.randn([6, 3, 16, 16]), Tensor([0, 1, 0, 1, 0, 1]))
        let optimizer = AdamW(net.trainable(), learningRate: 0.01)
        var losses: [Double] = []
        for _ in 0..<5 {
            losses.append(try valueAndGrad(net) { crossEntropy(net(pictures), labels: labels) }.loss.item())
            try optimizer.step()
        }
        #expect(losses[4] < losses[0])
        let parity = try parity(net, shape: [2, 3, 16, 16])
        try parity.check()
    }
}
