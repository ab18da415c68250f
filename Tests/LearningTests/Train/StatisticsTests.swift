import Basics
import Foundation
import Testing

@testable import Learning

@Suite("What layers make of a batch")
struct StatisticsTests {
    @Test("LEARN-042 means, deviations, silent channels and gradients are told layer by layer")
    func layers() throws {
        let net = Sequential(Linear(4, 6), Activation(.relu), Linear(6, 2))
        let (first, last) = (net.layers[0] as? Linear, net.layers[2] as? Linear)
        try #require(first).weight.fillInPlace(1)
        // Two of six channels can never be more than 0.
        try #require(first?.bias).copyInPlace(Tensor([0, 0, 0, 0, -100, -100] as [Float]))
        try #require(last).weight.fillInPlace(0.5)
        try #require(last?.bias).fillInPlace(0)
        let rows = try LayerWatch.during(net) { try checked { _ = net(.ones([3, 4])) } }
        #expect(rows.map(\.key) == ["0", "0 relu", "2"])
        #expect(rows.map(\.shape) == [[3, 6], [3, 6], [3, 2]])
        #expect(rows[0].deadShare == 0)
        let dead = try #require(rows[1].deadShare)
        #expect(abs(dead - 1.0 / 3) < 1e-6)
        // Four of six channels are four each; their halves sum to eight.
        #expect(abs(rows[1].mean - 8.0 / 3) < 1e-5)
        #expect(abs(rows[2].mean - 8) < 1e-5 && rows[2].deviation < 1e-3)
        let silent = LayerWatch.during(net) {}
        #expect(silent.isEmpty && LayerWatch.current == nil)
    }
}
