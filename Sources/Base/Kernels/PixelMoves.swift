/// Where the values of one picture stand in another: the place of the first, and the steps to the next column and row.
package struct PixelSteps: Sendable {
    /// Place of the first pixel's first value.
    package let start: Int
    /// Values to the next column's pixel; negative to go left.
    package let column: Int
    /// Values to the next row's pixel; negative to go up.
    package let row: Int

    /// Steps of the given sizes.
    package init(start: Int, column: Int, row: Int) {
        self.start = start
        self.column = column
        self.row = row
    }

    /// Whether all pixels of a picture of the given size lie inside `count` values.
    func fit(width: Int, height: Int, samples: Int, count: Int) -> Bool {
        let ends = [0, (width - 1) * column, (height - 1) * row, (width - 1) * column + (height - 1) * row]
        return ends.allSatisfy { start + $0 >= 0 && start + $0 + samples <= count }
    }
}

/// Moves pixels of `samples` values from steps in one block of values to steps in another.
package func movePixels(
    _ source: Span<UInt8>, at from: PixelSteps, into target: inout MutableSpan<UInt8>, at to: PixelSteps, width: Int,
    height: Int, samples: Int
) {
    moveAll(source, at: from, into: &target, at: to, width: width, height: height, samples: samples)
}

/// Moves pixels of `samples` values from steps in one block of values to steps in another.
package func movePixels(
    _ source: Span<Float>, at from: PixelSteps, into target: inout MutableSpan<Float>, at to: PixelSteps, width: Int,
    height: Int, samples: Int
) {
    moveAll(source, at: from, into: &target, at: to, width: width, height: height, samples: samples)
}

@inline(__always)
private func moveAll<Value: BitwiseCopyable>(
    _ source: Span<Value>, at from: PixelSteps, into target: inout MutableSpan<Value>, at to: PixelSteps, width: Int,
    height: Int, samples: Int
) {
    precondition(
        width > 0 && height > 0 && from.fit(width: width, height: height, samples: samples, count: source.count))
    precondition(to.fit(width: width, height: height, samples: samples, count: target.count))
    source.withUnsafeBufferPointer { source in
        target.withUnsafeMutableBufferPointer { target in
            guard let source = source.baseAddress, let target = target.baseAddress else { return }
            for y in 0..<height {
                var read = source + from.start + y * from.row
                var write = target + to.start + y * to.row
                for x in 0..<width {
                    for sample in 0..<samples { write[sample] = read[sample] }
                    guard x + 1 < width else { break }
                    read += from.column
                    write += to.column
                }
            }
        }
    }
}

/// Floats for 8-bit values by a table of 256; packed target.
package func lookUp(
    _ source: Span<UInt8>, _ from: Raster, into target: inout MutableSpan<Float>, table: [Float]
) {
    precondition(table.count == 256 && source.count >= from.span && target.count >= from.rowCount * from.height)
    source.withUnsafeBufferPointer { source in
        target.withUnsafeMutableBufferPointer { target in
            table.withUnsafeBufferPointer { table in
                for y in 0..<from.height {
                    for at in 0..<from.rowCount {
                        target[y * from.rowCount + at] = table[Int(source[y * from.stride + at])]
                    }
                }
            }
        }
    }
}

/// 8-bit values for floats 0...1: the nearest 1/255, or by a table of 65,536 steps; packed target.
///
/// What lies outside goes to the ends, what is no number to 0.
package func quantise(
    _ source: Span<Float>, _ from: Raster, into target: inout MutableSpan<UInt8>, table: [UInt8]?
) {
    precondition(source.count >= from.span && target.count >= from.rowCount * from.height)
    precondition(table.map { $0.count == 65_536 } ?? true)
    let most: Float = table == nil ? 255 : 65_535
    let steps = table ?? (0...255).map { UInt8($0) }
    source.withUnsafeBufferPointer { source in
        target.withUnsafeMutableBufferPointer { target in
            steps.withUnsafeBufferPointer { steps in
                for y in 0..<from.height {
                    for at in 0..<from.rowCount {
                        let scaled = source[y * from.stride + at] * most + 0.5
                        target[y * from.rowCount + at] =
                            steps[scaled >= most ? Int(most) : scaled > 0 ? Int(scaled) : 0]
                    }
                }
            }
        }
    }
}

/// The first picture's values plus `factor` times the second's; packed target, both of one size.
package func addScaled(
    _ first: Span<Float>, _ one: Raster, _ second: Span<Float>, _ two: Raster, factor: Float,
    into target: inout MutableSpan<Float>
) {
    precondition(one.rowCount == two.rowCount && one.height == two.height)
    precondition(first.count >= one.span && second.count >= two.span && target.count >= one.rowCount * one.height)
    first.withUnsafeBufferPointer { first in
        second.withUnsafeBufferPointer { second in
            target.withUnsafeMutableBufferPointer { target in
                for y in 0..<one.height {
                    for at in 0..<one.rowCount {
                        target[y * one.rowCount + at] =
                            first[y * one.stride + at] + factor * second[y * two.stride + at]
                    }
                }
            }
        }
    }
}

/// The places that a 3 x 3 matrix (row-major) sends each pixel of a picture to; not a number behind the horizon.
package func projectedPlaces(
    _ matrix: [Double], width: Int, height: Int, x: inout MutableSpan<Float>, y: inout MutableSpan<Float>
) {
    precondition(matrix.count == 9 && x.count == width * height && y.count == width * height)
    x.withUnsafeMutableBufferPointer { x in
        y.withUnsafeMutableBufferPointer { y in
            matrix.withUnsafeBufferPointer { m in
                for row in 0..<height {
                    let v = Double(row)
                    for column in 0..<width {
                        let u = Double(column)
                        let depth = m[6] * u + m[7] * v + m[8]
                        let scale = depth > 0 ? 1 / depth : .nan
                        x[row * width + column] = Float((m[0] * u + m[1] * v + m[2]) * scale)
                        y[row * width + column] = Float((m[3] * u + m[4] * v + m[5]) * scale)
                    }
                }
            }
        }
    }
}
