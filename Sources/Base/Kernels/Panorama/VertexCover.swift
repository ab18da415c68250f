/// Vertices of least weight that touch every edge: exact in components of up to 24 vertices, else within twice the least
/// by the local-ratio method (Bar-Yehuda and Even 1985).
///
/// - Parameters:
///   - weights: One a vertex, not negative.
///   - edges: Pairs of different vertices.
/// - Returns: For each vertex, whether it is in the cover.
package func vertexCover(weights: [Float], edges: [(Int, Int)]) -> [Bool] {
    precondition(edges.allSatisfy { weights.indices.contains($0.0) && weights.indices.contains($0.1) && $0.0 != $0.1 })
    var neighbours = [[Int]](repeating: [], count: weights.count)
    for (a, b) in edges {
        if !neighbours[a].contains(b) { neighbours[a].append(b) }
        if !neighbours[b].contains(a) { neighbours[b].append(a) }
    }
    var cover = [Bool](repeating: false, count: weights.count)
    var seen = cover
    for start in weights.indices where !seen[start] && !neighbours[start].isEmpty {
        var component = [start]
        seen[start] = true
        var next = 0
        while next < component.count {
            for other in neighbours[component[next]] where !seen[other] {
                seen[other] = true
                component.append(other)
            }
            next += 1
        }
        component.sort()
        let chosen =
            component.count <= 24
            ? exactCover(component, neighbours, weights) : localRatio(component, neighbours, weights)
        for vertex in chosen { cover[vertex] = true }
    }
    return cover
}

/// Branch and bound: the vertex of most open edges is in the cover, or all its neighbours are.
private func exactCover(_ component: [Int], _ neighbours: [[Int]], _ weights: [Float]) -> [Int] {
    let index = Dictionary(uniqueKeysWithValues: component.enumerated().map { ($1, $0) })
    let masks = component.map { vertex in neighbours[vertex].reduce(UInt32(0)) { $0 | 1 << UInt32(index[$1] ?? 0) } }
    var best = (weight: Float.infinity, set: UInt32(0))
    func weight(_ set: UInt32) -> Float {
        component.indices.reduce(0) { set >> UInt32($1) & 1 == 1 ? $0 + weights[component[$1]] : $0 }
    }
    func branch(_ cover: UInt32, _ open: UInt32, _ cost: Float) {
        guard cost < best.weight else { return }
        var most = (vertex: -1, degree: 0)
        for vertex in component.indices where open >> UInt32(vertex) & 1 == 1 {
            let degree = (masks[vertex] & open).nonzeroBitCount
            if degree > most.degree { most = (vertex, degree) }
        }
        guard most.vertex >= 0 else {
            best = (cost, cover)
            return
        }
        let bit = UInt32(1) << UInt32(most.vertex)
        let others = masks[most.vertex] & open
        branch(cover | bit, open & ~bit, cost + weights[component[most.vertex]])
        branch(cover | others, open & ~(bit | others), cost + weight(others))
    }
    branch(0, component.indices.reduce(UInt32(0)) { $0 | 1 << UInt32($1) }, 0)
    return component.indices.filter { best.set >> UInt32($0) & 1 == 1 }.map { component[$0] }
}

private func localRatio(_ component: [Int], _ neighbours: [[Int]], _ weights: [Float]) -> [Int] {
    var left = Dictionary(uniqueKeysWithValues: component.map { ($0, weights[$0]) })
    for a in component {
        for b in neighbours[a] where b > a {
            let least = min(left[a] ?? 0, left[b] ?? 0)
            left[a, default: 0] -= least
            left[b, default: 0] -= least
        }
    }
    var chosen = Set(component.filter { (left[$0] ?? 0) <= 0 })
    // What all neighbours cover as well is not needed; the dearest first.
    for vertex in component.sorted(by: { (weights[$0], $0) > (weights[$1], $1) })
    where chosen.contains(vertex) && neighbours[vertex].allSatisfy({ chosen.contains($0) }) {
        chosen.remove(vertex)
    }
    return chosen.sorted()
}

extension LayerSheet {
    /// Labels by regions of difference: of overlapping regions of different photos those of least weight are dropped by
    /// a vertex cover, then each pixel takes the heaviest photo that is left there (PANO-226).
    package func coverLabels(
        _ regions: [DifferenceRegion], weights: [[Float]]
    ) -> (labels: [Int16], dropped: [Bool]) {
        var owners = [[Int]](repeating: [], count: width * height)
        for (index, region) in regions.enumerated() {
            for pixel in region.pixels { owners[pixel].append(index) }
        }
        var edges: Set<SIMD2<Int32>> = []
        for list in owners where list.count > 1 {
            for (place, a) in list.enumerated() {
                for b in list[(place + 1)...] where regions[a].photo != regions[b].photo {
                    edges.insert(SIMD2(Int32(min(a, b)), Int32(max(a, b))))
                }
            }
        }
        let pairs = edges.map { (Int($0.x), Int($0.y)) }.sorted { ($0.0, $0.1) < ($1.0, $1.1) }
        let dropped = vertexCover(weights: regions.map(\.weight), edges: pairs)
        var kept = weights
        // What a dropped region covers counts for nothing while another photo shows the place; what is kept wins there.
        for (index, region) in regions.enumerated() {
            let piece = pieces[region.photo]
            for pixel in region.pixels {
                guard let at = piece.place(x: pixel % width, y: pixel / width, canvasWidth: width) else { continue }
                kept[region.photo][at] = dropped[index] ? 0 : kept[region.photo][at] + 1e6
            }
        }
        return (heaviest(kept), dropped)
    }
}
