package import Kernels

/// At which scale photos of different zoom are drawn: the finest that is present, within limits (PANO-263).
package struct Fineness: Sendable {
    /// Pixels a unit of the surface.
    package let scale: Double
    /// How many times that is the scale of most photos; 1 where none is much finer.
    package let factor: Double

    /// A photo counts as finer from this ratio on.
    package static let least = 1.25
    /// No canvas is drawn at more than this many times the scale of most.
    package static let most = 3.0

    /// Of the photos' own scales; nil without any.
    package init?(_ scales: [Double]) {
        let sorted = scales.filter { $0.isFinite && $0 > 0 }.sorted()
        guard let finest = sorted.last else { return nil }
        let median = sorted[sorted.count / 2]
        // Of two photos the median is the finer one: most means the coarser half.
        let usual = sorted.count == 2 ? sorted[0] : median
        let ratio = finest / usual
        factor = ratio >= Self.least ? min(ratio, Self.most) : 1
        scale = factor > 1 ? usual * factor : median
    }
}

extension PlacedPhoto {
    /// Full-size pixels a unit of the surface about the photo's middle.
    package var fineness: Double {
        if let camera { return camera.focal * magnification }
        guard let map else { return magnification }
        // How much of the reference a pixel in the middle covers.
        guard let a = map.maps(x: -1, y: -1), let b = map.maps(x: 1, y: -1), let c = map.maps(x: -1, y: 1) else {
            return magnification
        }
        let area = abs((b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)) / 4
        return area > 0 ? magnification / area.squareRoot() : magnification
    }
}

extension PreparedGroup {
    /// The sheet on which photos that are much coarser than another are not there where that one is, but for a rim in
    /// which the seam may run.
    package var finestSheet: LayerSheet {
        let fineness = shown.map(\.fineness)
        var cut = pieces
        for (index, piece) in pieces.enumerated() {
            let finer = pieces.indices.filter { fineness[$0] > Self.clearly * fineness[index] }
            guard !finer.isEmpty else { continue }
            var depth = piece.depth
            for row in 0..<piece.height {
                for column in 0..<piece.width where depth[row * piece.width + column] > 0 {
                    let (x, y) = ((piece.x + column) % seam.width, piece.y + row)
                    let isShownFiner = finer.contains { other in
                        let at = pieces[other].place(x: x, y: y, canvasWidth: seam.width)
                        return at.map { pieces[other].depth[$0] > Self.rim } ?? false
                    }
                    if isShownFiner { depth[row * piece.width + column] = 0 }
                }
            }
            cut[index] = SeamPiece(
                x: piece.x, y: piece.y, width: piece.width, height: piece.height, rgb: piece.rgb, depth: depth)
        }
        return LayerSheet(pieces: cut, width: seam.width, height: seam.height, wraps: seam.isClosed)
    }

    /// From this ratio of scales on the finer photo is preferred.
    private static let clearly = 1.5
    /// Depths up to this one (255 in the middle) are a photo's rim.
    private static let rim: UInt8 = 32
}
