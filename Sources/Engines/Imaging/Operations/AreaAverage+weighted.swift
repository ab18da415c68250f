/// Area average in light, or with alpha, or both; packed target.
///
/// Colours are summed as value x alpha and divided by the sum of alpha, so clear pixels do not bleed. Light has 16 bits:
/// an area sum is at most 65,535 x 255 x 16,384 x 16,384 (52 bits).
func averageAreaWeighted(
    _ source: UnsafeBufferPointer<UInt8>, into target: UnsafeMutableBufferPointer<UInt8>, _ shape: AreaShape,
    linear: Bool
) {
    precondition(source.count >= shape.sourceStride * shape.sourceHeight)
    precondition(target.count >= shape.width * shape.height * shape.samples)
    guard let from = source.baseAddress, let to = target.baseAddress else { return }
    let colours = shape.samples == 1 ? 1 : 3
    let pixel = PixelReader(samples: shape.samples, light: linear ? SRGB.lightOfSample : SRGB.same)
    let spans = AxisSpans(source: shape.sourceWidth, target: shape.width)
    let slots = colours + 1
    var row = [UInt64](repeating: 0, count: shape.width * slots)
    var sums = row
    let area = UInt64(shape.sourceWidth) * UInt64(shape.sourceHeight)
    row.withUnsafeMutableBufferPointer { row in
        sums.withUnsafeMutableBufferPointer { sums in
            forEachRowOverlap(shape) { sourceRow, weight, targetRow, isNewSource, isLast in
                if isNewSource { pixel.sumRow(from + sourceRow * shape.sourceStride, row, spans, colours: colours) }
                for at in 0..<row.count { sums[at] &+= row[at] &* weight }
                guard isLast else { return }
                let line = to + targetRow * shape.width * shape.samples
                for x in 0..<shape.width {
                    let alpha = sums[x * slots + colours]
                    for sample in 0..<colours {
                        let mean = alpha == 0 ? 0 : (sums[x * slots + sample] &+ alpha / 2) / alpha
                        line[x * shape.samples + sample] = linear ? SRGB.sample(ofLight: mean) : UInt8(clamping: mean)
                    }
                    if shape.samples == 4 { line[x * 4 + 3] = UInt8(clamping: (alpha &+ area / 2) / area) }
                }
                sums.update(repeating: 0)
            }
        }
    }
}

/// Sums the pixels under each target column of one row: colours times alpha, then alpha.
private struct PixelReader {
    let samples: Int
    let light: [UInt64]

    func sumRow(
        _ line: UnsafePointer<UInt8>, _ row: UnsafeMutableBufferPointer<UInt64>, _ spans: AxisSpans, colours: Int
    ) {
        light.withUnsafeBufferPointer { light in
            row.update(repeating: 0)
            let slots = colours + 1
            for index in 0..<(row.count / slots) {
                let first = spans.first[index]
                let last = spans.last[index]
                for at in first...last {
                    let units =
                        at == first
                        ? spans.firstWeight[index] : (at == last ? spans.lastWeight[index] : spans.whole)
                    let alpha = (samples == 4 ? UInt64(line[at * 4 + 3]) : 1) &* UInt64(units)
                    for sample in 0..<colours {
                        row[index * slots + sample] &+= light[Int(line[at * samples + sample])] &* alpha
                    }
                    row[index * slots + colours] &+= alpha
                }
            }
        }
    }
}
