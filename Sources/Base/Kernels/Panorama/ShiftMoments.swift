/// Weighted sums over the overlap of two planes at one shift, from which every measure of likeness follows.
package struct ShiftMoments: Sendable, Hashable {
    /// Σ w.
    package var weight = 0.0
    /// Σ w a.
    package var a = 0.0
    /// Σ w b.
    package var b = 0.0
    /// Σ w a².
    package var aa = 0.0
    /// Σ w b².
    package var bb = 0.0
    /// Σ w a b.
    package var ab = 0.0

    /// Sums of nothing.
    package init() {}

    /// The given sums.
    package init(weight: Double, a: Double, b: Double, aa: Double, bb: Double, ab: Double) {
        self.weight = weight
        self.a = a
        self.b = b
        self.aa = aa
        self.bb = bb
        self.ab = ab
    }
}

/// The sums of `a` at (x, y) and `b` at (x + shift): w is the product of both weights, and where it is 0 no value is read.
package func shiftMoments(_ a: WeightedPlane, _ b: WeightedPlane, shiftX: Int, shiftY: Int) -> ShiftMoments {
    var out = ShiftMoments()
    overlap(a, b, shiftX, shiftY) { at, other, count in
        for step in 0..<count {
            let (p, q) = (Double(a.values[at + step]), Double(b.values[other + step]))
            guard a.weights != nil || b.weights != nil else {
                out.weight += 1
                out.a += p
                out.b += q
                out.aa += p * p
                out.bb += q * q
                out.ab += p * q
                continue
            }
            let w = Double((a.weights?[at + step] ?? 1) * (b.weights?[other + step] ?? 1))
            guard w > 0 else { continue }
            out.weight += w
            out.a += w * p
            out.b += w * q
            out.aa += w * p * p
            out.bb += w * q * q
            out.ab += w * p * q
        }
    }
    return out
}

/// Σ w ρ(b - a) and Σ w at a shift.
package func shiftCost(
    _ a: WeightedPlane, _ b: WeightedPlane, shiftX: Int, shiftY: Int, loss: RobustLoss
) -> (cost: Double, weight: Double) {
    var (cost, weight) = (0.0, 0.0)
    overlap(a, b, shiftX, shiftY) { at, other, count in
        for step in 0..<count {
            let w = (a.weights?[at + step] ?? 1) * (b.weights?[other + step] ?? 1)
            guard w > 0 else { continue }
            cost += Double(w * loss.of(b.values[other + step] - a.values[at + step]).cost)
            weight += Double(w)
        }
    }
    return (cost, weight)
}

@inline(__always)
private func overlap(
    _ a: WeightedPlane, _ b: WeightedPlane, _ shiftX: Int, _ shiftY: Int, _ body: (Int, Int, Int) -> Void
) {
    let left = max(0, -shiftX)
    let right = min(a.width, b.width - shiftX)
    guard right > left else { return }
    for row in max(0, -shiftY)..<max(max(0, -shiftY), min(a.height, b.height - shiftY)) {
        body(row * a.width + left, (row + shiftY) * b.width + left + shiftX, right - left)
    }
}
