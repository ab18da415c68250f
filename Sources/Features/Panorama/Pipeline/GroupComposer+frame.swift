internal import Kernels

extension Composition {
    /// The frame of a canvas after the crop.
    static func frame(_ canvas: Canvas, box: (x: Int, y: Int, width: Int, height: Int), hasAngles: Bool)
        -> PanoramaFrame
    {
        PanoramaFrame(
            surface: canvas.surface.name, hasAngles: hasAngles, scale: canvas.scale,
            left: canvas.left + Double(box.x) / canvas.scale, top: canvas.top + Double(box.y) / canvas.scale,
            width: box.width, height: box.height, closed: canvas.isClosed && box.width == canvas.width)
    }

    /// The labels inside the crop, by photo.
    static func shares(
        _ labels: [Int16], _ seam: SeamCanvas, _ photos: [Int], box: (x: Int, y: Int, width: Int, height: Int)
    ) -> PanoramaShares {
        let (left, top) = (min(box.x / seam.step, seam.width - 1), min(box.y / seam.step, seam.height - 1))
        let right = min(seam.width, max(left + 1, (box.x + box.width) / seam.step))
        let bottom = min(seam.height, max(top + 1, (box.y + box.height) / seam.step))
        var shown: [Int] = []
        shown.reserveCapacity((right - left) * (bottom - top))
        for row in top..<bottom {
            for column in left..<right {
                let label = Int(labels[row * seam.width + column])
                shown.append(photos.indices.contains(label) ? photos[label] : -1)
            }
        }
        return PanoramaShares(width: right - left, height: bottom - top, photos: shown)
    }

    /// What is shown of each photo, as a share of its valid pixels.
    static func shown(_ shares: PanoramaShares, _ pieces: [SeamPiece], _ photos: [Int]) -> [Int: Double] {
        var counts: [Int: Int] = [:]
        for photo in shares.photos where photo >= 0 { counts[photo, default: 0] += 1 }
        var shown: [Int: Double] = [:]
        for (index, piece) in pieces.enumerated() where photos.indices.contains(index) {
            let all = piece.depth.count { $0 > 0 }
            shown[photos[index]] = all > 0 ? min(1, Double(counts[photos[index]] ?? 0) / Double(all)) : 0
        }
        return shown
    }
}

extension PanoramaShares {
    /// The same with photo `n` called `names[n]`.
    func renumbered(_ names: [Int]) -> PanoramaShares {
        PanoramaShares(
            width: width, height: height, photos: photos.map { names.indices.contains($0) ? names[$0] : -1 })
    }
}

/// Included areas win: where one photo must be shown, the others are not valid (PANO-301).
enum IncludedAreas {
    static func win(_ pieces: [SeamPiece], _ included: [Set<Int>], width: Int) -> [SeamPiece] {
        guard included.contains(where: { !$0.isEmpty }) else { return pieces }
        return pieces.enumerated().map { index, piece in
            var depth = piece.depth
            for row in 0..<piece.height {
                for column in 0..<piece.width {
                    let at = (piece.y + row) * width + (piece.x + column) % width
                    guard !included[index].contains(at) else { continue }
                    if included.contains(where: { $0.contains(at) }) { depth[row * piece.width + column] = 0 }
                }
            }
            return SeamPiece(
                x: piece.x, y: piece.y, width: piece.width, height: piece.height, rgb: piece.rgb, depth: depth)
        }
    }
}
