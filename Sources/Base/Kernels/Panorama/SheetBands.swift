extension LayerSheet {
    /// The photos in bands, each band mixed over its own width (Burt and Adelson 1983). A closed canvas has as many bands
    /// as its width can be halved.
    package func inBands(labels: [Int16], most: Int = 7) -> Sheet {
        precondition(labels.count == width * height && most > 0)
        var levels = 1
        while levels < most, min(width, height) >> levels >= 2, !wraps || width % (1 << levels) == 0 { levels += 1 }
        var pyramid = BandPyramid(width: width, height: height, levels: levels, wraps: wraps)
        for (index, piece) in pieces.enumerated() {
            var pixels = [Float](repeating: 0, count: width * height * 4)
            var weights = [Float](repeating: 0, count: width * height)
            for row in 0..<piece.height {
                for column in 0..<piece.width {
                    let at = row * piece.width + column
                    guard piece.depth[at] > 0 else { continue }
                    let on = place(piece, column, row)
                    for channel in 0..<3 { pixels[on * 4 + channel] = Float(piece.rgb[at * 3 + channel]) }
                    pixels[on * 4 + 3] = 1
                    weights[on] = labels[on] == Int16(index) ? 1 : 0
                }
            }
            pyramid.add(pixels, weights: weights, column: 0, row: 0, width: width, height: height, wraps: wraps)
        }
        let made = pyramid.settled()
        return Sheet(rgb: made.rgb, mask: made.mask)
    }
}

/// How deep each shown pixel lies, 1 at the border and 255 at the deepest; 0 where nothing is shown.
package func layerDepth(_ mask: [UInt8], width: Int, height: Int) -> [UInt8] {
    let squares = squaredDistances(mask, width: width, height: height)
    let most = max(1, squares.max() ?? 1).squareRoot()
    return squares.map { $0 > 0 ? UInt8(1 + $0.squareRoot() / most * 254) : 0 }
}
