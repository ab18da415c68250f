package import Kernels

/// A solved group before its pixels are chosen: canvas, photos on the small canvas, and their tone.
package struct PreparedGroup: Sendable {
    /// Surface, canvas, and the photos turned for it.
    package let choice: SurfaceChoice
    /// The small canvas.
    package let seam: SeamCanvas
    /// The photos that show something, in the order of `pieces`.
    package let shown: [PlacedPhoto]
    /// They on the small canvas, with their gains evened.
    package let pieces: [SeamPiece]
    /// Gains and fall-off.
    package let tones: [PhotoTone]
    /// What is done to the light of the finished picture; nil where gains are enough.
    package let exposure: ExposureField?

    /// The share of the places that two photos or more show at which two differ by over 24 levels: edges that would be
    /// doubled if all were laid over each other.
    package var apart: Double {
        var (all, bad) = (0, 0)
        for (number, a) in pieces.enumerated() {
            for b in pieces.dropFirst(number + 1) {
                for y in max(a.y, b.y)..<max(a.y, b.y, min(a.y + a.height, b.y + b.height)) {
                    for column in 0..<a.width {
                        let x = (a.x + column) % seam.width
                        guard let p = a.place(x: x, y: y, canvasWidth: seam.width), a.depth[p] > 0,
                            let q = b.place(x: x, y: y, canvasWidth: seam.width), b.depth[q] > 0
                        else { continue }
                        let sum = (0..<3).reduce(0) { $0 + abs(Int(a.rgb[p * 3 + $1]) - Int(b.rgb[q * 3 + $1])) }
                        all += 1
                        bad += sum > 72 ? 1 : 0
                    }
                }
            }
        }
        return all > 0 ? Double(bad) / Double(all) : 0
    }

    /// The small canvas as a sheet of layers.
    package var sheet: LayerSheet {
        LayerSheet(pieces: pieces, width: seam.width, height: seam.height, wraps: seam.isClosed)
    }
}

/// A thing that photos show differently: it moved, or only some of them saw it.
public struct PanoramaObject: Sendable, Hashable {
    /// Its number among the objects of the panorama.
    public let number: Int
    /// The photos that show its place, by their places in what was handed in.
    public let photos: [Int]
    /// The photo that is shown there now.
    public let shown: Int
    /// Its box on the canvas of the whole panorama, before the crop: x, y, width, height. On a closed canvas it may run
    /// over the right edge.
    public let box: [Int]
    /// Pixels of the small canvas.
    let pixels: [Int]
}

/// What is to become of an object.
public enum ObjectWish: Sendable, Hashable {
    /// It is shown as in this photo.
    case keep(photo: Int)
    /// It is shown as in any photo but the one shown now.
    case remove
}

extension PreparedGroup {
    /// The objects: regions of difference that overlap, joined, largest first.
    package func objects(_ labels: [Int16], numbers: [Int]) -> [PanoramaObject] {
        let sheet = sheet
        let weights = pieces.map { $0.depth.map { Float($0) } }
        let regions = DifferenceRegions().regions(sheet, weights: weights)
        var inside = [Bool](repeating: false, count: seam.width * seam.height)
        for region in regions { for pixel in region.pixels { inside[pixel] = true } }
        let areas = connectedAreas(&inside, width: seam.width, height: seam.height, wraps: seam.isClosed)
        return areas.sorted { ($0.count, $1[0]) > ($1.count, $0[0]) }.enumerated().compactMap { number, area in
            object(number, area, labels, numbers)
        }
    }

    private func object(_ number: Int, _ area: [Int], _ labels: [Int16], _ numbers: [Int]) -> PanoramaObject? {
        let photos = pieces.indices.filter { index in
            area.contains {
                pieces[index].place(x: $0 % seam.width, y: $0 / seam.width, canvasWidth: seam.width) != nil
            }
        }
        var counts: [Int16: Int] = [:]
        for pixel in area where labels[pixel] >= 0 { counts[labels[pixel], default: 0] += 1 }
        guard photos.count > 1, let shown = counts.max(by: { ($0.value, $1.key) < ($1.value, $0.key) })?.key else {
            return nil
        }
        let columns = Set(area.map { $0 % seam.width }).sorted()
        let rows = area.map { $0 / seam.width }
        guard var left = columns.first, let last = columns.last, let top = rows.min(), let bottom = rows.max() else {
            return nil
        }
        var width = last - left + 1
        if seam.isClosed, left == 0, last == seam.width - 1,
            let gap = columns.indices.dropFirst().max(by: {
                columns[$0] - columns[$0 - 1] < columns[$1] - columns[$1 - 1]
            })
        {
            // Over the edge: it begins after the widest gap.
            left = columns[gap]
            width = seam.width - (columns[gap] - columns[gap - 1]) + 1
        }
        return PanoramaObject(
            number: number, photos: photos.map { numbers[self.shown[$0].photo] },
            shown: numbers[self.shown[Int(shown)].photo],
            box: [left, top, width, bottom - top + 1].map { $0 * seam.step }, pixels: area)
    }

    /// The wishes as painted areas.
    package func painted(_ wishes: [(object: PanoramaObject, wish: ObjectWish)], numbers: [Int]) -> [PaintedArea] {
        wishes.compactMap { object, wish in
            switch wish {
            case .keep(let photo):
                shown.firstIndex { numbers[$0.photo] == photo }.map { PaintedArea(photo: $0, pixels: object.pixels) }
            case .remove:
                shown.firstIndex { numbers[$0.photo] == object.shown }.map {
                    PaintedArea(photo: $0, pixels: object.pixels, isForbidden: true)
                }
            }
        }
    }
}
