import Foundation
import Testing

@testable import Learning

@Suite("Operators called by name")
struct OperatorTests {
    @Test("LEARN-139 this libtorch has every operator that is called")
    func known() {
        #expect(TorchRuntime.missingOperators == [])
        #expect(OpName.allCases.count > 100)
        let parts = TorchRuntime.version.split(separator: ".").compactMap { Int($0) }
        #expect(parts.count >= 2 && (parts[0], parts[1]) >= (1, 13))
    }

    @Test("arithmetic and functions, place by place, with their gradients")
    func math() throws {
        var draws = Draws(3)
        let (a, b) = (draws.host(2, 3, in: 0.5...2), draws.host(2, 3, in: 0.5...2))
        try expectAgreement([a, b]) { x in
            let (a, b) = (x[0], x[1])
            return (a + b) * a / b - (2 - a) + 3 / b + (1 + a) * 2 - b / 4 + a.pow(3) + a.log() - b.exp()
                + a.log1p().sqrt() + a.sin() * b.cos() + (-a).abs() + a.logAddExp(b) + b.softplus() + a.square()
        } oracle: { x in
            zip(x[0], x[1]).map { a, b in
                let first = (a + b) * a / b - (2 - a) + 3 / b + (1 + a) * 2 - b / 4 + a * a * a
                let second =
                    Oracle.log(a) - Oracle.exp(b) + Oracle.log(1 + a).squareRoot() + Oracle.sin(a) * Oracle.cos(b)
                return first + second + abs(a) + Oracle.log(Oracle.exp(a) + Oracle.exp(b))
                    + Oracle.log(1 + Oracle.exp(b)) + a * a
            }
        }
    }

    @Test("choices: larger, smaller, limits, masks")
    func choices() throws {
        var draws = Draws(4)
        try expectAgreement([draws.host(8), draws.host(8)]) { x in
            let mask = x[0].isGreater(than: 0.2).and(x[1].isLess(than: 0.5)).or(x[0].isAtMost(-0.7))
            return x[0].maximum(x[1]) - x[0].minimum(x[1]) * 2 + x[1].clamped(min: -0.3, max: 0.4)
                + x[0].filled(where: mask, with: 7) + x[0].chosen(where: mask.not(), otherwise: x[1])
        } oracle: { x in
            zip(x[0], x[1]).map { a, b in
                let mask = a > 0.2 && b < 0.5 || a <= -0.7
                return max(a, b) - min(a, b) * 2 + min(max(b, -0.3), 0.4) + (mask ? 7 : a) + (mask ? b : a)
            }
        }
    }

    @Test("sums, means, extremes and normalisation along a dimension")
    func reductions() throws {
        var draws = Draws(5)
        try expectAgreement([draws.host(3, 4)]) { x in
            let rows = x[0].sum(-1) + x[0].mean(1) + x[0].largest(1) - x[0].smallest(1) + x[0].logSumExp(1)
            return rows + x[0].softmax(1).selected(1, 2) + x[0].logSoftmax(1).selected(1, 1)
                + x[0].normalized().sum(1) + x[0].mean() + x[0].sum()
        } oracle: { x in
            let rows = Oracle.rows(x[0], 4)
            let all = x[0].reduce(0, +)
            return rows.map { row in
                let sum = row.reduce(0, +)
                let logSum = Oracle.logSumExp(row)
                let length = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
                return sum + sum / 4 + (row.max() ?? 0) - (row.min() ?? 0) + logSum + Oracle.exp(row[2] - logSum)
                    + row[1] - logSum + sum / length + all / 12 + all
            }
        }
    }

    @Test("shapes change without changing numbers")
    func shapes() throws {
        let x = Tensor((0..<24).map(Double.init), shape: [2, 3, 4])
        #expect(x.permuted(2, 0, 1).shape == [4, 2, 3])
        #expect(x.transposed().host().doubles.prefix(4) == [0, 4, 8, 1])
        #expect(x.reshaped(4, -1).shape == [4, 6])
        #expect(x.flattened(from: 1).shape == [2, 12])
        #expect(x.expandingAxis(1).shape == [2, 1, 3, 4])
        #expect(x.expandingAxis(1).droppingAxis(1).broadcast(to: [5, 2, 3, 4]).shape == [5, 2, 3, 4])
        #expect(Tensor.concatenated([x, x], axis: 2).shape == [2, 3, 8])
        #expect(Tensor.stacked([x, x]).shape == [2, 2, 3, 4])
        #expect(x.transposed().isContiguous == false && x.transposed().contiguous().isContiguous)
        #expect((x.rank, x.count, x.length(-1), x.length(7), x.dtype, x.device) == (3, 24, 4, 0, .float64, .cpu))
    }

