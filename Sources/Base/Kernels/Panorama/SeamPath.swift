/// The cheapest path from the top to the bottom of a field of costs, one pixel a row, stepping at most one to the side:
/// M(i, j) = e(i, j) + min M(i - 1, j - 1 ... j + 1) (PANO-221).
///
/// - Returns: The column a row, and the sum of its costs; the leftmost among equals.
package func seamPath(_ costs: [Float], width: Int, height: Int) -> (columns: [Int], cost: Float) {
    precondition(width > 0 && height > 0 && costs.count == width * height)
    var sums = costs
    for y in 1..<max(1, height) where height > 1 {
        for x in 0..<width {
            let above = (y - 1) * width + x
            var best = sums[above]
            if x > 0 { best = min(best, sums[above - 1]) }
            if x + 1 < width { best = min(best, sums[above + 1]) }
            sums[y * width + x] += best
        }
    }
    var columns = [Int](repeating: 0, count: height)
    let last = (height - 1) * width
    columns[height - 1] = (0..<width).min { (sums[last + $0], $0) < (sums[last + $1], $1) } ?? 0
    for y in stride(from: height - 2, through: 0, by: -1) {
        let x = columns[y + 1]
        let choices = max(0, x - 1)...min(width - 1, x + 1)
        columns[y] = choices.min { (sums[y * width + $0], $0) < (sums[y * width + $1], $1) } ?? x
    }
    return (columns, sums[last + columns[height - 1]])
}

extension LayerSheet {
    /// Labels by one path a pair of layers: each photo is laid over what is there, with a seam through each area that
    /// both show; e = |I0 - I1|². Runs across the shorter side of the area.
    package func pathLabels() -> [Int16] {
        var labels = [Int16](repeating: -1, count: width * height)
        for (index, piece) in pieces.enumerated() {
            for area in overlaps(piece, labels) { cut(area, piece, Int16(index), &labels) }
            for row in 0..<piece.height {
                for column in 0..<piece.width where piece.depth[row * piece.width + column] > 0 {
                    let on = place(piece, column, row)
                    if labels[on] < 0 { labels[on] = Int16(index) }
                }
            }
        }
        return labels
    }

    /// Connected areas of a piece, in its own pixels, where something is already.
    private func overlaps(_ piece: SeamPiece, _ labels: [Int16]) -> [[Int]] {
        var open = [Bool](repeating: false, count: piece.width * piece.height)
        for row in 0..<piece.height {
            for column in 0..<piece.width {
                let at = row * piece.width + column
                open[at] = piece.depth[at] > 0 && labels[place(piece, column, row)] >= 0
            }
        }
        return connectedAreas(&open, width: piece.width, height: piece.height)
    }

    private func cut(_ area: [Int], _ piece: SeamPiece, _ label: Int16, _ labels: inout [Int16]) {
        let (xs, ys) = (area.map { $0 % piece.width }, area.map { $0 / piece.width })
        guard let left = xs.min(), let right = xs.max(), let top = ys.min(), let bottom = ys.max() else { return }
        let (w, h) = (right - left + 1, bottom - top + 1)
        let isUpright = h >= w
        let (across, along) = isUpright ? (w, h) : (h, w)
        // What is not shared costs so much that a path leaves the area only where it must.
        var costs = [Float](repeating: 1e6, count: w * h)
        for at in area {
            let (x, y) = (at % piece.width, at / piece.width)
            let on = place(piece, x, y)
            let other = pieces[Int(labels[on])]
            guard let there = other.place(x: on % width, y: on / width, canvasWidth: width) else { continue }
            var error: Float = 0
            for channel in 0..<3 {
                let step = Float(piece.rgb[at * 3 + channel]) - Float(other.rgb[there * 3 + channel])
                error += step * step
            }
            costs[isUpright ? (y - top) * across + x - left : (x - left) * across + y - top] = error
        }
        let path = seamPath(costs, width: across, height: along).columns
        // The new photo takes the side on which its pixels lie deeper than those that are there.
        var balance = 0
        for at in area {
            let (x, y) = (at % piece.width, at / piece.width)
            let on = place(piece, x, y)
            let other = pieces[Int(labels[on])]
            guard let there = other.place(x: on % width, y: on / width, canvasWidth: width) else { continue }
            let gain = Int(piece.depth[at]) - Int(other.depth[there])
            let isBefore = isUpright ? x - left < path[y - top] : y - top < path[x - left]
            balance += isBefore ? gain : -gain
        }
        for at in area {
            let (x, y) = (at % piece.width, at / piece.width)
            let isBefore = isUpright ? x - left < path[y - top] : y - top < path[x - left]
            if isBefore == (balance > 0) { labels[place(piece, x, y)] = label }
        }
    }
}

/// Connected areas of set pixels (four neighbours), each as its pixels in ascending order; clears the mask.
package func connectedAreas(_ mask: inout [Bool], width: Int, height: Int, wraps: Bool = false) -> [[Int]] {
    precondition(mask.count == width * height)
    var areas: [[Int]] = []
    for start in mask.indices where mask[start] {
        var area = [start]
        mask[start] = false
        var next = 0
        while next < area.count {
            let at = area[next]
            next += 1
            let (x, y) = (at % width, at / width)
            func visit(_ place: Int) {
                guard mask[place] else { return }
                mask[place] = false
                area.append(place)
            }
            if x > 0 { visit(at - 1) } else if wraps { visit(at + width - 1) }
            if x + 1 < width { visit(at + 1) } else if wraps { visit(at + 1 - width) }
            if y > 0 { visit(at - width) }
            if y + 1 < height { visit(at + width) }
        }
        areas.append(area.sorted())
    }
    return areas
}
