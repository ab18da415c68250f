import Foundation

/// Least samples for a camera that turns (chapter 3.3 and 4; Brown, Hartley and Nistér 2007).
public enum RotationSolvers {
    /// Three unknowns: the turn between two cameras of known focal lengths, from two pairs of pixels (x, y, x', y') from
    /// the middles; nil when the pairs are one direction.
    public static func turn(_ pairs: [Double], focal0: Double, focal1: Double) -> Matrix3? {
        guard pairs.count >= 8, pairs.count % 4 == 0, focal0 > 0, focal1 > 0 else { return nil }
        let from = stride(from: 0, to: pairs.count, by: 4).map { Vector3(pairs[$0], pairs[$0 + 1], focal0).normalized }
        let to = stride(from: 0, to: pairs.count, by: 4).map {
            Vector3(pairs[$0 + 2], pairs[$0 + 3], focal1).normalized
        }
        guard from[0].cross(from[1]).length > 1e-9 else { return nil }
        return RotationMotion.between(from, to)
    }

    /// Four unknowns: the turn and one focal length that both cameras share, from two pairs.
    ///
    /// The angle between two points is the same in both: with F = f²,
    /// (x1·x2+F)² (|y1|²+F)(|y2|²+F) = (y1·y2+F)² (|x1|²+F)(|x2|²+F), in which F⁴ cancels and a cubic is left.
    /// - Returns: All answers with a positive focal length, least first.
    public static func sharedFocal(_ p: [Double]) -> [(focal: Double, turn: Matrix3)] {
        guard p.count == 8 else { return [] }
        func quadratics(_ at: Int) -> ([Double], [Double]) {
            let (ax, ay, bx, by) = (p[at], p[at + 1], p[at + 4], p[at + 5])
            let dot = ax * bx + ay * by
            let (a, b) = (ax * ax + ay * ay, bx * bx + by * by)
            // (dot + F)², and (a + F)(b + F), by rising powers of F.
            return ([dot * dot, 2 * dot, 1], [a * b, a + b, 1])
        }
        let (first, second) = (quadratics(0), quadratics(2))
        let (left, right) = (product(first.0, second.1), product(second.0, first.1))
        let cubic = (0..<4).map { left[$0] - right[$0] }
        return roots(cubic).filter { $0 > 1e-6 }.sorted().compactMap { square in
            let focal = square.squareRoot()
            return turn(p, focal0: focal, focal1: focal).map { (focal, $0) }
        }
    }

    /// Five unknowns: the turn and both focal lengths, from the homography of four pairs or more.
    public static func ownFocals(_ pairs: [Double]) -> (focal0: Double, focal1: Double, turn: Matrix3)? {
        let map = pairs.count == 16 ? Homography.minimal(pairs) : Homography.fit(pairs)
        guard let map else { return nil }
        let focals = FocalFromHomography.focals(map)
        guard let first = focals.first, let second = focals.second,
            let turn = turn(pairs, focal0: first, focal1: second)
        else { return nil }
        return (first, second, turn)
    }

    private static func product(_ a: [Double], _ b: [Double]) -> [Double] {
        var out = [Double](repeating: 0, count: a.count + b.count - 1)
        for i in a.indices { for j in b.indices { out[i + j] += a[i] * b[j] } }
        return out
    }

    /// Real roots of c0 + c1 F + c2 F² + c3 F³, polished by Newton's steps.
    static func roots(_ c: [Double]) -> [Double] {
        // In units of a typical root, so that all coefficients are near 1.
        let unit = 1e5
        let a = (0..<4).map { c[$0] * pow(unit, Double($0)) }
        let size = a.reduce(0) { max($0, abs($1)) }
        guard size > 0, size.isFinite else { return [] }
        let n = a.map { $0 / size }
        func value(_ x: Double) -> Double { n[0] + x * (n[1] + x * (n[2] + x * n[3])) }
        func slope(_ x: Double) -> Double { n[1] + x * (2 * n[2] + x * 3 * n[3]) }
        // Signs change between the extrema: bisection cannot miss a root that crosses.
        var knots = [1e-7]
        let (qa, qb, qc) = (3 * n[3], 2 * n[2], n[1])
        if abs(qa) > 1e-300 {
            let inside = qb * qb - 4 * qa * qc
            if inside > 0 { knots += [(-qb - inside.squareRoot()) / (2 * qa), (-qb + inside.squareRoot()) / (2 * qa)] }
        } else if abs(qb) > 1e-300 {
            knots.append(-qc / qb)
        }
        knots = (knots.filter { $0 > 0 && $0 < 1e6 } + [1e6]).sorted()
        var found: [Double] = []
        for (low, high) in zip(knots, knots.dropFirst()) where value(low) * value(high) <= 0 {
            var (a, b) = (low, high)
            let rises = value(b) > value(a)
            for _ in 0..<200 {
                let middle = (a + b) / 2
                if (value(middle) > 0) == rises { b = middle } else { a = middle }
            }
            var root = (a + b) / 2
            for _ in 0..<3 where abs(slope(root)) > 1e-300 {
                let next = root - value(root) / slope(root)
                if next > low / 2, next < high * 2 { root = next }
            }
            found.append(root * unit)
        }
        return found
    }
}
