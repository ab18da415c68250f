import Foundation
public import Imaging
internal import Kernels

/// A panorama that goes all round as tiles of a cube, for viewers that take only what they show (PANO-205).
public struct CubeTiles {
    /// What tiles there are and where.
    public struct Index: Sendable, Codable, Hashable {
        /// Pixels a side of a face.
        public var side: Int
        /// Pixels a side of a tile.
        public var tile: Int
        /// Sides of a face level by level, the largest first.
        public var levels: [Int]
        /// Where each tile's JPEG begins among the bytes and how long it is, by face/level/column_row; faces as in
        /// ``CubeMap/Face``. Tiles that show nothing are not there.
        public var places: [String: [Int]]
    }

    /// What tiles there are.
    public let index: Index
    /// Their files, one after the other.
    public let bytes: [UInt8]

    /// Whether a panorama can be shown so.
    public static func suits(_ frame: PanoramaFrame) -> Bool {
        frame.hasAngles && frame.closed && ["sphere", "cylinder", "mercator"].contains(frame.surface)
            && frame.width >= 64 && frame.scale > 0
    }

    /// Whether viewers take tiles unless told otherwise: one picture of it would be too large for many screens' memory.
    public static func areDefault(_ frame: PanoramaFrame) -> Bool {
        suits(frame) && frame.width > CubeMap.worthwhileWidth
    }

    /// The tiles of a panorama; nil where ``suits(_:)`` says no.
    ///
    /// - Parameters:
    ///   - image: The panorama, `rgb8`.
    ///   - mebibytes: What may be used besides: a face is at most as large as fits.
    ///   - quality: Of the JPEG files.
    /// - Throws: `ImageError` when a tile cannot be made.
    public init?(_ image: Image, frame: PanoramaFrame, mebibytes: Int, quality: Int = 86) throws(ImageError) {
        guard Self.suits(frame), let surface = Surface(name: frame.surface), image.format == .rgb8, image.isPacked,
            image.width == frame.width, image.height == frame.height
        else { return nil }
        // A face, its smaller levels and a row of places.
        let most = Int((Double(max(64, mebibytes)) * 1_048_576 / 48).squareRoot())
        let side = min(max(64, frame.width / 4), most, 8_192)
        var index = Index(side: side, tile: CubeMap.tile, levels: [side], places: [:])
        while let last = index.levels.last, last > CubeMap.tile { index.levels.append((last + 1) / 2) }
        var bytes: [UInt8] = []
        for face in CubeMap.Face.allCases {
            let whole = try Self.face(face, image, frame, surface, side: side)
            for (level, size) in index.levels.enumerated() {
                let picture = level == 0 ? whole : try whole.resized(width: size, height: size)
                for row in 0..<((size + CubeMap.tile - 1) / CubeMap.tile) {
                    for column in 0..<((size + CubeMap.tile - 1) / CubeMap.tile) {
                        guard
                            Self.isShown(face, frame, surface, part: (column, row), size: size)
                        else { continue }
                        let (x, y) = (column * CubeMap.tile, row * CubeMap.tile)
                        let box = PixelBox(
                            x: x, y: y, width: min(CubeMap.tile, size - x), height: min(CubeMap.tile, size - y))
                        let file = try picture.cropped(to: box).encoded(as: .jpeg(quality: quality))
                        index.places["\(face.rawValue)/\(level)/\(column)_\(row)"] = [bytes.count, file.count]
                        bytes += file
                    }
                }
            }
        }
        self.index = index
        self.bytes = bytes
    }

    /// The direction of a place of a face, both from -1 to 1.
    private static func direction(_ face: CubeMap.Face, _ u: Double, _ v: Double) -> Vector3 {
        let axes = face.axes
        func part(_ k: Int) -> Double { u * Double(axes[k]) + v * Double(axes[3 + k]) + Double(axes[6 + k]) }
        return Vector3(part(0), part(1), part(2))
    }

    private static func face(
        _ face: CubeMap.Face, _ image: Image, _ frame: PanoramaFrame, _ surface: Surface, side: Int
    ) throws(ImageError) -> Image {
        if case .sphere = surface {
            let rgb = sampledSphere(
                image.bytes, width: image.width, height: image.height, top: frame.top - 0.5 / frame.scale,
                face: face.axes, side: side)
            return try Image(width: side, height: side, format: .rgb8, bytes: rgb)
        }
        var rgb: [UInt8] = []
        rgb.reserveCapacity(side * side * 3)
        for top in stride(from: 0, to: side, by: 128) {
            let rows = min(128, side - top)
            var (x, y) = ([Float](repeating: 0, count: rows * side), [Float](repeating: 0, count: rows * side))
            for row in 0..<rows {
                for column in 0..<side {
                    let ray = direction(
                        face, Double(2 * column) / Double(side - 1) - 1, Double(2 * (top + row)) / Double(side - 1) - 1)
                    guard let point = surface.point(of: ray) else { continue }
                    let at = row * side + column
                    x[at] = Float(min(max(0, (point.u - frame.left) * frame.scale), Double(frame.width - 1)))
                    y[at] = Float(min(max(0, (point.v - frame.top) * frame.scale), Double(frame.height - 1)))
                }
            }
            let strip = image.warped(by: try PlaceMap(width: side, height: rows, x: x, y: y)).image
            rgb += strip.bytes.prefix(rows * side * 3)
        }
        return try Image(width: side, height: side, format: .rgb8, bytes: rgb)
    }

    /// Whether any of nine by nine places of a tile lies between the panorama's upper and lower border.
    private static func isShown(
        _ face: CubeMap.Face, _ frame: PanoramaFrame, _ surface: Surface, part: (column: Int, row: Int), size: Int
    ) -> Bool {
        let (low, high) = (frame.top, frame.top + Double(frame.height - 1) / frame.scale)
        for row in 0...8 {
            for column in 0...8 {
                func place(_ part: Int, _ step: Int) -> Double {
                    let end = min(size, (part + 1) * CubeMap.tile)
                    let at = Double(part * CubeMap.tile) + Double(end - part * CubeMap.tile) * Double(step) / 8
                    return 2 * at / Double(size) - 1
                }
                let ray = direction(face, place(part.column, column), place(part.row, row))
                if let point = surface.point(of: ray), point.v >= low, point.v <= high { return true }
            }
        }
        return false
    }
}
