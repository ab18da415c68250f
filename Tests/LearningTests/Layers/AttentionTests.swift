import Testing

@testable import Learning

@Suite("Attention equals its oracle, values and gradients")
struct AttentionTests {
    private let width = 4
    private let heads = 2

    /// softmax(q k^T / sqrt(d)) v for rows of one sample, head by head.
    private func attended(_ q: [Double], _ k: [Double], _ v: [Double], mask: [Bool]? = nil) -> [Double] {
        let (query, key, value) = (Oracle.rows(q, width), Oracle.rows(k, width), Oracle.rows(v, width))
        let size = width / heads
        return query.flatMap { row in
            (0..<heads).flatMap { head -> [Double] in
                let part = head * size..<(head + 1) * size
                let scores = key.enumerated().map { at, other in
                    mask?[at] == false
                        ? -.infinity
                        : Oracle.dot(Array(row[part]), Array(other[part])) / Double(size).squareRoot()
                }
                let weights = Oracle.softmax(scores)
                return part.map { place in zip(weights, value).reduce(0) { $0 + $1.0 * $1.1[place] } }
            }
        }
    }

    @Test("LEARN-060 attention of a sequence to itself")
    func itself() throws {
        var draws = Draws(1)
        try expectAgreement(of: MultiHeadAttention(width, heads: heads), [draws.host(1, 3, 4)]) {
            $0($1[0])
        } oracle: {
            x, p in
            let (weight, bias) = (p["in_proj_weight"] ?? [], p["in_proj_bias"] ?? [])
            let parts = (0..<3).map { part in
                Oracle.linear(
                    x[0], width, Array(weight[part * 16..<part * 16 + 16]), Array(bias[part * 4..<part * 4 + 4]))
            }
            return Oracle.linear(
                attended(parts[0], parts[1], parts[2]), width, p["out_proj.weight"] ?? [], p["out_proj.bias"])
        }
    }

    @Test("LEARN-060 attention to another sequence, where some places are hidden")
    func other() throws {
        var draws = Draws(2)
        let mask = [true, false, true]
        let layer = CrossAttention(width, context: 2, heads: heads)
        try expectAgreement(of: layer, [draws.host(1, 2, 4), draws.host(1, 3, 2)]) { layer, x in
            layer(x[0], to: x[1], mask: Tensor(HostTensor([1, 0, 1], shape: [1, 3])).equals(1))
        } oracle: { x, p in
            func linear(_ x: [Double], _ inputs: Int, _ name: String) -> [Double] {
                Oracle.linear(x, inputs, p[name + ".weight"] ?? [], p[name + ".bias"])
            }
            let result = attended(
                linear(x[0], 4, "q_proj"), linear(x[1], 2, "k_proj"), linear(x[1], 2, "v_proj"), mask: mask)
            return linear(result, 4, "out_proj")
        }
    }

    @Test("a row that may look nowhere gets the output's bias, never NaN")
    func nowhere() throws {
        let layer = MultiHeadAttention(width, heads: heads)
        let y = try checked { layer(Tensor.randn([1, 2, 4]), mask: Tensor.zeros([1, 2]).equals(1)) }
        #expect(y[0][0].host() == layer.output.bias?.host())
    }
}
