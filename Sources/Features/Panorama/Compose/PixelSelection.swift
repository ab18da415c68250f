package import Kernels

/// Chooses a photo for each pixel of a sheet, by any method.
package struct PixelSelection: Sendable {
    /// The method.
    package var method: SelectionMethod
    /// What cuts ask for besides.
    package var objective: ImageObjective

    /// What one nat of likelihood costs, against differences of up to 2 x 765 at a seam (0.2 of the levels of grey).
    private static let likelihood: Float = 50
    /// No photo costs more than this many nats.
    private static let mostNats: Float = 12
    /// What a forbidden pixel costs.
    private static let forbidden: Int32 = 20_000_000
    /// Rounds over all photos; the energy never rises, and mostly stands still after two.
    private static let rounds = 3

    /// A choice.
    package init(method: SelectionMethod, objective: ImageObjective = .seams) {
        self.method = method
        self.objective = objective
    }

    /// Labels that cover exactly what the photos cover.
    package func labels(_ sheet: LayerSheet) -> [Int16] {
        let weights = sheet.pieces.map { $0.depth.map { Float($0) } }
        var labels: [Int16]
        switch method {
        case .deepest: labels = sheet.heaviest(sheet.distances())
        case .path: labels = sheet.pathLabels()
        case .cover:
            let regions = DifferenceRegions().regions(sheet, weights: weights)
            labels = sheet.coverLabels(regions, weights: weights).labels
        case .cut: labels = cut(sheet, edges: nil)
        case .cutAlongEdges: labels = cut(sheet, edges: sheet.gradients())
        }
        if uncovered(labels, sheet) > 0 { _ = sheet.repair(&labels, weights) }
        return labels
    }

    /// Pixels from which on seams are looked for at half the size first.
    private static let large = 60_000

    private func cut(
        _ sheet: LayerSheet, edges: [[UInt8]]?, depthWeight: Int = LabelExpansion.depthWeight
    ) -> [Int16] {
        let deepest = LabelExpansion.deepest(sheet.pieces, width: sheet.width, height: sheet.height)
        guard sheet.pieces.count > 1 else { return deepest }
        // Of two photos a single cut chooses best, from where the second one shows all that it can.
        let isPair = sheet.pieces.count == 2
        var start = isPair ? last(sheet) : deepest
        var open: [UInt8]?
        if objective == .seams, edges == nil, sheet.width * sheet.height > Self.large {
            // A pixel of half the size stands for four, a step of a seam for two.
            let rough = cut(sheet.halved(), edges: nil, depthWeight: 2 * depthWeight)
            var band = SeamBand(sheet, rough: rough, fallback: deepest)
            if isPair { band.startWithLast(of: sheet) }
            (start, open) = (band.labels, band.open)
        }
        var seams = SeamLabels(
            pieces: sheet.pieces, width: sheet.width, height: sheet.height, wraps: sheet.wraps,
            depthWeight: depthWeight, labels: start, data: data(sheet), edges: edges, open: open)
        // A photo need not be asked again before a photo beside it has grown.
        var isOpen = [Bool](repeating: true, count: sheet.pieces.count)
        for _ in 0..<(isPair ? 1 : Self.rounds) {
            for photo in isPair ? 0..<1 : sheet.pieces.indices where isOpen[photo] {
                isOpen[photo] = false
                guard seams.expand(photo) else { continue }
                for other in sheet.pieces.indices where other != photo && sheet.meet(photo, other) {
                    isOpen[other] = true
                }
            }
            if !isOpen.contains(true) { break }
        }
        return seams.labels
    }

    /// The last photo wherever it shows something, else the one before.
    private func last(_ sheet: LayerSheet) -> [Int16] {
        var labels = [Int16](repeating: -1, count: sheet.width * sheet.height)
        for (number, piece) in sheet.pieces.enumerated() {
            for at in piece.depth.indices where piece.depth[at] > 0 {
                labels[sheet.place(piece, at % piece.width, at / piece.width)] = Int16(number)
            }
        }
        return labels
    }

    private func data(_ sheet: LayerSheet) -> [[Int32]]? {
        switch objective {
        case .seams: return nil
        case .mostLikely:
            return sheet.surprise().map { $0.map { Int32(min(Self.mostNats, $0) * Self.likelihood) } }
        case .leastLikely:
            return sheet.surprise().map { $0.map { Int32((Self.mostNats - min(Self.mostNats, $0)) * Self.likelihood) } }
        case .painted(let areas): return painted(areas, sheet)
        }
    }

    /// Other photos are forbidden in an area that is painted for one, where that one shows the pixel at all.
    private func painted(_ areas: [PaintedArea], _ sheet: LayerSheet) -> [[Int32]] {
        var data = sheet.pieces.map { [Int32](repeating: 0, count: $0.depth.count) }
        for area in areas where sheet.pieces.indices.contains(area.photo) {
            for pixel in area.pixels where pixel >= 0 && pixel < sheet.width * sheet.height {
                let (x, y) = (pixel % sheet.width, pixel / sheet.width)
                let own = sheet.pieces[area.photo].place(x: x, y: y, canvasWidth: sheet.width)
                guard let own else { continue }
                if area.isForbidden {
                    data[area.photo][own] = Self.forbidden
                    continue
                }
                for (index, piece) in sheet.pieces.enumerated() where index != area.photo {
                    if let at = piece.place(x: x, y: y, canvasWidth: sheet.width) { data[index][at] = Self.forbidden }
                }
            }
        }
        return data
    }
}
