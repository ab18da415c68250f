/// The place of an extremum between pixels.
public enum SubpixelPeak {
    /// Where the parabola through three equally spaced values has its extremum, -0.5...0.5 from the middle one; 0 when flat.
    public static func offset(_ before: Double, _ at: Double, _ after: Double) -> Double {
        let bend = before - 2 * at + after
        guard abs(bend) > 1e-300, bend.isFinite else { return 0 }
        return min(0.5, max(-0.5, (before - after) / (2 * bend)))
    }

    /// The same for 3 x 3 values, row by row, by the quadratic that fits all nine best; falls back to two parabolas.
    public static func offset(_ v: [Double]) -> (x: Double, y: Double) {
        precondition(v.count == 9)
        let plain = (offset(v[3], v[4], v[5]), offset(v[1], v[4], v[7]))
        let right = v[2] + v[5] + v[8]
        let left = v[0] + v[3] + v[6]
        let (lower, upper) = (v[6] + v[7] + v[8], v[0] + v[1] + v[2])
        let (gx, gy) = ((right - left) / 6, (lower - upper) / 6)
        let xx = (right + left - 2 * (v[1] + v[4] + v[7])) / 3
        let yy = (lower + upper - 2 * (v[3] + v[4] + v[5])) / 3
        let xy = (v[0] + v[8] - v[2] - v[6]) / 4
        let determinant = xx * yy - xy * xy
        guard determinant > 1e-12 * (xx * xx + yy * yy) else { return plain }
        let (x, y) = ((xy * gy - yy * gx) / determinant, (xy * gx - xx * gy) / determinant)
        return abs(x) <= 1 && abs(y) <= 1 ? (x, y) : plain
    }
}
