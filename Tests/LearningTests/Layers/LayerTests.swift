import Testing

@testable import Learning

@Suite("Layers equal their oracles, values and gradients")
struct LayerTests {
    @Test("LEARN-060 linear")
    func linear() throws {
        var draws = Draws(1)
        try expectAgreement(of: Linear(3, 2), [draws.host(4, 3)]) {
            $0($1[0])
        } oracle: {
            Oracle.linear($0[0], 3, $1["weight"] ?? [], $1["bias"])
        }
    }

    @Test(
        "convolution with stride, padding, dilation and groups", arguments: [(1, 1, 1, 1), (2, 0, 1, 1), (1, 2, 2, 2)])
    func convolution(stride: Int, padding: Int, dilation: Int, groups: Int) throws {
        var draws = Draws(2)
        let layer = Conv2d(2, 2, kernel: 3, stride: stride, padding: padding, dilation: dilation, groups: groups)
        try expectAgreement(of: layer, [draws.host(1, 2, 4, 5)]) {
            $0($1[0])
        } oracle: { x, p in
            ConvolutionOracle(
                height: 4, width: 5, stride: stride, padding: padding, dilation: dilation, groups: groups
            ).maps(x[0], p["weight"] ?? [], p["bias"] ?? [])
        }
    }

    @Test("batch norm while learning, and its running numbers")
    func batchNorm() throws {
        var draws = Draws(3)
        let layer = BatchNorm(2)
        let x = draws.host(3, 2, 2, 1)
        try expectAgreement(of: layer, [x]) {
            $0($1[0])
        } oracle: { x, p in
            Channels.mapped(x[0], channels: 2, places: 2) { channel, values in
                Oracle.standardized(values).map { $0 * (p["weight"] ?? [])[channel] + (p["bias"] ?? [])[channel] }
            }
        }
        for channel in 0..<2 {
            let values = Channels.of(x.doubles, channels: 2, places: 2)[channel]
            let mean = Oracle.mean(values)
            let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 5
            #expect(agree([layer.runningMean[channel].item()], [0.1 * mean]))
            #expect(agree([layer.runningVariance[channel].item()], [0.9 + 0.1 * variance]))
        }
        #expect(layer.batches.item() == 1)
    }

    @Test("batch norm afterwards, with the running numbers, on maps and on vectors")
    func batchNormAfterwards() throws {
        var draws = Draws(4)
        let layer = BatchNorm(2)
        layer.runningMean.copyInPlace(Tensor([0.5, -1]))
        layer.runningVariance.copyInPlace(Tensor([2.0, 0.3]))
        layer.train(false)
        for x in [draws.host(3, 2), draws.host(1, 2, 3, 1)] {
            try expectAgreement(of: layer, [x]) {
                $0($1[0])
            } oracle: { values, p in
                Channels.mapped(values[0], channels: 2, places: x.count / x.shape[0] / 2) { channel, values in
                    let (mean, variance) = channel == 0 ? (0.5, 2.0) : (-1, 0.3)
                    return values.map {
                        ($0 - mean) / (Double(Float(variance)) + 1e-5).squareRoot() * (p["weight"] ?? [])[channel]
                            + (p["bias"] ?? [])[channel]
                    }
                }
            }
        }
        #expect(layer.batches.item() == 0)
    }

    @Test("layer norm and group norm")
    func otherNorms() throws {
        var draws = Draws(5)
        try expectAgreement(of: LayerNorm(4), [draws.host(2, 4)]) {
            $0($1[0])
        } oracle: { x, p in
            Oracle.rows(x[0], 4).flatMap { row in
                Oracle.standardized(row).enumerated().map { $1 * (p["weight"] ?? [])[$0] + (p["bias"] ?? [])[$0] }
            }
        }
        try expectAgreement(of: GroupNorm(groups: 2, 4), [draws.host(2, 4, 2)]) {
            $0($1[0])
        } oracle: { x, p in
            Oracle.rows(x[0], 4).enumerated().flatMap { group, values in
                Oracle.standardized(values).enumerated().map { place, value in
                    let channel = group % 2 * 2 + place / 2
                    return value * (p["weight"] ?? [])[channel] + (p["bias"] ?? [])[channel]
                }
            }
        }
    }

    @Test("activations", arguments: Activation.Kind.allCases)
    func activations(kind: Activation.Kind) throws {
        var draws = Draws(6)
        try expectAgreement(of: Activation(kind), [draws.host(9, in: -4...4)]) {
            $0($1[0])
        } oracle: { x, _ in
            x[0].map { x in
                switch kind {
                case .relu: max(0, x)
                case .sigmoid: Oracle.sigmoid(x)
                case .tanh: Oracle.tanh(x)
                case .gelu: 0.5 * x * (1 + Oracle.erf(x / 2.0.squareRoot()))
                case .silu: x * Oracle.sigmoid(x)
                case .hardSwish: x * min(max(x + 3, 0), 6) / 6
                }
            }
        }
    }

