internal import Kernels

extension PreparedGroup {
    /// Things that only one or a few photos show at their place, by photo: what differs from the median of all photos that
    /// show the place, of three or more. Largest first; areas lie on the small canvas.
    ///
    /// - Parameters:
    ///   - threshold: Levels of difference, summed over the three channels, that make a thing.
    ///   - leastShare: The least area as a share of the small canvas.
    ///   - isApart: Whether of areas that overlap only the largest stays.
    func movers(threshold: Int = 90, leastShare: Double = 0.0004, isApart: Bool = true) -> [PaintedArea] {
        let marked = unlikeMedian(threshold)
        let least = max(4, Int(leastShare * Double(seam.width * seam.height)))
        var found: [PaintedArea] = []
        for (index, pixels) in marked.enumerated() where pixels.count >= least {
            var inside = [Bool](repeating: false, count: seam.width * seam.height)
            for pixel in pixels { spread(pixel, over: index, in: &inside) }
            let core = Set(pixels)
            for area in connectedAreas(&inside, width: seam.width, height: seam.height, wraps: seam.isClosed) {
                // The rims alone are edges that do not quite meet.
                let full = area.count { core.contains($0) }
                guard full >= least, 3 * full >= area.count else { continue }
                found.append(PaintedArea(photo: index, pixels: area))
            }
        }
        found.sort { ($0.pixels.count, $1.photo) > ($1.pixels.count, $0.photo) }
        guard isApart else { return found }
        var taken = [Bool](repeating: false, count: seam.width * seam.height)
        return found.filter { area in
            guard !area.pixels.contains(where: { taken[$0] }) else { return false }
            for pixel in area.pixels { taken[pixel] = true }
            return true
        }
    }

    /// For each photo the pixels of the small canvas where it is unlike the median.
    private func unlikeMedian(_ threshold: Int) -> [[Int]] {
        var marked = [[Int]](repeating: [], count: pieces.count)
        for y in 0..<seam.height {
            let here = pieces.indices.filter { (pieces[$0].y..<(pieces[$0].y + pieces[$0].height)).contains(y) }
            guard here.count > 2 else { continue }
            for x in 0..<seam.width {
                let seen = here.compactMap { index -> (piece: Int, at: Int)? in
                    guard let at = pieces[index].place(x: x, y: y, canvasWidth: seam.width), pieces[index].depth[at] > 0
                    else { return nil }
                    return (index, at * 3)
                }
                guard seen.count > 2 else { continue }
                let median = (0..<3).map { channel in
                    seen.map { pieces[$0.piece].rgb[$0.at + channel] }.sorted()[seen.count / 2]
                }
                for (index, at) in seen {
                    let off = (0..<3).reduce(0) { $0 + abs(Int(pieces[index].rgb[at + $1]) - Int(median[$1])) }
                    if off > threshold { marked[index].append(y * seam.width + x) }
                }
            }
        }
        return marked
    }

    /// Marks the pixels around one, as far as the photo shows them.
    private func spread(_ pixel: Int, over piece: Int, in inside: inout [Bool]) {
        let (x, y) = (pixel % seam.width, pixel / seam.width)
        for row in max(0, y - 3)...min(seam.height - 1, y + 3) {
            for step in -3...3 {
                let column = seam.isClosed ? (x + step + seam.width) % seam.width : x + step
                guard column >= 0, column < seam.width,
                    pieces[piece].place(x: column, y: row, canvasWidth: seam.width) != nil
                else { continue }
                inside[row * seam.width + column] = true
            }
        }
    }
}
