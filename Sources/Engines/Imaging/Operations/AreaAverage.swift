/// Sizes of an area average: from source pixels to fewer target pixels.
struct AreaShape {
    let sourceWidth: Int
    let sourceHeight: Int
    let sourceStride: Int
    let width: Int
    let height: Int
    let samples: Int
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