    @Test("PReLU and leaky ReLU")
    func slopes() throws {
        var draws = Draws(7)
        try expectAgreement(of: PReLU(3), [draws.host(2, 3)]) {
            $0($1[0])
        } oracle: { x, p in
            x[0].enumerated().map { $1 > 0 ? $1 : $1 * (p["weight"] ?? [])[$0 % 3] }
        }
        try expectAgreement([draws.host(6)]) {
            leakyReLU($0[0], slope: 0.2)
        } oracle: { x in
            x[0].map { $0 > 0 ? $0 : 0.2 * $0 }
        }
    }

    @Test("an embedding picks rows, and only they learn")
    func embedding() throws {
        try expectAgreement(of: Embedding(4, 2), []) { layer, _ in
            layer(Tensor([2, 0, 2]))
        } oracle: { _, p in
            let rows = Oracle.rows(p["weight"] ?? [], 2)
            return rows[2] + rows[0] + rows[2]
        }
    }

    @Test("poolings")
    func poolings() throws {
        var draws = Draws(8)
        let x = draws.host(1, 2, 4, 4, in: 0.1...2)
        func windows(_ x: [Double], _ fold: ([Double]) -> Double) -> [Double] {
            (0..<2).flatMap { channel in
                [0, 2, 8, 10].map { at in fold([0, 1, 4, 5].map { x[channel * 16 + at + $0] }) }
            }
        }
        try expectAgreement(of: MaxPool2d(2), [x]) {
            $0($1[0])
        } oracle: { x, _ in
            windows(x[0]) { $0.max() ?? 0 }
        }
        try expectAgreement(of: AveragePool2d(2), [x]) {
            $0($1[0])
        } oracle: { x, _ in
            windows(x[0], Oracle.mean)
        }
        try expectAgreement(of: GlobalAveragePool(), [x]) {
            $0($1[0])
        } oracle: { x, _ in
            Oracle.rows(x[0], 16).map(Oracle.mean)
        }
        try expectAgreement(of: GeneralizedMeanPool(), [x], parameters: 2...3) {
            $0($1[0])
        } oracle: { x, p in
            let exponent = p["p"]?[0] ?? 1
            return Oracle.rows(x[0], 16).map { row in
                Oracle.pow(Oracle.mean(row.map { Oracle.pow($0, exponent) }), 1 / exponent)
            }
        }
    }

    @Test("dropout keeps the mean, drops whole samples on paths, and rests when learning is off")
    func dropout() {
        let x = Tensor.ones([100, 100])
        for layer in [Dropout(0.3), DropPath(0.3)] as [Layer] {
            let values = layer(x).host().doubles
            let kept = 1 / (1 - 0.3)
            #expect(values.allSatisfy { $0 == 0 || abs($0 - kept) < 1e-6 })
            // 100 draws at least: five standard deviations are 0.23.
            #expect(abs(Double(values.count { $0 == 0 }) / 10_000 - 0.3) < 0.24)
            layer.train(false)
            #expect(layer(x) === x)
        }
        let rows = Oracle.rows(DropPath(0.5)(x).host().doubles, 100)
        #expect(rows.allSatisfy { Set($0).count == 1 })
    }
}

/// A convolution written out.
private struct ConvolutionOracle {
    let height: Int, width: Int, stride: Int, padding: Int, dilation: Int, groups: Int

    func maps(_ x: [Double], _ weight: [Double], _ bias: [Double]) -> [Double] {
        let span = 2 * dilation + 1
        let (rows, columns) = ((height + 2 * padding - span) / stride + 1, (width + 2 * padding - span) / stride + 1)
        return (0..<2).flatMap { output in
            (0..<rows).flatMap { row in
                (0..<columns).map { column in place(x, weight, output, row, column) + bias[output] }
            }
        }
    }

    private func place(_ x: [Double], _ weight: [Double], _ output: Int, _ row: Int, _ column: Int) -> Double {
        let inputs = 2 / groups
        var sum = 0.0
        for input in 0..<inputs {
            for cell in 0..<9 {
                let y = row * stride - padding + cell / 3 * dilation
                let left = column * stride - padding + cell % 3 * dilation
                guard (0..<height).contains(y), (0..<width).contains(left) else { continue }
                let channel = output / (2 / groups) * inputs + input
                sum += x[(channel * height + y) * width + left] * weight[(output * inputs + input) * 9 + cell]
            }
        }
        return sum
    }
}

/// The values of each channel over samples and places, and back.
private enum Channels {
    static func of(_ x: [Double], channels: Int, places: Int) -> [[Double]] {
        (0..<channels).map { channel in
            x.indices.filter { $0 / places % channels == channel }.map { x[$0] }
        }
    }

    static func mapped(
        _ x: [Double], channels: Int, places: Int, _ change: (Int, [Double]) -> [Double]
    ) -> [Double] {
        let changed = of(x, channels: channels, places: places).enumerated().map { change($0, $1) }
        var next = Array(repeating: 0, count: channels)
        return x.indices.map { index in
            let channel = index / places % channels
            defer { next[channel] += 1 }
            return changed[channel][next[channel]]
        }
    }
}
