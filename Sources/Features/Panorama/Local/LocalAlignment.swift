import Foundation
package import Imaging
package import Kernels

/// Small displacements of a photo's pixels on a grid, bilinear between its nodes, in matching pixels.
package struct WarpField: Sendable {
    /// Columns of nodes.
    package let columns: Int
    /// Rows of nodes.
    package let rows: Int
    /// Pixels between nodes.
    package let spacing: Double
    /// Width of the photo in matching pixels.
    package let width: Double
    /// Height of the photo.
    package let height: Double
    /// x, y of each node.
    private(set) var nodes: [SIMD2<Double>]

    /// A field that is nearest to samples (x, y from the middle, and what the displacement is there), smooth between.
    ///
    /// Lowers Σ |u(x) - v|² + λ Σ |u - u'|² over neighbouring nodes + τ Σ |u|², which lets it fade where nothing is known.
    package init(
        width: Double, height: Double, spacing: Double = 32, samples: [(x: Double, y: Double, move: SIMD2<Double>)],
        smoothness: Double = 0.1, fade: Double = 0.002
    ) {
        self.width = width
        self.height = height
        self.spacing = spacing
        columns = max(2, Int((width / spacing).rounded(.up)) + 1)
        rows = max(2, Int((height / spacing).rounded(.up)) + 1)
        var sums = [SIMD2<Double>](repeating: .zero, count: columns * rows)
        var weights = [Double](repeating: 0, count: columns * rows)
        nodes = sums
        for sample in samples {
            guard let cell = cell(sample.x, sample.y) else { continue }
            for (node, share) in cell {
                sums[node] += sample.move * share
                weights[node] += share
            }
        }
        for _ in 0..<300 {
            for row in 0..<rows {
                for column in 0..<columns {
                    let at = row * columns + column
                    var sum = sums[at]
                    var weight = weights[at] + fade
                    for (dx, dy) in [(-1, 0), (1, 0), (0, -1), (0, 1)] {
                        let (x, y) = (column + dx, row + dy)
                        guard x >= 0, y >= 0, x < columns, y < rows else { continue }
                        sum += nodes[y * columns + x] * smoothness
                        weight += smoothness
                    }
                    nodes[at] = sum / weight
                }
            }
        }
    }

    private func cell(_ x: Double, _ y: Double) -> [(Int, Double)]? {
        let (u, v) = ((x + width / 2) / spacing, (y + height / 2) / spacing)
        guard u >= 0, v >= 0, u <= Double(columns - 1), v <= Double(rows - 1) else { return nil }
        let (i, j) = (min(columns - 2, Int(u)), min(rows - 2, Int(v)))
        let (s, t) = (u - Double(i), v - Double(j))
        let at = j * columns + i
        return [
            (at, (1 - s) * (1 - t)), (at + 1, s * (1 - t)), (at + columns, (1 - s) * t), (at + columns + 1, s * t),
        ]
    }

    /// The displacement at a place from the middle; 0 outside the grid.
    package func move(x: Double, y: Double) -> SIMD2<Double> {
        (cell(x, y) ?? []).reduce(SIMD2.zero) { $0 + nodes[$1.0] * $1.1 }
    }

    /// The greatest displacement of a node in pixels.
    package var greatest: Double { nodes.reduce(0) { max($0, ($1 * $1).sum().squareRoot()) } }

    /// How far the field bends the photo's own straight lines: the greatest sag of a row or column of nodes over four
    /// cells, in pixels.
    package var bend: Double {
        var worst = 0.0
        func sag(_ a: Int, _ b: Int, _ c: Int) {
            let off = nodes[b] - (nodes[a] + nodes[c]) / 2
            worst = max(worst, (off * off).sum().squareRoot())
        }
        for row in 0..<rows {
            for column in 0..<columns {
                let at = row * columns + column
                if column >= 2, column + 2 < columns { sag(at - 2, at, at + 2) }
                if row >= 2, row + 2 < rows { sag(at - 2 * columns, at, at + 2 * columns) }
            }
        }
        return worst
    }

    /// The photo with each pixel taken from where the field says.
    package func applied(to image: Image) -> Image {
        let scale = Double(image.width) / width
        let (cx, cy) = (Double(image.width - 1) / 2, Double(image.height - 1) / 2)
        var x = [Float](repeating: 0, count: image.width * image.height)
        var y = x
        for row in 0..<image.height {
            for column in 0..<image.width {
                let (px, py) = (Double(column) - cx, Double(row) - cy)
                let move = move(x: px / scale, y: py / scale) * scale
                x[row * image.width + column] = Float(Double(column) + move.x)
                y[row * image.width + column] = Float(Double(row) + move.y)
            }
        }
        guard let map = try? PlaceMap(width: image.width, height: image.height, x: x, y: y) else { return image }
        return image.warped(by: map, sampling: .bicubic, border: .replicate).image
    }
}

/// Brings photos together locally where they are a few pixels apart, by parallax or small errors (Shum and Szeliski 2000,
/// deghosting): flow of patches in every overlap, the mean ray of what the views say, a smooth warp of each photo.
package struct LocalAlignment: Sendable {
    /// How patches are found: on three levels, up to eight pixels.
    package var patches: PatchPairs = {
        var patches = PatchPairs()
        patches.levels = 3
        patches.limit = 8
        patches.spacing = 32
        patches.closure = 0.5
        patches.leastCorrelation = 0.7
        return patches
    }()
    /// A photo whose lines would bend more than this, in pixels, is left as it is.
    package var greatestBend = 3.0

    /// An alignment with the usual settings.
    package init() {}

    /// A field for each photo that needs one.
    package func fields(
        _ group: SolvedGroup, points: [PhotoPoints], plane: (Int) -> WeightedPlane?
    ) -> [Int: WarpField] {
        var pyramids: [Int: [WeightedPlane]] = [:]
        for photo in group.photos { pyramids[photo] = plane(photo).map(Self.pyramid) }
        var samples: [Int: [(x: Double, y: Double, move: SIMD2<Double>)]] = [:]
        for (edge, _) in group.edges {
            guard let a = pyramids[edge.first], let b = pyramids[edge.second] else { continue }
            let there = group.geometry.mapping(edge.first, edge.second, points)
            let back = group.geometry.mapping(edge.second, edge.first, points)
            for found in patches.find(a, b, there: there) {
                let p = found.pair
                guard let seenThere = there(p[0], p[1]), let seenBack = back(p[2], p[3]) else { continue }
                // Each photo gives way by half: what is expected between both lies half way.
                let (ax, ay) = ((p[0] - seenBack.x) / 2, (p[1] - seenBack.y) / 2)
                let (bx, by) = ((p[2] - seenThere.x) / 2, (p[3] - seenThere.y) / 2)
                samples[edge.first, default: []].append((p[0] - ax, p[1] - ay, SIMD2(ax, ay)))
                samples[edge.second, default: []].append((p[2] - bx, p[3] - by, SIMD2(bx, by)))
            }
        }
        var out: [Int: WarpField] = [:]
        for (photo, moves) in samples {
            let field = WarpField(width: points[photo].width, height: points[photo].height, samples: moves)
            if field.greatest > 0.2, field.bend <= greatestBend { out[photo] = field }
        }
        return out
    }

    static func pyramid(_ plane: WeightedPlane) -> [WeightedPlane] {
        let levels = try? AlignmentPicture(plane: plane).pyramid(levels: 3)
        return levels?.map(\.plane) ?? [plane]
    }
}
