package import Kernels

/// What expansion moves begin with (Agarwala et al. 2004).
package enum LabelExpansion {
    /// What a pixel at the very border of a photo costs, against colour differences of up to 2 x 765 at a seam.
    package static let depthWeight = 40
    /// The photo of greatest depth at each pixel, -1 where there is none (Voronoi; PANO-215).
    package static func deepest(_ pieces: [SeamPiece], width: Int, height: Int) -> [Int16] {
        var labels = [Int16](repeating: -1, count: width * height)
        var best = [UInt8](repeating: 0, count: width * height)
        for (index, piece) in pieces.enumerated() {
            for row in 0..<piece.height {
                for column in 0..<piece.width {
                    let depth = piece.depth[row * piece.width + column]
                    let at = (piece.y + row) * width + (piece.x + column) % width
                    if depth > best[at] {
                        best[at] = depth
                        labels[at] = Int16(index)
                    }
                }
            }
        }
        return labels
    }
}
