import Testing

@testable import Learning

private final class Block: Layer {
    @Child var conv1: Conv2d
    @Child var norm: BatchNorm
    @Child var downsample: Sequential?

    init(_ inputs: Int, _ outputs: Int) {
        conv1 = Conv2d(inputs, outputs, kernel: 3, bias: false)
        _norm = Child(BatchNorm(outputs), key: "bn1")
        downsample = inputs == outputs ? nil : Sequential(Conv2d(inputs, outputs, kernel: 1, bias: false))
        super.init()
    }

    override func callAsFunction(_ x: Tensor) -> Tensor {
        relu(norm(conv1(x)) + (downsample?(x) ?? x))
    }
}

private final class Net: Module {
    @Child var layer1: [Block]
    @Child var fc: Linear
    @Param var temperature: Tensor

    override init() {
        layer1 = [Block(3, 4), Block(4, 4)]
        fc = Linear(4, 2)
        temperature = .ones([1])
        super.init()
    }
}

@Suite("Modules and their keys")
struct ModuleTests {
    @Test("LEARN-100 parameters, buffers and children are found by the wrappers, under keys like PyTorch's")
    func keys() {
        let net = Net()
        #expect(
            net.parameters().map(\.key) == [
                "temperature", "layer1.0.conv1.weight", "layer1.0.bn1.weight", "layer1.0.bn1.bias",
                "layer1.0.downsample.0.weight", "layer1.1.conv1.weight", "layer1.1.bn1.weight", "layer1.1.bn1.bias",
                "fc.weight", "fc.bias",
            ])
        #expect(
            net.buffers().map(\.key).prefix(3) == [
                "layer1.0.bn1.running_mean", "layer1.0.bn1.running_var", "layer1.0.bn1.num_batches_tracked",
            ])
        #expect(net.parameterCount == 1 + 108 + 8 + 12 + 144 + 8 + 10)
        #expect(net.description.contains("\n  layer1.1: Block() 152\n    conv1: Conv2d(4 -> 4, 3x3) 144"))
    }

    @Test("a frozen part neither learns nor loses its place")
    func freezing() throws {
        let net = Net()
        net.freeze(keys: ["layer1.0", "fc.bias"])
        #expect(net.trainable().map(\.key).contains { $0.hasPrefix("layer1.0") } == false)
        #expect(net.trainable().map(\.key).suffix(1) == ["fc.weight"])
        let (_, gradients) = try valueAndGrad(net) {
            net.fc(net.layer1[1](Tensor.ones([1, 4, 2, 2])).mean(-1, -2)).sum()
        }
        #expect(
            Set(gradients.keys) == ["layer1.1.conv1.weight", "layer1.1.bn1.weight", "layer1.1.bn1.bias", "fc.weight"])
        net.unfreeze()
        #expect(net.trainable().count == net.parameters().count)
    }

    @Test("learning behaviour is set for the whole tree")
    func modes() {
        let net = Net()
        #expect(net.descendants().allSatisfy { $0.module.isTraining })
        net.train(false)
        #expect(net.descendants().allSatisfy { !$0.module.isTraining })
    }

    @Test("weights move from one module to another, into the tensors that are there")
    func weights() throws {
        let (first, second) = (Net(), Net())
        let kept = second.fc.weight
        #expect(first.weights() != second.weights())
        try second.update(first.weights())
        #expect(first.weights() == second.weights())
        #expect(kept === second.fc.weight && kept.requiresGrad)
    }

    @Test("LEARN-065 what is missing, unused or of another shape is named, and then nothing changes")
    func mismatch() throws {
        let net = Net()
        let before = net.weights()
        var other = Net().weights()
        other["fc.weight"] = nil
        other["head.weight"] = HostTensor([Float(1)])
        let error = #expect(throws: WeightMismatch.self) { try net.update(other) }
        #expect(error?.missing == ["fc.weight"] && error?.unused == ["head.weight"])
        #expect(net.weights() == before)
        let report = try net.update(other, verify: .lenient)
        #expect(report.missing == ["fc.weight"] && net.weights() != before)
        other["fc.bias"] = HostTensor([Float(1)])
        let reshaped = #expect(throws: WeightMismatch.self) { try net.update(other, verify: .lenient) }
        #expect(reshaped?.reshaped == ["fc.bias [2] against [1]"])
    }

    @Test("another element type keeps what learns and what is frozen")
    func converting() {
        let net = Net()
        net.freeze(keys: ["fc"])
        net.convert(to: .float64)
        #expect(net.parameters().allSatisfy { $0.tensor.dtype == .float64 })
        #expect(net.buffers().map(\.tensor.dtype).contains(.int64))
        #expect(net.fc.weight.requiresGrad == false && net.temperature.requiresGrad)
    }

    @Test("a failure inside a loss names the operator, and the model stays usable")
    func failing() throws {
        let layer = Linear(3, 2)
        #expect(throws: TorchError.self) { try valueAndGrad(layer) { layer(Tensor.ones([1, 4])).sum() } }
        let (loss, gradients) = try valueAndGrad(layer) { layer(Tensor.ones([1, 3])).sum() }
        #expect(loss.requiresGrad == false && gradients["bias"]?.host().doubles == [1, 1])
    }
}
