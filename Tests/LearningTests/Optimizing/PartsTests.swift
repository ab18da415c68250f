import Basics
import Foundation
import Testing

@testable import Learning

@Suite("A large batch in small parts")
struct PartsTests {
    @Test(
        "LEARN-038 parts give the gradients of the whole, for losses of pairs too",
        arguments: ["softmax", "batchHard", "lifted", "multiSimilarity", "infoNCE"])
    func same(name: String) throws {
        _ = oneThread
        var draws = Draws(61)
        let net = Sequential(Linear(5, 6), Activation(.gelu), LayerNorm(6), Linear(6, 4))
        net.convert(to: .float64)
        let loss = try LossRegistry.make(["type": .string(name)].json, LossContext(classes: 4, dimension: 4))
        loss.convert(to: .float64)
        let x = Tensor(draws.host(12, 5))
        let labels = Tensor([0, 0, 1, 1, 2, 2, 3, 3, 0, 0, 1, 1])
        loss.zeroGrad()
        let whole = try valueAndGrad(net) { loss(net(x), labels: labels) }
        let own = loss.parameters().map { $0.tensor.grad?.host().doubles ?? [] }
        net.zeroGrad()
        loss.zeroGrad()
        let value = try backwardInParts(3, of: net) {
            net(x[$0 * 4..<$0 * 4 + 4])
        } loss: {
            loss($0, labels: labels)
        }
        #expect(agree([value.item()], [whole.loss.item()]))
        for (key, tensor) in net.parameters() {
            #expect(
                agree(tensor.grad?.host().doubles ?? [], whole.gradients[key]?.host().doubles ?? [1], 1e-9), "\(key)")
        }
        for ((_, tensor), expected) in zip(loss.parameters(), own) {
            #expect(agree(tensor.grad?.host().doubles ?? [], expected))
        }
    }

    @Test("LEARN-038 both passes draw the same, later draws differ, and running numbers move once")
    func draws() async {
        // In a process of its own: the generator is the process's, and other tests draw meanwhile.
        await #expect(processExitsWith: .success) {
            TorchRuntime.threads = 1
            TorchRuntime.seed(3)
            let (drop, norm) = (Dropout(0.5), BatchNorm(4))
            let x = Tensor.randn([6, 4])
            var seen: [HostTensor] = []
            _ = try backwardInParts(2, of: norm) { part in
                let result = drop(norm(x[part * 3..<part * 3 + 3]))
                seen.append(result.host())
                return result
            } loss: {
                $0.square().sum()
            }
            let isRight = seen.count == 4 && seen[0] == seen[2] && seen[1] == seen[3] && norm.batches.item() == 2
            let next = [Tensor.rand([2]).host(), Tensor.rand([2]).host()]
            exit(isRight && next[0] != next[1] && seen[0] != seen[1] ? EXIT_SUCCESS : EXIT_FAILURE)
        }
    }
}
