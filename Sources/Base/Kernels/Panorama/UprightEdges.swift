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
    var open: [Chain] = []
    var found: [UprightEdge] = []
    func close(_ chain: Chain) { chain.appendStraight(to: &found, length: length, sag: sag) }
    for row in 1..<(plane.height - 1) {
        var steep = steepPlaces(plane, row: row, least: slope)
        var kept: [Chain] = []
        for var chain in open {
            if let next = chain.next(among: steep, row: row) {
                chain.append(steep[next], row)
                steep.remove(at: next)
                kept.append(chain)
            } else {
                close(chain)
            }
        }
        open = kept + steep.map { Chain($0, row) }
    }
    for chain in open { close(chain) }
    return found
}

/// A place of a row at which the picture is steepest across, and whether it rises there.
private struct SteepPlace {
    let x: Double
    let rises: Bool
}

private func steepPlaces(_ plane: WeightedPlane, row: Int, least: Float) -> [SteepPlace] {
    let width = plane.width
    return plane.values.withUnsafeBufferPointer { values in
        // Differences across, smoothed down the column by 1 2 1.
        func slope(_ x: Int) -> Float {
            let at = row * width + x
            let above = values[at - width + 1] - values[at - width - 1]
            let below = values[at + width + 1] - values[at + width - 1]
            return (above + 2 * (values[at + 1] - values[at - 1]) + below) / 8
        }
        var out: [SteepPlace] = []
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
        return out
    }
}

/// Steep places of one row after the other.
private struct Chain {
    private var places: [(x: Double, y: Double)]
    private let rises: Bool

    init(_ start: SteepPlace, _ row: Int) {
        places = [(start.x, Double(row))]
        rises = start.rises
    }

    mutating func append(_ place: SteepPlace, _ row: Int) { places.append((place.x, Double(row))) }

    /// The place that goes on where the last rows point to.
    func next(among steep: [SteepPlace], row: Int) -> Int? {
        guard let last = places.last else { return nil }
        var expected = last.x
        if places.count > 4 {
            let early = places[places.count - 5]
            expected += (last.x - early.x) / 4
        }
        // Places stand in rising order: the first that is not too far left is looked for by halves.
        var (low, high) = (0, steep.count)
        while low < high {
            let middle = (low + high) / 2
            if steep[middle].x < expected - 1 { low = middle + 1 } else { high = middle }
        }
        var best: (index: Int, far: Double)?
        for index in low..<steep.count where steep[index].rises == rises {
            let far = abs(steep[index].x - expected)
            if steep[index].x > expected + 1 { break }
            if far < best?.far ?? .infinity { best = (index, far) }
        }
        return best?.index
    }

    /// The chain, or its halves and theirs, where they are straight and long enough.
    func appendStraight(to found: inout [UprightEdge], length: Int, sag: Double) {
        Self.split(places[...], into: &found, length: length, sag: sag)
    }

    private static func split(
        _ places: ArraySlice<(x: Double, y: Double)>, into found: inout [UprightEdge], length: Int, sag: Double
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
        split(places[..<middle], into: &found, length: length, sag: sag)
        split(places[middle...], into: &found, length: length, sag: sag)
    }
}
