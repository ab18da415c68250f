internal import Kernels

/// What is made least when all cameras of a group are solved together (chapter 4).
public enum BundleObjective: String, Sendable, Codable, CaseIterable {
    /// All pairs in ray space, √(fj fk) (wj - wk) (equation 1.24): the default.
    case pairsInRaySpace
    /// All pairs in the image plane, x̃k(xj) - xk (equation 1.21).
    case pairsInImagePlane
    /// Each feature's own direction, f (w - X) (equation 1.23).
    case pointsInRaySpace
    /// Each feature's own direction in the pictures, x̃(X) - x (equation 1.22).
    case pointsInImagePlane

    /// Whether features have directions of their own, which are eliminated.
    var hasPoints: Bool { self == .pointsInRaySpace || self == .pointsInImagePlane }
}

/// One feature of the scene: the photos that show it, by place in the group, and where.
package struct FeatureTrack: Sendable, Hashable {
    /// Photos, each once.
    package var photos: [Int]
    /// x, y of each.
    package var places: [Double]
}

/// Joins pairs of pixels to features that are seen by two photos or more.
package enum FeatureTracks {
    private struct Key: Hashable {
        let photo: Int
        let x: Double
        let y: Double
    }

    /// The features of edges; those that a photo would show at two places are left out.
    package static func of(_ edges: [(j: Int, k: Int, pairs: [Double])]) -> [FeatureTrack] {
        var number: [Key: Int] = [:]
        var keys: [Key] = []
        var parent: [Int] = []
        func node(_ key: Key) -> Int {
            if let known = number[key] { return known }
            number[key] = keys.count
            keys.append(key)
            parent.append(parent.count)
            return keys.count - 1
        }
        func root(_ start: Int) -> Int {
            var at = start
            while parent[at] != at {
                parent[at] = parent[parent[at]]
                at = parent[at]
            }
            return at
        }
        for edge in edges {
            for at in stride(from: 0, to: edge.pairs.count, by: 4) {
                let a = root(node(Key(photo: edge.j, x: edge.pairs[at], y: edge.pairs[at + 1])))
                let b = root(node(Key(photo: edge.k, x: edge.pairs[at + 2], y: edge.pairs[at + 3])))
                parent[max(a, b)] = min(a, b)
            }
        }
        let groups = Dictionary(grouping: keys.indices) { root($0) }
        return groups.keys.sorted().compactMap { first in
            let members = groups[first] ?? []
            let photos = members.map { keys[$0].photo }
            guard photos.count >= 2, Set(photos).count == photos.count else { return nil }
            return FeatureTrack(photos: photos, places: members.flatMap { [keys[$0].x, keys[$0].y] })
        }
    }
}

extension RayBundle {
    /// The equations of all features, their directions eliminated.
    func addTracks(
        _ tracks: [FeatureTrack], _ freedom: Freedom, _ huber: Double, to all: inout NormalEquations
    ) {
        for track in tracks {
            let views = track.photos.map { view($0) }
            let places = track.photos.flatMap { columns($0, freedom) }
            if objective == .pointsInRaySpace {
                all.add(rayTrackEquations(views, places: track.places, huber: huber), at: places)
            } else {
                let first = camera(track.photos[0])
                let ray = first.ray(
                    x: track.places[0], y: track.places[1], halfDiagonal: halfDiagonal(track.photos[0]))
                let start = SIMD3(ray.x, ray.y, ray.z)
                guard let part = imageTrackEquations(views, places: track.places, start: start, huber: huber) else {
                    continue
                }
                all.add(part.equations, at: places)
            }
        }
    }
}
