/// A ray of a turning camera with its slopes: turn (3), focal length, lens.
struct SlopedRay {
    var w: SIMD3<Double>
    var slopes: InlineArray<5, SIMD3<Double>>

    /// The direction in the world of a pixel from the middle.
    @inline(__always)
    init(_ view: RayView, _ x: Double, _ y: Double) {
        let rho = (x * x + y * y) * view.inverseSquare
        let stretch = 1 + view.lens * rho
        let q = SIMD3(x, y, view.focal * stretch)
        let scale = 1 / (q * q).sum().squareRoot()
        let d = q * scale
        let along = (SIMD3(0, 0, 1) - d * d.z) * scale
        w = view.back(d)
        slopes = [
            view.back(SIMD3(0, d.z, -d.y)), view.back(SIMD3(-d.z, 0, d.x)), view.back(SIMD3(d.y, -d.x, 0)),
            view.back(along * stretch), view.back(along * (view.focal * rho)),
        ]
    }
}

/// Where a direction of the world is seen, with slopes by turn (3), focal length, lens, and by the direction (3).
struct SlopedPixel {
    var x: SIMD2<Double>
    var slopes: InlineArray<5, SIMD2<Double>>
    var byRay: InlineArray<3, SIMD2<Double>>

    /// Nil behind the camera or beyond the lens.
    @inline(__always)
    init?(_ view: RayView, _ w: SIMD3<Double>) {
        let q = view.there(w)
        guard q.z > 1e-9 else { return nil }
        let (f, inverse) = (view.focal, 1 / q.z)
        let ideal = SIMD2(q.x, q.y) * inverse
        let p = ideal * f
        let square = (p * p).sum()
        let kappa = view.lens * view.inverseSquare
        let inside = 1 - 4 * kappa * square
        guard inside > 1e-9 else { return nil }
        let t = inside.squareRoot()
        let bend = 2 / (1 + t)
        x = p * bend
        let bySquare = kappa * bend * bend / t
        @inline(__always) func bent(_ dp: SIMD2<Double>) -> SIMD2<Double> {
            dp * bend + p * (2 * bySquare * (p * dp).sum())
        }
        @inline(__always) func seen(_ dq: SIMD3<Double>) -> SIMD2<Double> {
            bent((SIMD2(dq.x, dq.y) - ideal * dq.z) * (f * inverse))
        }
        let r = view.rotation
        slopes = [
            seen(SIMD3(0, -q.z, q.y)), seen(SIMD3(q.z, 0, -q.x)), seen(SIMD3(-q.y, q.x, 0)), bent(ideal),
            p * (bend * bend * square / t * view.inverseSquare),
        ]
        byRay = [
            seen(SIMD3(r[0], r[3], r[6])), seen(SIMD3(r[1], r[4], r[7])), seen(SIMD3(r[2], r[5], r[8])),
        ]
    }
}

extension RayView {
    @inline(__always)
    fileprivate func back(_ v: SIMD3<Double>) -> SIMD3<Double> {
        let r = rotation
        return SIMD3(
            r[0] * v.x + r[3] * v.y + r[6] * v.z, r[1] * v.x + r[4] * v.y + r[7] * v.z,
            r[2] * v.x + r[5] * v.y + r[8] * v.z)
    }

    @inline(__always)
    fileprivate func there(_ v: SIMD3<Double>) -> SIMD3<Double> {
        let r = rotation
        return SIMD3(
            r[0] * v.x + r[1] * v.y + r[2] * v.z, r[3] * v.x + r[4] * v.y + r[5] * v.z,
            r[6] * v.x + r[7] * v.y + r[8] * v.z)
    }
}

/// What a pair costs that a camera cannot see.
private let lost = 1e4

@inline(__always)
private func huberWeight(_ length: Double, _ limit: Double, _ cost: inout Double) -> Double {
    if length <= limit {
        cost += length * length
        return 1
    }
    cost += 2 * limit * length - limit * limit
    return limit / length
}

