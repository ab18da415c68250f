/// What of a photo must not be used, and what must be: areas in shares of its upright width and height.
public struct StitchMask: Sendable, Hashable, Codable {
    /// What an area means.
    public enum Kind: String, Sendable, Codable, CaseIterable {
        /// Never shown, compared or measured.
        case exclude
        /// Shown from this photo, whatever others show there.
        case include
    }

    /// A polygon.
    public struct Area: Sendable, Hashable, Codable {
        /// What it means.
        public var kind: Kind
        /// Corners: across and down, each 0...1.
        public var points: [[Double]]

        /// A polygon of at least three corners.
        public init(_ kind: Kind, _ points: [[Double]]) {
            self.kind = kind
            self.points = points
        }
    }

    /// The polygons; later ones lie over earlier ones.
    public var areas: [Area]

    /// A mask of polygons.
    public init(_ areas: [Area]) { self.areas = areas }

    /// Corners that all areas may have together.
    public static let maximumPoints = 10_000

    /// Whether it is of a form that can be used: three corners an area, each a number within the photo.
    public var isValid: Bool {
        areas.reduce(0) { $0 + $1.points.count } <= Self.maximumPoints
            && areas.allSatisfy { area in
                area.points.count >= 3
                    && area.points.allSatisfy { $0.count == 2 && $0.allSatisfy { (0...1).contains($0) } }
            }
    }
}

/// A mask as cells: what each small part of a photo is for.
package struct MaskCells: Sendable {
    /// Cells across and down.
    package static let side = 512
    /// 0 nothing said, 1 excluded, 2 included.
    private let cells: [UInt8]
    /// Whether any cell is excluded.
    package let excludes: Bool
    /// Whether any cell is included.
    package let includes: Bool

    /// The cells of a mask; nil where it says nothing.
    package init?(_ mask: StitchMask?) {
        guard let mask, mask.isValid else { return nil }
        var cells = [UInt8](repeating: 0, count: Self.side * Self.side)
        for area in mask.areas { Self.fill(area, in: &cells) }
        self.cells = Self.grown(cells)
        excludes = self.cells.contains(1)
        includes = self.cells.contains(2)
        guard excludes || includes else { return nil }
    }

    /// Even and odd crossings of the line through the middle of each row of cells.
    private static func fill(_ area: StitchMask.Area, in cells: inout [UInt8]) {
        let points = area.points.map { (x: $0[0] * Double(side), y: $0[1] * Double(side)) }
        for row in 0..<side {
            let y = Double(row) + 0.5
            var crossings: [Double] = []
            for index in points.indices {
                let (a, b) = (points[index], points[(index + 1) % points.count])
                guard (a.y <= y) != (b.y <= y) else { continue }
                crossings.append(a.x + (y - a.y) / (b.y - a.y) * (b.x - a.x))
            }
            crossings.sort()
            for pair in stride(from: 0, to: crossings.count - 1, by: 2) {
                let left = min(max(Int(crossings[pair].rounded()), 0), side)
                let right = min(max(Int(crossings[pair + 1].rounded()), left), side)
                for column in left..<right { cells[row * side + column] = area.kind == .exclude ? 1 : 2 }
            }
        }
    }

    /// Excluded areas grow by two cells: what is beside them in the file is mixed with them.
    private static func grown(_ cells: [UInt8]) -> [UInt8] {
        var wide = cells
        for step in [1, side] {
            for _ in 0..<2 {
                let before = wide
                for at in before.indices where before[at] == 1 {
                    let column = at % side
                    if step == side || column > 0, at >= step { wide[at - step] = 1 }
                    if step == side || column < side - 1, at + step < wide.count { wide[at + step] = 1 }
                }
            }
        }
        return wide
    }

    private func cell(_ x: Double, _ y: Double, _ width: Int, _ height: Int) -> UInt8 {
        guard x.isFinite, y.isFinite, x >= -0.5, y >= -0.5, x < Double(width), y < Double(height) else { return 0 }
        let column = min(max(Int((x + 0.5) / Double(width) * Double(Self.side)), 0), Self.side - 1)
        let row = min(max(Int((y + 0.5) / Double(height) * Double(Self.side)), 0), Self.side - 1)
        return cells[row * Self.side + column]
    }

    /// Whether a pixel of a photo of the given size is excluded.
    package func excludes(x: Double, y: Double, width: Int, height: Int) -> Bool { cell(x, y, width, height) == 1 }

    /// Whether a pixel of a photo of the given size is included.
    package func includes(x: Double, y: Double, width: Int, height: Int) -> Bool { cell(x, y, width, height) == 2 }

    /// Whether anything within `margin` pixels is excluded.
    package func isNearExcluded(x: Double, y: Double, width: Int, height: Int, margin: Double) -> Bool {
        let steps = [-1.0, -0.5, 0, 0.5, 1]
        return steps.contains { down in
            steps.contains { across in
                excludes(x: x + across * margin, y: y + down * margin, width: width, height: height)
            }
        }
    }

    /// The share of the photo that is excluded.
    package var excludedShare: Double { Double(cells.count { $0 == 1 }) / Double(cells.count) }

    /// Moves places that lie on excluded pixels out of the photo.
    package func hide(_ x: inout [Float], _ y: inout [Float], count: Int, width: Int, height: Int) {
        guard excludes else { return }
        for at in 0..<min(count, x.count)
        where excludes(x: Double(x[at]), y: Double(y[at]), width: width, height: height) {
            x[at] = -1e6
            y[at] = -1e6
        }
    }
}
