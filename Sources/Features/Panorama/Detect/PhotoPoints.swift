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
    /// Width of the photo in matching pixels.
    package let width: Double
    /// Height of the photo in matching pixels.
    package let height: Double

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