/// Equations of x̃k(xj) - xk in pixels of camera k (equation 1.21), in the unknowns of `rayEquations`.
package func imagePlaneEquations(_ j: RayView, _ k: RayView, pairs: [Double], huber: Double) -> PairEquations {
    precondition(pairs.count % 4 == 0)
    var out = PairEquations(size: 10)
    for at in stride(from: 0, to: pairs.count, by: 4) {
        let ray = SlopedRay(j, pairs[at], pairs[at + 1])
        guard let seen = SlopedPixel(k, ray.w) else {
            out.cost += 2 * huber * lost - huber * huber
            continue
        }
        let r = seen.x - SIMD2(pairs[at + 2], pairs[at + 3])
        let weight = huberWeight((r * r).sum().squareRoot(), huber, &out.cost)
        var slopes = InlineArray<10, SIMD2<Double>>(repeating: .zero)
        for p in 0..<5 {
            let d = ray.slopes[p]
            slopes[p] = seen.byRay[0] * d.x + seen.byRay[1] * d.y + seen.byRay[2] * d.z
            slopes[p + 5] = seen.slopes[p]
        }
        for p in 0..<10 {
            let s = slopes[p] * weight
            out.vector[p] += (s * r).sum()
            for q in p..<10 { out.matrix[p * 10 + q] += (s * slopes[q]).sum() }
        }
    }
    return out
}

/// Lengths of x̃k(xj) - xk in pixels.
package func imagePlaneErrors(_ j: RayView, _ k: RayView, pairs: [Double]) -> [Double] {
    precondition(pairs.count % 4 == 0)
    return stride(from: 0, to: pairs.count, by: 4).map { at in
        guard let seen = SlopedPixel(k, SlopedRay(j, pairs[at], pairs[at + 1]).w) else { return lost }
        let r = seen.x - SIMD2(pairs[at + 2], pairs[at + 3])
        return (r * r).sum().squareRoot()
    }
}

/// Slopes of the place in camera k of a pixel of camera j by the ten unknowns: 2 x 10, row by row; nil when not seen.
package func mappingSlopes(_ j: RayView, _ k: RayView, x: Double, y: Double) -> (
    place: SIMD2<Double>, slopes: [Double]
)? {
    let ray = SlopedRay(j, x, y)
    guard let seen = SlopedPixel(k, ray.w) else { return nil }
    var out = [Double](repeating: 0, count: 20)
    for p in 0..<5 {
        let d = ray.slopes[p]
        let s = seen.byRay[0] * d.x + seen.byRay[1] * d.y + seen.byRay[2] * d.z
        (out[p], out[10 + p]) = (s.x, s.y)
        (out[p + 5], out[15 + p]) = (seen.slopes[p].x, seen.slopes[p].y)
    }
    return (seen.x, out)
}

/// Equations of one point seen by several cameras in ray space, f (w - X), with X eliminated (equation 1.23).
///
/// For given weights the best X is the weighted mean of the rays, so that it needs no start; five unknowns a camera.
package func rayTrackEquations(_ views: [RayView], places: [Double], huber: Double) -> PairEquations {
    let count = views.count
    precondition(places.count == 2 * count && count > 0)
    var out = PairEquations(size: 5 * count)
    let rays = (0..<count).map { SlopedRay(views[$0], places[$0 * 2], places[$0 * 2 + 1]) }
    var weights = views.map { $0.focal * $0.focal }
    var middle = SIMD3<Double>.zero
    for round in 0..<2 {
        let all = weights.reduce(0, +)
        middle = zip(rays, weights).reduce(SIMD3.zero) { $0 + $1.0.w * $1.1 } / all
        guard round == 0 else { break }
        // Huber's weights about the plain mean, once.
        for at in 0..<count {
            let r = rays[at].w - middle
            let length = views[at].focal * (r * r).sum().squareRoot()
            if length > huber { weights[at] *= huber / length }
        }
    }
    let all = weights.reduce(0, +)
    for a in 0..<count {
        let r = rays[a].w - middle
        let length = views[a].focal * (r * r).sum().squareRoot()
        _ = huberWeight(length, huber, &out.cost)
        for p in 0..<5 {
            let sp = rays[a].slopes[p]
            out.vector[a * 5 + p] += weights[a] * (sp * r).sum()
            for q in p..<5 {
                out.matrix[(a * 5 + p) * out.size + a * 5 + q] += weights[a] * (sp * rays[a].slopes[q]).sum()
            }
            // What the point's own freedom takes away.
            for b in a..<count {
                let share = weights[a] * weights[b] / all
                for q in (a == b ? p : 0)..<5 {
                    out.matrix[(a * 5 + p) * out.size + b * 5 + q] -= share * (sp * rays[b].slopes[q]).sum()
                }
            }
        }
    }
    return out
}

