/// An area of a photo that looks other there than in another photo that shows the same place.
package struct DifferenceRegion: Sendable, Hashable {
    /// The photo.
    package let photo: Int
    /// Its pixels on the canvas, ascending.
    package let pixels: [Int]
    /// Σ of the photo's weights over them; a tenth of it where the photo's border cuts the area.
    package let weight: Float
    /// Whether the photo's border cuts it.
    package let isCut: Bool
}

/// Regions of difference, and which of them to drop so that each thing is shown by one photo only
/// (Uyttendaele, Eden and Szeliski 2001, section 3).
package struct DifferenceRegions: Sendable {
    /// Levels of difference, after a blur, that make a region.
    package var threshold: Float = 24
    /// Radius of the closing in pixels.
    package var closing = 4
    /// Least share of the canvas.
    package var leastShare = 0.0002
    /// Radius of the blur in pixels.
    package var blur = 1

    /// The usual thresholds.
    package init() {}

    /// The regions of all photos, by photo, then by their first pixel.
    package func regions(_ sheet: LayerSheet, weights: [[Float]]) -> [DifferenceRegion] {
        precondition(weights.count == sheet.pieces.count)
        var found: [DifferenceRegion] = []
        let least = max(1, Int(leastShare * Double(sheet.width * sheet.height)))
        for (index, piece) in sheet.pieces.enumerated() {
            var differs = [Bool](repeating: false, count: piece.width * piece.height)
            for (other, second) in sheet.pieces.enumerated() where other != index {
                mark(sheet, piece, second, &differs)
            }
            var closed = close(differs, piece)
            for area in connectedAreas(&closed, width: piece.width, height: piece.height) where area.count >= least {
                found.append(region(sheet, index, area, weights[index]))
            }
        }
        return found
    }

    private func region(_ sheet: LayerSheet, _ index: Int, _ area: [Int], _ weights: [Float]) -> DifferenceRegion {
        let piece = sheet.pieces[index]
        var isCut = false
        var weight: Float = 0
        for at in area {
            weight += weights[at]
            let (x, y) = (at % piece.width, at / piece.width)
            for (dx, dy) in [(1, 0), (-1, 0), (0, 1), (0, -1)] {
                let (nx, ny) = (x + dx, y + dy)
                let isInside = nx >= 0 && nx < piece.width && ny >= 0 && ny < piece.height
                if !isInside || piece.depth[ny * piece.width + nx] == 0 { isCut = true }
            }
        }
        let pixels = area.map { sheet.place(piece, $0 % piece.width, $0 / piece.width) }.sorted()
        return DifferenceRegion(photo: index, pixels: pixels, weight: isCut ? weight / 10 : weight, isCut: isCut)
    }

    /// Sets where the blurred difference of two photos is over the threshold.
    private func mark(_ sheet: LayerSheet, _ piece: SeamPiece, _ other: SeamPiece, _ differs: inout [Bool]) {
        let (w, h) = (piece.width, piece.height)
        var difference = [Float](repeating: 0, count: w * h)
        var valid = [Float](repeating: 0, count: w * h)
        var any = false
        for row in 0..<h where row + piece.y >= other.y && row + piece.y < other.y + other.height {
            for column in 0..<w {
                let at = row * w + column
                guard piece.depth[at] > 0,
                    let there = other.place(
                        x: (piece.x + column) % sheet.width, y: piece.y + row, canvasWidth: sheet.width)
                else { continue }
                any = true
                valid[at] = 1
                for channel in 0..<3 {
                    let step = abs(Float(piece.rgb[at * 3 + channel]) - Float(other.rgb[there * 3 + channel]))
                    difference[at] = max(difference[at], step)
                }
            }
        }
        guard any else { return }
        let (sums, counts) = (boxSums(difference, w, h, blur), boxSums(valid, w, h, blur))
        for at in differs.indices where valid[at] > 0 && sums[at] > threshold * counts[at] { differs[at] = true }
    }

    /// Grown and shrunk again by discs, within the photo.
    private func close(_ mask: [Bool], _ piece: SeamPiece) -> [Bool] {
        guard closing > 0, mask.contains(true) else { return mask }
        let (w, h, r) = (piece.width, piece.height, closing)
        // With a border wide enough that the outside, which counts as zero, is further away than any disc reaches.
        let edge = 2 * r + 2
        let (pw, ph) = (w + 2 * edge, h + 2 * edge)
        var empty = [UInt8](repeating: 1, count: pw * ph)
        for at in mask.indices where mask[at] { empty[(at / w + edge) * pw + at % w + edge] = 0 }
        let limit = Float(r * r)
        let toRegion = squaredDistances(empty, width: pw, height: ph)
        var grown = [UInt8](repeating: 0, count: pw * ph)
        for y in (edge - r)..<(ph - edge + r) {
            for x in (edge - r)..<(pw - edge + r) where toRegion[y * pw + x] <= limit { grown[y * pw + x] = 1 }
        }
        let toOutside = squaredDistances(grown, width: pw, height: ph)
        return mask.indices.map { at in
            mask[at] || (piece.depth[at] > 0 && toOutside[(at / w + edge) * pw + at % w + edge] > limit)
        }
    }
}

/// Sums over squares of a radius; what lies outside counts as 0.
package func boxSums(_ values: [Float], _ width: Int, _ height: Int, _ radius: Int) -> [Float] {
    precondition(values.count == width * height && radius >= 0)
    var across = [Float](repeating: 0, count: values.count)
    for y in 0..<height {
        var sum: Float = 0
        for x in 0..<min(radius, width) { sum += values[y * width + x] }
        for x in 0..<width {
            if x + radius < width { sum += values[y * width + x + radius] }
            across[y * width + x] = sum
            if x - radius >= 0 { sum -= values[y * width + x - radius] }
        }
    }
    var out = across
    for x in 0..<width {
        var sum: Float = 0
        for y in 0..<min(radius, height) { sum += across[y * width + x] }
        for y in 0..<height {
            if y + radius < height { sum += across[(y + radius) * width + x] }
            out[y * width + x] = sum
            if y - radius >= 0 { sum -= across[(y - radius) * width + x] }
        }
    }
    return out
}
