/// Σ w (up - uq - d)² + Σ s u² over the neighbours of a grid, at its least: conjugate gradients that one V-cycle over
/// pairs of rows and columns prepares (symmetric Gauss-Seidel; cells are constant on the next level).
///
/// Pixels without any weight stay 0, so areas may have any form; columns may wrap.
package struct PoissonGrid: Sendable {
    /// Columns.
    package let width: Int
    /// Rows.
    package let height: Int
    /// Whether column `width` is column 0 again.
    package let wraps: Bool
    /// Weight between a pixel and its right neighbour.
    package var right: [Float]
    /// Weight between a pixel and its lower neighbour.
    package var down: [Float]
    /// What a pixel's own value costs.
    package var screen: [Float]

    /// A grid without any weight.
    package init(width: Int, height: Int, wraps: Bool) {
        precondition(width > 0 && height > 0)
        self.width = width
        self.height = height
        // A single column is no neighbour of itself.
        self.wraps = wraps && width > 2
        right = [Float](repeating: 0, count: width * height)
        down = right
        screen = right
    }

    /// The right side of the normal equations for wished steps: u(right) - u(here), u(below) - u(here).
    package func divergence(across: [Float], down below: [Float]) -> [Float] {
        precondition(across.count == right.count && below.count == down.count)
        var out = [Float](repeating: 0, count: right.count)
        for y in 0..<height {
            for x in 0..<width {
                let at = y * width + x
                let next = x + 1 < width ? at + 1 : wraps ? at + 1 - width : -1
                if next >= 0, right[at] > 0 {
                    out[at] -= right[at] * across[at]
                    out[next] += right[at] * across[at]
                }
                if y + 1 < height, down[at] > 0 {
                    out[at] -= down[at] * below[at]
                    out[at + width] += down[at] * below[at]
                }
            }
        }
        return out
    }

    /// The values of least cost.
    ///
    /// - Parameters:
    ///   - target: The right side, from `divergence`, with any screened values times their weight.
    ///   - start: Values to begin with.
    ///   - tolerance: Residual against its start at which it ends.
    ///   - limit: Most steps.
    package func solved(
        _ target: [Float], start: [Float]? = nil, tolerance: Float = 1e-5, limit: Int = 60
    ) -> [Float] {
        precondition(target.count == width * height && (start?.count ?? target.count) == target.count)
        var levels = [PoissonLevel(self)]
        while let last = levels.last, last.width > 4 || last.height > 4 { levels.append(last.coarser()) }
        let fine = levels[0]
        var u = start ?? [Float](repeating: 0, count: target.count)
        var moved = [Float](repeating: 0, count: target.count)
        fine.apply(u, into: &moved)
        var rest = target
        for at in rest.indices { rest[at] -= moved[at] }
        var direction = [Float](repeating: 0, count: target.count)
        var (last, first) = (0.0, 0.0)
        for step in 0..<limit {
            let ready = Self.cycle(levels, 0, rest)
            let rho = Self.dot(rest, ready)
            if step == 0 { first = rho }
            guard rho > 0, rho > first * Double(tolerance) * Double(tolerance) else { break }
            let keep = step == 0 ? 0 : Float(rho / last)
            for at in direction.indices { direction[at] = ready[at] + keep * direction[at] }
            last = rho
            fine.apply(direction, into: &moved)
            let curvature = Self.dot(direction, moved)
            guard curvature > 0 else { break }
            let length = Float(rho / curvature)
            for at in u.indices {
                u[at] += length * direction[at]
                rest[at] -= length * moved[at]
            }
        }
        return u
    }

    private static func dot(_ a: [Float], _ b: [Float]) -> Double {
        var sum = 0.0
        for at in a.indices { sum += Double(a[at]) * Double(b[at]) }
        return sum
    }

    private static func cycle(_ levels: [PoissonLevel], _ index: Int, _ rest: [Float]) -> [Float] {
        let level = levels[index]
        var u = [Float](repeating: 0, count: rest.count)
        let isLast = index + 1 == levels.count
        for _ in 0..<(isLast ? 12 : 1) { level.sweep(&u, rest, backwards: false) }
        if !isLast {
            let correction = cycle(levels, index + 1, level.restricted(u, rest))
            level.add(correction, to: &u)
        }
        for _ in 0..<(isLast ? 12 : 1) { level.sweep(&u, rest, backwards: true) }
        return u
    }
}

/// One level of the cycle.
private struct PoissonLevel {
    let width: Int
    let height: Int
    let wraps: Bool
    let right: [Float]
    let down: [Float]
    let screen: [Float]
    let inverse: [Float]

    init(_ grid: PoissonGrid) {
        self.init(
            width: grid.width, height: grid.height, wraps: grid.wraps, right: grid.right, down: grid.down,
            screen: grid.screen)
    }

