/// Adds up rows of a matrix.
///
/// - Parameters:
///   - rows: numbers of rows, each counted as often as it stands there.
///   - matrix: its rows one behind the other; a row is as long as `sums`.
///   - sums: where the sums are written, one a column.
public func sumRows(_ rows: Span<Int32>, of matrix: Span<Float>, into sums: inout MutableSpan<Float>) {
    let width = sums.count
    let height = width > 0 ? matrix.count / width : 0
    sums.withUnsafeMutableBufferPointer { sums in
        sums.update(repeating: 0)
        matrix.withUnsafeBufferPointer { matrix in
            rows.withUnsafeBufferPointer { rows in
                for row in rows {
                    precondition(row >= 0 && Int(row) < height, "no such row")
                    for column in 0..<width { sums[column] += matrix[Int(row) * width + column] }
                }
            }
        }
    }
}

/// Adds a vector to each of some rows of a matrix.
///
/// - Parameters:
///   - rows: numbers of rows, each counted as often as it stands there.
///   - matrix: its rows one behind the other.
///   - values: what is added, as long as a row.
public func addToRows(_ rows: Span<Int32>, of matrix: inout MutableSpan<Float>, _ values: Span<Float>) {
    let width = values.count
    let height = width > 0 ? matrix.count / width : 0
    matrix.withUnsafeMutableBufferPointer { matrix in
        values.withUnsafeBufferPointer { values in
            rows.withUnsafeBufferPointer { rows in
                for row in rows {
                    precondition(row >= 0 && Int(row) < height, "no such row")
                    for column in 0..<width { matrix[Int(row) * width + column] += values[column] }
                }
            }
        }
    }
}
