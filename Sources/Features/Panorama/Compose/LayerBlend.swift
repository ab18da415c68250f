package import Kernels

/// Puts the photos of a sheet together by any method.
package struct LayerBlend: Sendable {
    /// The method.
    package var method: BlendMethod

    /// A blend.
    package init(method: BlendMethod) { self.method = method }

    /// Colours and mask of the canvas.
    package func blended(_ sheet: LayerSheet, labels: [Int16]) -> LayerSheet.Sheet {
        switch method {
        case .mean: sheet.mean(sheet.equalWeights)
        case .median: sheet.median()
        case .feather: sheet.mean(sheet.distances())
        case .sharpFeather: sheet.mean(sheet.powers(of: sheet.distances(), 4))
        case .none: sheet.picked(labels)
        case .twoBands: sheet.twoBands(labels: labels, weights: sheet.distances())
        case .bands: sheet.inBands(labels: labels)
        case .gradients: GradientBlend().blended(sheet, labels: labels)
        case .stitchedL2: stitched(sheet, isL1: false)
        case .stitchedL1: stitched(sheet, isL1: true)
        }
    }

    private func stitched(_ sheet: LayerSheet, isL1: Bool) -> LayerSheet.Sheet {
        var method = GradientStitch()
        method.isL1 = isL1
        return method.stitched(sheet, weights: sheet.distances())
    }
}