    @Test("parts are picked by index")
    func indexing() throws {
        let x = Tensor((0..<12).map(Double.init), shape: [3, 4])
        #expect(x[1].host().doubles == [4, 5, 6, 7])
        #expect(x[1..<3].host().shape == [2, 4])
        #expect(x.sliced(1, 2..<9).host().doubles == [2, 3, 6, 7, 10, 11])
        #expect(x.taking(Tensor([2, 0])).host().doubles == [8, 9, 10, 11, 0, 1, 2, 3])
        #expect(x.picked(Tensor([3, 0, 1])).host().doubles == [3, 4, 9])
        #expect(x.groupSums(Tensor([1, 0, 1]), count: 2).host().doubles == [4, 5, 6, 7, 8, 10, 12, 14])
        #expect(Tensor([1, 0]).oneHot(3).host().ints == [0, 1, 0, 1, 0, 0])
        let top = x.topK(2, axis: 0)
        #expect(top.values.host().doubles == [8, 9, 10, 11, 4, 5, 6, 7])
        #expect(top.indices.host().ints == [2, 2, 2, 2, 1, 1, 1, 1])
        let pairs = x.isGreater(than: 9.5).nonzeroPairs()
        #expect(pairs.rows.host().ints == [2, 2] && pairs.columns.host().ints == [2, 3])
        #expect(Tensor.eye(3).upperTriangle(1).sum().item() == 0)
        #expect(x.sorted(axis: 1, descending: true).values[0].host().doubles == [3, 2, 1, 0])
        #expect(x.argmax(1).host().ints == [3, 3, 3])
    }
}

@Suite("Numbers that cross into Swift and back")
struct HostTensorTests {
    @Test("every element type comes back as it went", arguments: DType.allCases)
    func roundTrip(type: DType) {
        let values: [Double] = [0, 1, 3, 100]
        let tensor = Tensor(values).to(type)
        let expected = type == .bool ? [0, 1, 1, 1] : values
        #expect(tensor.dtype == type)
        #expect(tensor.host().doubles == expected)
        #expect(Tensor(tensor.host()).host() == tensor.host())
    }

    @Test("half precision is read as IEEE says")
    func half() throws {
        let bits: [UInt16] = [0x3C00, 0xC000, 0x0001, 0x7BFF, 0x0400]
        let host = try #require(
            HostTensor(bytes: bits.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }, shape: [5], dtype: .float16))
        #expect(host.doubles == [1, -2, 0x1p-24, 65504, 0x1p-14])
        #expect(Tensor(host).to(.float64).host().doubles == host.doubles)
    }

    @Test("bytes that are not what the shape needs are refused")
    func sizes() {
        #expect(HostTensor(bytes: [0, 0, 0], shape: [1], dtype: .float32) == nil)
        #expect(HostTensor(bytes: [], shape: [-1], dtype: .uint8) == nil)
        #expect(HostTensor(bytes: [], shape: [.max, 2], dtype: .uint8) == nil)
        #expect(HostTensor(bytes: [], shape: [0, 5], dtype: .float32)?.count == 0)
        #expect(Tensor(HostTensor([Float](), shape: [0, 5])).shape == [0, 5])
    }

    @Test("a number becomes an integer without trapping")
    func ints() {
        #expect(HostTensor([Double.nan, .infinity, -.infinity, -2.7]).ints == [0, .max, .min, -2])
    }

    @Test("the generator's state put back, and the same seed, give the same draws")
    func generator() async {
        // In a process of its own: other tests draw from the same generator.
        await #expect(processExitsWith: .success) {
            TorchRuntime.seed(7)
            let state = TorchRuntime.randomState
            let first = Tensor.randn([5]).host()
            let second = Tensor.randn([5]).host()
            TorchRuntime.randomState = state
            let again = Tensor.randn([5]).host()
            TorchRuntime.seed(7)
            exit(first == again && first != second && Tensor.randn([5]).host() == first ? EXIT_SUCCESS : EXIT_FAILURE)
        }
    }
}
