internal import Kernels

/// Blocks of a picture as if they were matched points: the shift that a block asks for, and how well it knows it.
///
/// Least squares over them, weighted by A / σn², gives the same step as the sums over all pixels (section 3.3): direct
/// methods and points are two forms of one thing.
public struct PseudoFeatures: Sendable {
    /// x, y and x', y' of each block's middle, in pixels from the middles of the pictures.
    public var pairs: [Double]
    /// A / σn² of each.
    public var information: [PlaceInformation]

    /// The blocks of `side` pixels of a template against a picture at a map.
    ///
    /// - Parameters:
    ///   - noise: Standard deviation of a sample, 0...1.
    ///   - leastEigenvalue: Blocks whose A has a smaller one are left out: their shift is not known.
    public init(
        _ template: AlignmentPicture, _ picture: AlignmentPicture, map: Matrix3, side: Int = 16,
        noise: Double = 2.0 / 255, leastEigenvalue: Double = 1e-4
    ) {
        let (pairs, information) = Self.features(
            Self.sums(template, picture, map: map, side: side), map: map,
            origin: (-template.middle.x, -template.middle.y), noise: noise, least: leastEigenvalue)
        self.pairs = pairs
        self.information = information
    }

    static func sums(
        _ template: AlignmentPicture, _ picture: AlignmentPicture, map: Matrix3, side: Int
    ) -> [PatchSums] {
        let pixels = map.moved(
            from: (-template.middle.x, -template.middle.y), to: (-picture.middle.x, -picture.middle.y))
        let seen = samplePlane(
            picture.plane, map: pixels.values, width: template.width, height: template.height, cubic: true,
            withSlopes: true)
        return patchSums(
            template.plane, seen, slopesX: seen.slopesX, slopesY: seen.slopesY, side: max(1, side),
            AlignmentTerms(map: map.values, origin: (-template.middle.x, -template.middle.y)))
    }

    static func features(
        _ patches: [PatchSums], map: Matrix3, origin: (x: Double, y: Double), noise: Double, least: Double
    ) -> ([Double], [PlaceInformation]) {
        var pairs: [Double] = []
        var information: [PlaceInformation] = []
        for patch in patches {
            let (xx, xy, yy) = patch.matrix
            let determinant = xx * yy - xy * xy
            let spread = (((xx - yy) / 2) * ((xx - yy) / 2) + xy * xy).squareRoot()
            let (x, y) = (patch.x + origin.x, patch.y + origin.y)
            guard (xx + yy) / 2 - spread > least, let there = map.maps(x: x, y: y) else { continue }
            let (bx, by) = patch.vector
            let (dx, dy) = (-(yy * bx - xy * by) / determinant, -(xx * by - xy * bx) / determinant)
            pairs += [x, y, there.x + dx, there.y + dy]
            let factor = 1 / (noise * noise)
            information.append(PlaceInformation(xx: xx * factor, xy: xy * factor, yy: yy * factor))
        }
        return (pairs, information)
    }
}