    init(width: Int, height: Int, wraps: Bool, right: [Float], down: [Float], screen: [Float]) {
        self.width = width
        self.height = height
        self.wraps = wraps
        self.right = right
        self.down = down
        self.screen = screen
        var diagonal = screen
        for y in 0..<height {
            for x in 0..<width {
                let at = y * width + x
                let next = x + 1 < width ? at + 1 : wraps ? at + 1 - width : -1
                if next >= 0 {
                    diagonal[at] += right[at]
                    diagonal[next] += right[at]
                }
                if y + 1 < height {
                    diagonal[at] += down[at]
                    diagonal[at + width] += down[at]
                }
            }
        }
        inverse = diagonal.map { $0 > 0 ? 1 / $0 : 0 }
    }

    /// Half the sides. Weights between cells are sums, halved as the distance doubles.
    func coarser() -> PoissonLevel {
        let (w, h) = ((width + 1) / 2, (height + 1) / 2)
        var sums = (
            right: [Float](repeating: 0, count: w * h), down: [Float](repeating: 0, count: w * h),
            screen: [Float](repeating: 0, count: w * h)
        )
        for y in 0..<height {
            for x in 0..<width {
                let (at, to) = (y * width + x, y / 2 * w + x / 2)
                sums.screen[to] += screen[at]
                let goes = x + 1 < width ? (x + 1) / 2 != x / 2 : wraps && w > 1
                if goes { sums.right[to] += right[at] / 2 }
                if y + 1 < height, (y + 1) / 2 != y / 2 { sums.down[to] += down[at] / 2 }
            }
        }
        return PoissonLevel(
            width: w, height: h, wraps: wraps && w > 1, right: sums.right, down: sums.down, screen: sums.screen)
    }

    @inline(__always)
    private func around(
        _ u: UnsafePointer<Float>, _ r: UnsafePointer<Float>, _ d: UnsafePointer<Float>, _ x: Int, _ y: Int
    )
        -> Float
    {
        let at = y * width + x
        var sum: Float = 0
        if x + 1 < width { sum += r[at] * u[at + 1] } else if wraps { sum += r[at] * u[at + 1 - width] }
        if x > 0 { sum += r[at - 1] * u[at - 1] } else if wraps { sum += r[at + width - 1] * u[at + width - 1] }
        if y + 1 < height { sum += d[at] * u[at + width] }
        if y > 0 { sum += d[at - width] * u[at - width] }
        return sum
    }

    /// out = A u, by differences: rows of weights add up to nothing exactly, or rounding would outweigh a small screen.
    func apply(_ u: [Float], into out: inout [Float]) {
        for at in out.indices { out[at] = screen[at] * u[at] }
        out.withUnsafeMutableBufferPointer { out in
            u.withUnsafeBufferPointer { u in
                for y in 0..<height {
                    for x in 0..<width {
                        let at = y * width + x
                        let next = x + 1 < width ? at + 1 : wraps ? at + 1 - width : at
                        let across = right[at] * (u[at] - u[next])
                        out[at] += across
                        out[next] -= across
                        guard y + 1 < height else { continue }
                        let below = down[at] * (u[at] - u[at + width])
                        out[at] += below
                        out[at + width] -= below
                    }
                }
            }
        }
    }

    /// One Gauss-Seidel sweep; the one backwards takes the pixels in exactly the other order.
    func sweep(_ u: inout [Float], _ rest: [Float], backwards: Bool) {
        u.withUnsafeMutableBufferPointer { u in
            right.withUnsafeBufferPointer { r in
                down.withUnsafeBufferPointer { d in
                    guard let u = u.baseAddress, let r = r.baseAddress, let d = d.baseAddress else { return }
                    for line in 0..<height {
                        let y = backwards ? height - 1 - line : line
                        for step in 0..<width {
                            let x = backwards ? width - 1 - step : step
                            let at = y * width + x
                            u[at] = (rest[at] + around(u, r, d, x, y)) * inverse[at]
                        }
                    }
                }
            }
        }
    }

    func restricted(_ u: [Float], _ rest: [Float]) -> [Float] {
        let w = (width + 1) / 2
        var moved = [Float](repeating: 0, count: u.count)
        apply(u, into: &moved)
        var out = [Float](repeating: 0, count: w * ((height + 1) / 2))
        for y in 0..<height {
            for x in 0..<width {
                let at = y * width + x
                out[y / 2 * w + x / 2] += rest[at] - moved[at]
            }
        }
        return out
    }

    func add(_ coarse: [Float], to u: inout [Float]) {
        let w = (width + 1) / 2
        for y in 0..<height {
            for x in 0..<width where inverse[y * width + x] > 0 {
                u[y * width + x] += coarse[y / 2 * w + x / 2]
            }
        }
    }
}
