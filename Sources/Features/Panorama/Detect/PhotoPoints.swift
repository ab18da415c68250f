package import Kernels

/// The points of one photo, with codes to match them by.
///
/// Places are in matching pixels from the middle of the photo: full-size pixels from the middle times `scale`.
package struct PhotoPoints: Sendable {
    /// Columns from the middle.
    package let x: [Float]
    /// Rows from the middle.
    package let y: [Float]
    /// One code a point.
    package let codes: PackedCodes
    /// The codes before they were rounded, 128 values a point; empty unless a detector was asked for them.
    package var roots: [Float] = []
    /// Width of the photo in matching pixels.
    package let width: Double
    /// Height of the photo in matching pixels.
    package let height: Double

    /// Points of the given places and codes, as many of each.
    package init(x: [Float], y: [Float], codes: PackedCodes, width: Double, height: Double) {
        precondition(x.count == y.count && x.count == codes.count)
        self.x = x
        self.y = y
        self.codes = codes
        self.width = width
        self.height = height
    }

    /// Number of points.
    package var count: Int { x.count }

    /// Half the diagonal in matching pixels.
    package var halfDiagonal: Double { (width * width + height * height).squareRoot() / 2 }
}

extension PhotoPoints {
    /// The points of no photo.
    static var none: PhotoPoints {
        PhotoPoints(x: [], y: [], codes: PackedCodes(rows: [], norms: []), width: 1, height: 1)
    }
}

extension PhotoPoints {
    /// Points that are not near an excluded area: their codes would tell of its border.
    func kept(outside cells: MaskCells, margin: Double = 16) -> PhotoPoints {
        guard cells.excludes else { return self }
        let (columns, rows) = (max(1, Int(width.rounded())), max(1, Int(height.rounded())))
        return kept { index in
            !cells.isNearExcluded(
                x: Double(x[index]) + width / 2, y: Double(y[index]) + height / 2, width: columns, height: rows,
                margin: margin)
        }
    }

    /// The points whose numbers are wanted, without the codes before rounding.
    func kept(where isWanted: (Int) -> Bool) -> PhotoPoints {
        let kept = (0..<count).filter(isWanted)
        let lengths = codes.squaredLengths
        return PhotoPoints(
            x: kept.map { x[$0] }, y: kept.map { y[$0] },
            codes: PackedCodes(
                rows: kept.flatMap { codes.rows[($0 * 128)..<(($0 + 1) * 128)] }, norms: kept.map { lengths[$0] }),
            width: width, height: height)
    }
}
