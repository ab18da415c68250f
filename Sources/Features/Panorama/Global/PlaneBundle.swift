internal import Kernels

/// Planar maps of a group solved together: photo to reference, the reference fixed (PANO-187).
///
/// A residual is the transfer error of a pair through Hj⁻¹ Hi in pixels of photo j, so that nothing shrinks.
package struct PlaneBundle: Sendable {
    /// The kind of map.
    package let kind: PlanarKind
    /// Place of the photo that stays as it is.
    package let reference: Int
    /// Photo to reference, by place in the group; 1 in the corner.
    package var maps: [Matrix3]
    /// Σ of Huber's cost after the last solution.
    package private(set) var cost = 0.0

    /// A start.
    package init(kind: PlanarKind, reference: Int, maps: [Matrix3]) {
        self.kind = kind
        self.reference = reference
        self.maps = maps
    }

    /// How each parameter changes the nine entries.
    private var basis: [[(Int, Double)]] {
        switch kind {
        case .similarity: [[(0, 1), (4, 1)], [(1, -1), (3, 1)], [(2, 1)], [(5, 1)]]
        case .affine: (0..<6).map { [($0, 1)] }
        case .homography: (0..<8).map { [($0, 1)] }
        }
    }

    /// Residuals of an edge in pixels of its second photo.
    package func errors(_ edge: (j: Int, k: Int, pairs: [Double])) -> [Double] {
        guard let inverse = maps[edge.k].inverse else { return [Double](repeating: 1e4, count: edge.pairs.count / 4) }
        return planeErrors(maps[edge.j].values, inverse: inverse.values, pairs: edge.pairs)
    }

    /// Levenberg and Marquardt steps until nothing is gained; false when the numbers broke down.
    package mutating func solve(_ edges: [(j: Int, k: Int, pairs: [Double])], huber: Double, limit: Int = 60) -> Bool {
        var damping = 1e-3
        guard var equations = assembled(edges, huber) else { return false }
        cost = equations.cost
        for _ in 0..<limit {
            guard cost.isFinite else { return false }
            guard damping < 1e12 else { return true }
            guard let step = equations.step(damping: damping), let next = moved(by: step),
                let after = next.assembled(edges, huber), after.cost < cost
            else {
                damping *= 5
                continue
            }
            let gain = cost - after.cost
            let before = cost
            self = next
            cost = after.cost
            equations = after
            damping = max(1e-12, damping / 5)
            if gain < 1e-6 * before { return true }
        }
        return true
    }

    private func moved(by step: [Double]) -> PlaneBundle? {
        var next = self
        let count = kind.parameters
        for index in maps.indices where index != reference {
            var values = maps[index].values
            let start = column(index) * count
            for (parameter, entries) in basis.enumerated() {
                for (entry, factor) in entries { values[entry] += factor * step[start + parameter] }
            }
            guard let map = Matrix3(values), map.isFinite, map.determinant > 1e-6 else { return nil }
            next.maps[index] = map
        }
        return next
    }

    /// The unknowns of a photo come after those of the photos before it; the reference has none.
    private func column(_ index: Int) -> Int { index < reference ? index : index - 1 }

    private func assembled(_ edges: [(j: Int, k: Int, pairs: [Double])], _ huber: Double) -> NormalEquations? {
        let count = kind.parameters
        var all = NormalEquations(size: max(1, (maps.count - 1) * count))
        let inverses = maps.map(\.inverse)
        let shifted = basis.map { $0.map { ($0.0 + 9, $0.1) } }
        for edge in edges {
            guard let inverse = inverses[edge.k] else { return nil }
            let part = planeEquations(
                maps[edge.j].values, inverse: inverse.values, pairs: edge.pairs, huber: huber)
            all.add(part, basis: basis + shifted, at: places(edge.j) + places(edge.k))
        }
        return all
    }

    private func places(_ index: Int) -> [Int] {
        (0..<kind.parameters).map { index == reference ? -1 : column(index) * kind.parameters + $0 }
    }
}
