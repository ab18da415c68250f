package import Kernels

/// Which photo shows each pixel of the small canvas (Agarwala et al. 2004, by expansion moves).
package enum LabelExpansion {
    /// What a pixel at the very border of a photo costs, against colour differences of up to 2 x 765 at a seam.
    package static let depthWeight = 40
    /// Rounds over all photos; the energy never rises, and mostly stands still after two.
    private static let rounds = 3

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

    /// Labels whose seams cost least.
    package static func labels(_ pieces: [SeamPiece], width: Int, height: Int, isClosed: Bool) -> [Int16] {
        let start = deepest(pieces, width: width, height: height)
        guard pieces.count > 1 else { return start }
        var seams = SeamLabels(
            pieces: pieces, width: width, height: height, wraps: isClosed, depthWeight: depthWeight, labels: start)
        for _ in 0..<rounds {
            var changed = false
            for photo in pieces.indices where seams.expand(photo) { changed = true }
            if !changed { break }
        }
        return seams.labels
    }
}
