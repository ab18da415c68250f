import Basics
import Foundation
internal import Kernels

/// Affine maps from parts of a picture to a photo, by points that look alike.
struct LocalMaps {
    /// Pixels a side of a part.
    static let cell = 64
    /// Columns and rows of parts.
    let columns: Int
    let rows: Int
    /// Six numbers a part; nil where the photo has nothing of it.
    private(set) var maps: [[Double]?]

    /// How far from the middle of a part its points may lie, tried one after the other.
    private static let reaches = [80.0, 140.0]
    /// Pixels of the photo that a point may be off.
    private static let tolerance = 3.0
    private static let fewest = 5
    private static let trials = 60

    /// The maps of a picture of a size to a photo: places of matching points from the upper left corners.
    init(_ pairs: [SIMD4<Double>], width: Int, height: Int) {
        columns = max(1, (width + Self.cell - 1) / Self.cell)
        rows = max(1, (height + Self.cell - 1) / Self.cell)
        maps = []
        var random = SeededRandom(seed: 0x0A0D17 &+ UInt64(pairs.count))
        let drawers = Dictionary(grouping: pairs) { SIMD2(Int($0.x) / Self.cell, Int($0.y) / Self.cell) }
        for row in 0..<rows {
            for column in 0..<columns {
                let near = (-3...3).flatMap { down in
                    (-3...3).flatMap { across in drawers[SIMD2(column + across, row + down)] ?? [] }
                }
                let middle = (Double(column) + 0.5, Double(row) + 0.5)
                maps.append(
                    Self.map(near, x: middle.0 * Double(Self.cell), y: middle.1 * Double(Self.cell), &random))
            }
        }
        lend()
    }

    private static func map(
        _ pairs: [SIMD4<Double>], x: Double, y: Double, _ random: inout SeededRandom
    ) -> [Double]? {
        for reach in reaches {
            let inside = pairs.filter { abs($0.x - x) <= reach && abs($0.y - y) <= reach }
            guard inside.count >= fewest else { continue }
            var best: (map: [Double], count: Int) = ([], 0)
            for _ in 0..<trials {
                let three = (0..<3).map { _ in inside[Int(random.next() % UInt64(inside.count))] }
                guard let map = fitted(three) else { continue }
                let count = agreeing(inside, map, tolerance: tolerance)
                if count > best.count { best = (map, count) }
            }
            guard best.count >= max(fewest, inside.count / 4) else { continue }
            if let map = fitted(inside.filter { isNear(best.map, $0) }) { return map }
        }
        return nil
    }

    private static func isNear(_ map: [Double], _ pair: SIMD4<Double>) -> Bool {
        let (u, v) = (map[0] * pair.x + map[1] * pair.y + map[2], map[3] * pair.x + map[4] * pair.y + map[5])
        return abs(u - pair.z) < tolerance && abs(v - pair.w) < tolerance
    }

    /// Least squares; nil where the points lie on a line or the map turns things over or changes their size out of reason.
    private static func fitted(_ pairs: [SIMD4<Double>]) -> [Double]? {
        let count = Double(pairs.count)
        let mean = pairs.reduce(SIMD4<Double>.zero, +) / count
        var (xx, xy, yy) = (0.0, 0.0, 0.0)
        var (ux, uy, vx, vy) = (0.0, 0.0, 0.0, 0.0)
        for pair in pairs {
            let d = pair - mean
            xx += d.x * d.x
            xy += d.x * d.y
            yy += d.y * d.y
            ux += d.z * d.x
            uy += d.z * d.y
            vx += d.w * d.x
            vy += d.w * d.y
        }
        let determinant = xx * yy - xy * xy
        guard determinant > 1e-3 * (xx + yy) * (xx + yy) else { return nil }
        let a = (ux * yy - uy * xy) / determinant
        let b = (uy * xx - ux * xy) / determinant
        let c = (vx * yy - vy * xy) / determinant
        let d = (vy * xx - vx * xy) / determinant
        let area = a * d - b * c
        guard area > 1.0 / 36, area < 36, abs(b) + abs(c) < 4 * (abs(a) + abs(d)) + 4 else { return nil }
        return [a, b, mean.z - a * mean.x - b * mean.y, c, d, mean.w - c * mean.x - d * mean.y]
    }

    /// Parts without points of their own take their neighbours' map: what was spoiled has no points.
    private mutating func lend() {
        for _ in 0..<2 {
            let before = maps
            for row in 0..<rows {
                for column in 0..<columns where before[row * columns + column] == nil {
                    var near: [[Double]] = []
                    for (dx, dy) in [(-1, 0), (1, 0), (0, -1), (0, 1)] {
                        let (x, y) = (column + dx, row + dy)
                        guard x >= 0, y >= 0, x < columns, y < rows, let map = before[y * columns + x] else { continue }
                        near.append(map)
                    }
                    guard !near.isEmpty else { continue }
                    maps[row * columns + column] = (0..<6).map { part in
                        near.reduce(0) { $0 + $1[part] } / Double(near.count)
                    }
                }
            }
        }
    }
}
