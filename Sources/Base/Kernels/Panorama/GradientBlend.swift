/// Blending in the gradient domain: what a composite is made of keeps its gradients, and steps between photos vanish.
package struct GradientBlend: Sendable {
    /// What a change of a pixel by one level costs against a change of a step by one level; keeps the whole from drifting.
    package var screen: Float = 1e-6
    /// Residual at which the solver ends, against its start.
    package var tolerance: Float = 1e-4

    /// The usual weights.
    package init() {}

    /// The composite that labels pick, with the gradients across seams taken from the photos on both sides: the least
    /// Σ |∇I - g|² (Perez, Gangnet and Blake 2003; Agarwala et al. 2004). Solved for the change of the composite.
    package func blended(_ sheet: LayerSheet, labels: [Int16]) -> LayerSheet.Sheet {
        let picked = sheet.picked(labels)
        let (width, height) = (sheet.width, sheet.height)
        var grid = PoissonGrid(width: width, height: height, wraps: sheet.wraps)
        var across = [[Float]](repeating: [Float](repeating: 0, count: width * height), count: 3)
        var down = across
        for y in 0..<height {
            for x in 0..<width {
                let at = y * width + x
                guard picked.mask[at] > 0 else { continue }
                grid.screen[at] = screen
                let next = x + 1 < width ? x + 1 : grid.wraps ? 0 : -1
                if next >= 0, picked.mask[y * width + next] > 0 {
                    grid.right[at] = 1
                    let wish = step(sheet, picked, labels, (x, y), (next, y))
                    for channel in 0..<3 { across[channel][at] = wish[channel] }
                }
                if y + 1 < height, picked.mask[at + width] > 0 {
                    grid.down[at] = 1
                    let wish = step(sheet, picked, labels, (x, y), (x, y + 1))
                    for channel in 0..<3 { down[channel][at] = wish[channel] }
                }
            }
        }
        var out = picked
        for channel in 0..<3 {
            let change = grid.solved(
                grid.divergence(across: across[channel], down: down[channel]), tolerance: tolerance)
            for at in change.indices where picked.mask[at] > 0 {
                let value = Float(picked.rgb[at * 3 + channel]) + change[at] + 0.5
                out.rgb[at * 3 + channel] = UInt8(min(max(value, 0), 255))
            }
        }
        return out
    }

    /// By how much the composite's step from p to q shall change: nothing within a photo; across a seam towards the mean
    /// of what the two photos show, as far as they show it.
    private func step(
        _ sheet: LayerSheet, _ picked: LayerSheet.Sheet, _ labels: [Int16], _ p: (x: Int, y: Int), _ q: (x: Int, y: Int)
    ) -> SIMD3<Float> {
        let (a, b) = (labels[p.y * sheet.width + p.x], labels[q.y * sheet.width + q.x])
        guard a != b else { return .zero }
        var sum = SIMD3<Float>.zero
        var count: Float = 0
        for label in [a, b] {
            let piece = sheet.pieces[Int(label)]
            guard let from = piece.place(x: p.x, y: p.y, canvasWidth: sheet.width),
                let to = piece.place(x: q.x, y: q.y, canvasWidth: sheet.width)
            else { continue }
            sum += Self.colour(piece.rgb, to) - Self.colour(piece.rgb, from)
            count += 1
        }
        let now =
            Self.colour(picked.rgb, q.y * sheet.width + q.x) - Self.colour(picked.rgb, p.y * sheet.width + p.x)
        return (count > 0 ? sum / count : .zero) - now
    }

    @inline(__always)
    static func colour(_ rgb: [UInt8], _ at: Int) -> SIMD3<Float> {
        SIMD3(Float(rgb[at * 3]), Float(rgb[at * 3 + 1]), Float(rgb[at * 3 + 2]))
    }
}
