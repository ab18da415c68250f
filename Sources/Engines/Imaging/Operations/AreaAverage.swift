/// Sizes of an area average: from source pixels to fewer target pixels.
struct AreaShape {
    let sourceWidth: Int
    let sourceHeight: Int
    let sourceStride: Int
    let width: Int
    let height: Int
    let samples: Int
}

/// Area average of samples as they are; packed target, one to four samples a pixel.
///
/// The unit of area is 1/width x 1/height of a source pixel: a source pixel spans `width` units, a target pixel
/// `sourceWidth` units, so all overlaps are whole numbers. A row sum is at most 255 x 16,384 (22 bits), an area sum at
/// most 255 x 16,384 x 16,384 (36 bits).
func averageArea(
    _ source: UnsafeBufferPointer<UInt8>, into target: UnsafeMutableBufferPointer<UInt8>, _ shape: AreaShape
) {
    precondition(source.count >= shape.sourceStride * shape.sourceHeight)
    precondition(target.count >= shape.width * shape.height * shape.samples)
    guard let from = source.baseAddress, let to = target.baseAddress else { return }
    let count = shape.width * shape.samples
    let area = UInt64(shape.sourceWidth) * UInt64(shape.sourceHeight)
    let spans = AxisSpans(source: shape.sourceWidth, target: shape.width)
    var row = [UInt32](repeating: 0, count: count)
    var sums = [UInt64](repeating: 0, count: count)
    row.withUnsafeMutableBufferPointer { row in
        sums.withUnsafeMutableBufferPointer { sums in
            forEachRowOverlap(shape) { sourceRow, weight, targetRow, isNewSource, isLast in
                if isNewSource { sumRow(from + sourceRow * shape.sourceStride, row, spans, samples: shape.samples) }
                for at in 0..<count { sums[at] &+= UInt64(row[at]) &* weight }
                guard isLast else { return }
                let line = to + targetRow * count
                for at in 0..<count {
                    line[at] = UInt8(truncatingIfNeeded: (sums[at] &+ area / 2) / area)
                    sums[at] = 0
                }
            }
        }
    }
}

/// Where each target column starts and ends on the source axis, and how much of its first and last pixel it takes.
struct AxisSpans {
    /// First source pixel of each target pixel.
    var first: [Int] = []
    /// Last source pixel touched, at least the first.
    var last: [Int] = []
    /// Units of the first pixel, 1...target.
    var firstWeight: [UInt32] = []
    /// Units of the last pixel if it is another one, else 0.
    var lastWeight: [UInt32] = []
    /// Units of a whole source pixel.
    let whole: UInt32

    init(source: Int, target: Int) {
        whole = UInt32(target)
        for index in 0..<target {
            let start = index * source
            let end = start + source
            first.append(start / target)
            last.append((end - 1) / target)
            let same = start / target == (end - 1) / target
            firstWeight.append(UInt32(same ? source : target - start % target))
            lastWeight.append(UInt32(same ? 0 : (end - 1) % target + 1))
        }
    }
}

/// Calls `body` for each pair of a source row and a target row that overlap, top to bottom.
func forEachRowOverlap(
    _ shape: AreaShape,
    _ body: (_ sourceRow: Int, _ weight: UInt64, _ targetRow: Int, _ isNewSource: Bool, _ isLast: Bool) -> Void
) {
    var lastSource = -1
    for targetRow in 0..<shape.height {
        let start = targetRow * shape.sourceHeight
        let end = start + shape.sourceHeight
        let lastRow = (end - 1) / shape.height
        for sourceRow in (start / shape.height)...lastRow {
            let from = max(start, sourceRow * shape.height)
            let until = min(end, (sourceRow + 1) * shape.height)
            body(sourceRow, UInt64(until - from), targetRow, sourceRow != lastSource, sourceRow == lastRow)
            lastSource = sourceRow
        }
    }
}

private func sumRow(
    _ line: UnsafePointer<UInt8>, _ row: UnsafeMutableBufferPointer<UInt32>, _ spans: AxisSpans, samples: Int
) {
    switch samples {
    case 1: sumRow1(line, row, spans)
    case 3: sumRow3(line, row, spans)
    default: preconditionFailure("opaque pixels have one or three samples")
    }
}

private func sumRow1(
    _ line: UnsafePointer<UInt8>, _ row: UnsafeMutableBufferPointer<UInt32>, _ spans: AxisSpans
) {
    for index in 0..<row.count {
        let first = spans.first[index]
        let last = spans.last[index]
        var inner: UInt32 = 0
        var at = first + 1
        while at < last {
            inner &+= UInt32(line[at])
            at += 1
        }
        row[index] =
            inner &* spans.whole &+ UInt32(line[first]) &* spans.firstWeight[index]
            &+ UInt32(line[last]) &* spans.lastWeight[index]
    }
}

private func sumRow3(
    _ line: UnsafePointer<UInt8>, _ row: UnsafeMutableBufferPointer<UInt32>, _ spans: AxisSpans
) {
    let whole = spans.whole
    for index in 0..<(row.count / 3) {
        let first = spans.first[index] * 3
        let last = spans.last[index] * 3
        var red: UInt32 = 0
        var green: UInt32 = 0
        var blue: UInt32 = 0
        var at = first + 3
        while at < last {
            red &+= UInt32(line[at])
            green &+= UInt32(line[at + 1])
            blue &+= UInt32(line[at + 2])
            at += 3
        }
        let head = spans.firstWeight[index]
        let tail = spans.lastWeight[index]
        row[index * 3] = red &* whole &+ UInt32(line[first]) &* head &+ UInt32(line[last]) &* tail
        row[index * 3 + 1] = green &* whole &+ UInt32(line[first + 1]) &* head &+ UInt32(line[last + 1]) &* tail
        row[index * 3 + 2] = blue &* whole &+ UInt32(line[first + 2]) &* head &+ UInt32(line[last + 2]) &* tail
    }
}
