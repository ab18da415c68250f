package import Imaging
internal import Kernels

/// A photo as it lies in a panorama (PANO-312).
package struct WarpedLayer: Sendable {
    /// Its number.
    package let photo: Int
    /// Left column on the canvas before the crop; on a closed canvas the box may run over the right edge.
    package let x: Int
    /// Upper row on the canvas before the crop.
    package let y: Int
    /// Its colours with gains evened, clear where it shows nothing.
    package let colours: Image
    /// 255 where the panorama shows it.
    package let mask: Image
}

extension GroupComposer {
    /// Hands out each photo as it lies on the whole canvas, one at a time; masks cover what the photos cover, each pixel
    /// in one of them.
    ///
    /// - Throws: What `each` throws.
    mutating func layers(
        _ group: PreparedGroup, labels: [Int16], each: (WarpedLayer) throws -> Void
    ) throws {
        let canvas = group.choice.canvas
        let full = SeamCanvas(canvas, pixels: .max)
        let owners = owners(group, full, labels)
        for index in group.shown.indices {
            guard let piece = piece(index, group, full) else { continue }
            try each(try Self.layer(piece, index, group.shown[index].photo, owners, width: full.width))
        }
    }

    private mutating func piece(_ index: Int, _ group: PreparedGroup, _ full: SeamCanvas) -> SeamPiece? {
        let placed = group.shown[index]
        guard let image = shelf.image(placed.photo, share: share(placed, group.choice.canvas)),
            let made = full.piece(DrawnPhoto(placed: placed, image: image, mask: masks[placed.photo]))
        else { return nil }
        return made.piece.toned(
            group.tones[index], radii: made.radii, exposure: group.exposure, step: group.seam.step)
    }

    /// The photo that shows each pixel of the canvas: the one the small canvas wants where it is valid, else the deepest.
    private mutating func owners(_ group: PreparedGroup, _ full: SeamCanvas, _ labels: [Int16]) -> [Int16] {
        var owners = [Int16](repeating: -1, count: full.width * full.height)
        var best = [UInt8](repeating: 0, count: owners.count)
        let (step, small) = (group.seam.step, group.seam)
        for index in group.shown.indices {
            guard let piece = piece(index, group, full) else { continue }
            for row in 0..<piece.height {
                let line = min((piece.y + row) / step, small.height - 1) * small.width
                for column in 0..<piece.width {
                    let depth = piece.depth[row * piece.width + column]
                    guard depth > 0 else { continue }
                    let x = (piece.x + column) % full.width
                    let at = (piece.y + row) * full.width + x
                    let isWanted = labels[line + min(x / step, small.width - 1)] == Int16(index)
                    // A wish beats every depth, and 255 is the greatest.
                    let worth = isWanted ? 255 : min(depth, 254)
                    if worth > best[at] { (owners[at], best[at]) = (Int16(index), worth) }
                }
            }
        }
        return owners
    }

    private static func layer(
        _ piece: SeamPiece, _ index: Int, _ photo: Int, _ owners: [Int16], width: Int
    ) throws -> WarpedLayer {
        let count = piece.width * piece.height
        var rgba = [UInt8](repeating: 0, count: count * 4)
        var mask = [UInt8](repeating: 0, count: count)
        for row in 0..<piece.height {
            for column in 0..<piece.width {
                let at = row * piece.width + column
                guard piece.depth[at] > 0 else { continue }
                for channel in 0..<3 { rgba[at * 4 + channel] = piece.rgb[at * 3 + channel] }
                rgba[at * 4 + 3] = 255
                if owners[(piece.y + row) * width + (piece.x + column) % width] == Int16(index) { mask[at] = 255 }
            }
        }
        return WarpedLayer(
            photo: photo, x: piece.x, y: piece.y,
            colours: try Image(width: piece.width, height: piece.height, format: .rgba8, bytes: rgba),
            mask: try Image(width: piece.width, height: piece.height, format: .gray8, bytes: mask))
    }
}