/// Equations of one point seen by several cameras in their pictures, x̃(X) - x, with X eliminated (equation 1.22).
///
/// - Parameter start: The direction to begin with; the best one near it is found first by Gauss and Newton's steps.
/// - Returns: The equations with five unknowns a camera, and the point; nil when a camera cannot see it.
package func imageTrackEquations(
    _ views: [RayView], places: [Double], start: SIMD3<Double>, huber: Double
) -> (equations: PairEquations, point: SIMD3<Double>)? {
    let count = views.count
    precondition(places.count == 2 * count && count > 0)
    var point = start / (start * start).sum().squareRoot()
    var pixels: [SlopedPixel] = []
    var (s, t) = (SIMD3<Double>.zero, SIMD3<Double>.zero)
    var (xx, xy, yy) = (0.0, 0.0, 0.0)
    var weights = [Double](repeating: 1, count: count)
    for round in 0..<4 {
        // Two directions across the point.
        let axis: SIMD3<Double> = abs(point.x) < 0.7 ? SIMD3(1, 0, 0) : SIMD3(0, 1, 0)
        s = axis - point * (axis * point).sum()
        s /= (s * s).sum().squareRoot()
        t = SIMD3(point.y * s.z - point.z * s.y, point.z * s.x - point.x * s.z, point.x * s.y - point.y * s.x)
        pixels = []
        (xx, xy, yy) = (0, 0, 0)
        var (gx, gy) = (0.0, 0.0)
        for at in 0..<count {
            guard let pixel = SlopedPixel(views[at], point) else { return nil }
            pixels.append(pixel)
            let r = pixel.x - SIMD2(places[at * 2], places[at * 2 + 1])
            var ignored = 0.0
            weights[at] = huberWeight((r * r).sum().squareRoot(), huber, &ignored)
            let (u, v) = (across(pixel, s), across(pixel, t))
            xx += weights[at] * (u * u).sum()
            xy += weights[at] * (u * v).sum()
            yy += weights[at] * (v * v).sum()
            gx += weights[at] * (u * r).sum()
            gy += weights[at] * (v * r).sum()
        }
        let determinant = xx * yy - xy * xy
        guard determinant > 1e-12 * (xx + yy) * (xx + yy) else { return nil }
        guard round < 3 else { break }
        let along = (yy * gx - xy * gy) / determinant
        let beside = (xx * gy - xy * gx) / determinant
        let moved: SIMD3<Double> = point - s * along - t * beside
        point = moved / (moved * moved).sum().squareRoot()
    }
    return (eliminated(pixels, places, weights, s, t, (xx, xy, yy), huber), point)
}

@inline(__always)
private func across(_ pixel: SlopedPixel, _ d: SIMD3<Double>) -> SIMD2<Double> {
    pixel.byRay[0] * d.x + pixel.byRay[1] * d.y + pixel.byRay[2] * d.z
}

/// Schur's complement of the point's two unknowns.
private func eliminated(
    _ pixels: [SlopedPixel], _ places: [Double], _ weights: [Double], _ s: SIMD3<Double>, _ t: SIMD3<Double>,
    _ point: (Double, Double, Double), _ huber: Double
) -> PairEquations {
    let count = pixels.count
    var out = PairEquations(size: 5 * count)
    let determinant = point.0 * point.2 - point.1 * point.1
    let inverse = (point.2 / determinant, -point.1 / determinant, point.0 / determinant)
    var mixed = [SIMD2<Double>](repeating: .zero, count: 5 * count)
    for a in 0..<count {
        let r = pixels[a].x - SIMD2(places[a * 2], places[a * 2 + 1])
        _ = huberWeight((r * r).sum().squareRoot(), huber, &out.cost)
        let (u, v) = (across(pixels[a], s), across(pixels[a], t))
        for p in 0..<5 {
            let slope = pixels[a].slopes[p] * weights[a]
            mixed[a * 5 + p] = SIMD2((slope * u).sum(), (slope * v).sum())
            out.vector[a * 5 + p] += (slope * r).sum()
            for q in p..<5 {
                out.matrix[(a * 5 + p) * out.size + a * 5 + q] += (slope * pixels[a].slopes[q]).sum()
            }
        }
    }
    // The point stands at its best place: its own slope is 0 and takes nothing from the vector.
    for p in 0..<out.size {
        let m = mixed[p]
        let w = SIMD2(inverse.0 * m.x + inverse.1 * m.y, inverse.1 * m.x + inverse.2 * m.y)
        for q in p..<out.size { out.matrix[p * out.size + q] -= (w * mixed[q]).sum() }
    }
    return out
}
