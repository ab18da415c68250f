import Kernels
import Testing

@Suite("Rows of a matrix")
struct MatrixRowTests {
    @Test("are added up, and added to, as one number after the other would be", arguments: [1, 2, 5, 16, 33])
    func twin(width: Int) {
        let height = 40
        var matrix = (0..<height * width).map { Float(($0 * 37 + width) % 101) / 8 - 6 }
        let rows = (0..<25).map { Int32(($0 * 17 + width) % height) } + [3, 3]
        var sums = [Float](repeating: 9, count: width)
        var span = sums.mutableSpan
        sumRows(rows.span, of: matrix.span, into: &span)
        let values = (0..<width).map { Float($0) - 2.5 }
        var plain = matrix
        for column in 0..<width {
            var sum: Float = 0
            for row in rows { sum += matrix[Int(row) * width + column] }
            #expect(sums[column] == sum)
            for row in rows { plain[Int(row) * width + column] += values[column] }
        }
        var whole = matrix.mutableSpan
        addToRows(rows.span, of: &whole, values.span)
        #expect(matrix == plain)
    }
}
