/// A straight edge of a picture that runs more down than across: x0, y0 (upper end), x1, y1 in pixels.
package struct UprightEdge: Sendable, Hashable {
    /// Column of the upper end.
    package var x0: Double
    /// Row of the upper end.
    package var y0: Double
    /// Column of the lower end.
    package var x1: Double
    /// Row of the lower end.
    package var y1: Double
}

/// Straight edges that run more down than across, found by following the steepest places of each row to the next.
///
/// - Parameters:
///   - slope: Least change a pixel across the edge.
///   - length: Least rows.
///   - sag: Greatest standard deviation from the straight line in pixels.
package func uprightEdges(
    _ plane: WeightedPlane, slope: Float = 0.02, length: Int = 24, sag: Double = 0.4
) -> [UprightEdge] {
    guard plane.width >= 5, plane.height >= 3 else { return [] }
    var trail = Trail()
    var open: [Chain] = []
    var found: [UprightEdge] = []
    var steep: [SteepPlace] = []
    var taken: [Bool] = []
    func close(_ chain: Chain) {
        guard chain.count >= length else { return }
        appendStraight(trail.places(of: chain)[...], to: &found, length: length, sag: sag)
    }
    for row in 1..<(plane.height - 1) {
        steepPlaces(plane, row: row, least: slope, into: &steep)
        taken.removeAll(keepingCapacity: true)
        taken.append(contentsOf: repeatElement(false, count: steep.count))
        var kept = 0
        for at in open.indices {
            var chain = open[at]
            if let next = chain.next(among: steep, taken, trail) {
                taken[next] = true
                trail.append(steep[next], row, to: &chain)
                open[kept] = chain
                kept += 1
            } else {
                close(chain)
            }
        }
        open.removeSubrange(kept...)
        for (place, isTaken) in zip(steep, taken) where !isTaken { open.append(trail.start(place, row)) }
    }
    for chain in open { close(chain) }
    return found
}

/// A place of a row at which the picture is steepest across, and whether it rises there.
private struct SteepPlace {
    let x: Double
    let rises: Bool
}

private func steepPlaces(_ plane: WeightedPlane, row: Int, least: Float, into out: inout [SteepPlace]) {
    let width = plane.width
    out.removeAll(keepingCapacity: true)
    plane.values.withUnsafeBufferPointer { values in
        // Differences across, smoothed down the column by 1 2 1.
        func slope(_ x: Int) -> Float {
            let at = row * width + x
            let above = values[at - width + 1] - values[at - width - 1]
            let below = values[at + width + 1] - values[at + width - 1]
            return (above + 2 * (values[at + 1] - values[at - 1]) + below) / 8
        }
        var (before, here) = (slope(1), slope(2))
        for x in 2..<(width - 2) {
            let after = slope(x + 1)
            let (p, q, r) = (abs(before), abs(here), abs(after))
            if q >= least, q > p, q >= r {
                let bend = p - 2 * q + r
                let shift = bend < 0 ? Double((p - r) / (2 * bend)) : 0
                out.append(SteepPlace(x: Double(x) + min(0.5, max(-0.5, shift)), rises: here > 0))
            }
            (before, here) = (here, after)
        }
    }
}

/// Steep places of one row after the other, by the last of them.
private struct Chain {
    var last: Int
    var count: Int
    let rises: Bool

    /// The free place that goes on where the last rows point to.
    func next(among steep: [SteepPlace], _ taken: [Bool], _ trail: Trail) -> Int? {
        let here = trail.steps[last].x
        var expected = here
        if count > 4 { expected += (here - trail.steps[trail.before(last, steps: 4)].x) / 4 }
        // Places stand in rising order: the first that is not too far left is looked for by halves.
        var (low, high) = (0, steep.count)
        while low < high {
            let middle = (low + high) / 2
            if steep[middle].x < expected - 1 { low = middle + 1 } else { high = middle }
        }
        var best: (index: Int, far: Double)?
        for index in low..<steep.count where steep[index].rises == rises && !taken[index] {
            let far = abs(steep[index].x - expected)
            if steep[index].x > expected + 1 { break }
            if far < best?.far ?? .infinity { best = (index, far) }
        }
        return best?.index
    }
}

/// The places of all chains in one array, each with the number of the one before it.
private struct Trail {
    private(set) var steps: [(x: Double, y: Int32, before: Int32)] = []

    mutating func start(_ place: SteepPlace, _ row: Int) -> Chain {
        steps.append((place.x, Int32(row), -1))
        return Chain(last: steps.count - 1, count: 1, rises: place.rises)
    }

    mutating func append(_ place: SteepPlace, _ row: Int, to chain: inout Chain) {
        steps.append((place.x, Int32(row), Int32(chain.last)))
        chain.last = steps.count - 1
        chain.count += 1
    }

    /// The number of the place so many steps before another.
    func before(_ step: Int, steps count: Int) -> Int {
        var at = step
        for _ in 0..<count { at = Int(steps[at].before) }
        return at
    }

    /// The places of a chain from the upper end on.
    func places(of chain: Chain) -> [(x: Double, y: Double)] {
        var out: [(x: Double, y: Double)] = []
        out.reserveCapacity(chain.count)
        var at = chain.last
        while at >= 0 {
            out.append((steps[at].x, Double(steps[at].y)))
            at = Int(steps[at].before)
        }
        return out.reversed()
    }
}

/// A chain, or its halves and theirs, where they are straight and long enough.
private func appendStraight(
    _ places: ArraySlice<(x: Double, y: Double)>, to found: inout [UprightEdge], length: Int, sag: Double
) {
    guard places.count >= length, let first = places.first, let last = places.last else { return }
    let count = Double(places.count)
    let (mx, my) = (places.reduce(0) { $0 + $1.x } / count, places.reduce(0) { $0 + $1.y } / count)
    var (yy, xy, xx) = (0.0, 0.0, 0.0)
    for place in places {
        let (dx, dy) = (place.x - mx, place.y - my)
        yy += dy * dy
        xy += dx * dy
        xx += dx * dx
    }
    let lean = xy / yy
    let off = max(0, xx - lean * xy) / count
    if off <= sag * sag {
        guard abs(lean) <= 0.7 else { return }
        found.append(
            UprightEdge(
                x0: mx + lean * (first.y - my), y0: first.y, x1: mx + lean * (last.y - my), y1: last.y))
        return
    }
    let middle = places.startIndex + places.count / 2
    appendStraight(places[..<middle], to: &found, length: length, sag: sag)
    appendStraight(places[middle...], to: &found, length: length, sag: sag)
}
