internal import Imaging
internal import Kernels

/// Joined photos that are blurred beside what their neighbours show of the same things.
struct SoftPhotos {
    /// Others show all of them sharp, and hang together without them.
    private(set) var spare: Set<Int> = []
    /// Only they show some part.
    private(set) var needed: Set<Int> = []

    /// A blurred photo has at most this share of the points that its neighbour has in the same place.
    private static let fewer = 0.4
    /// The share of the neighbour's fine differences under which a photo is blurred: edges eight times as wide, for their
    /// energy falls as 1 / width.
    private static let soft: Float = 0.12
    /// Only edges of that many squares say anything.
    private static let fewest = 8
    /// Pixels a side of a square, and from one to the next.
    private static let (side, step) = (16, 24)
    /// Mean light, 0...1, of squares in which fine parts can show.
    private static let light: ClosedRange<Float> = 0.04...0.94

    /// Looks at photos that have far fewer points than a neighbour where both show the same; others are not decoded.
    ///
    /// - Parameter plane: The light of a photo at the matching size.
    init(_ graph: MatchGraph, _ photos: [StitchPhoto], plane: (Int) -> WeightedPlane?) {
        // The latest few: of a large heap not all fit.
        var planes: [(photo: Int, plane: WeightedPlane?)] = []
        func light(_ photo: Int) -> WeightedPlane? {
            if let known = planes.first(where: { $0.photo == photo }) { return known.plane }
            let made = plane(photo)
            planes.append((photo, made))
            if planes.count > 8 { planes.removeFirst() }
            return made
        }
        var sharper: [Int: [MatchEdge]] = [:]
        for edge in graph.edges where photos[edge.first].mask == nil && photos[edge.second].mask == nil {
            guard let (photo, other) = Self.poorer(edge, graph), let map = edge.homography(from: photo),
                let own = light(photo), let beside = light(other),
                let share = Self.detail(of: own, beside: beside, map), share < Self.soft
            else { continue }
            sharper[photo, default: []].append(edge)
        }
        var edges = graph.edges
        for photo in sharper.keys.sorted() {
            let mine = edges.filter { $0.first == photo || $0.second == photo }
            let rest = edges.filter { $0.first != photo && $0.second != photo }
            let near = Set(mine.map { $0.other(than: photo) })
            let holds = Components.groups(count: photos.count, edges: rest).contains {
                $0.count > 1 && near.isSubset(of: $0)
            }
            let isPinned = mine.contains(where: \.isPinned)
            // One that is blurred itself and left out shows nothing.
            let others = (sharper[photo] ?? []).filter { !spare.contains($0.other(than: photo)) }
            // What was spared because of this one must not lose what it showed.
            let stand = spare.allSatisfy { gone in
                let left = (sharper[gone] ?? []).filter {
                    let other = $0.other(than: gone)
                    return other != photo && !spare.contains(other)
                }
                return Self.isShown(gone, by: left, graph)
            }
            if holds, !isPinned, stand, Self.isShown(photo, by: others, graph) {
                spare.insert(photo)
                edges = rest
            } else {
                needed.insert(photo)
            }
        }
    }

    /// The photo of an edge that has far fewer points where both show the same, and the other.
    private static func poorer(_ edge: MatchEdge, _ graph: MatchGraph) -> (Int, Int)? {
        guard let a = graph.points[edge.first], let b = graph.points[edge.second] else { return nil }
        let isFirst = a.count < b.count
        let (photo, other) = isFirst ? (edge.first, edge.second) : (edge.second, edge.first)
        let (few, many) = isFirst ? (a, b) : (b, a)
        // Of as many points in all, no part has so many more.
        guard Double(few.count) < 0.7 * Double(many.count), let there = edge.homography(from: photo),
            let back = edge.homography(from: other)
        else { return nil }
        let (own, others) = (inside(few, many, there), inside(many, few, back))
        return Double(own) < fewer * Double(others) ? (photo, other) : nil
    }

    /// How many points of a photo another one has in view.
    private static func inside(_ points: PhotoPoints, _ other: PhotoPoints, _ map: Matrix3) -> Int {
        (0..<points.count).count { at in
            guard let place = map.maps(x: Double(points.x[at]), y: Double(points.y[at])) else { return false }
            return abs(place.x) < other.width / 2 && abs(place.y) < other.height / 2
        }
    }

    /// Whether the other ends of some edges have all of a photo in view; of its outermost places, which crops and soft seams
    /// take, a tenth may be missing.
    private static func isShown(_ photo: Int, by edges: [MatchEdge], _ graph: MatchGraph) -> Bool {
        guard let own = graph.points[photo] else { return false }
        // Places of blurred things are not sure to some pixels.
        let (width, height) = (0.94 * own.width, 0.94 * own.height)
        let (columns, rows) = (32, 24)
        var lost = 0
        for at in 0..<(columns * rows) {
            let (column, row) = (at % columns, at / columns)
            let place = (
                width * (Double(column) / Double(columns - 1) - 0.5), height * (Double(row) / Double(rows - 1) - 0.5)
            )
            let shown = edges.contains { edge in
                guard let other = graph.points[edge.other(than: photo)],
                    let there = edge.homography(from: photo)?.maps(x: place.0, y: place.1)
                else { return false }
                return abs(there.x) <= other.width / 2 && abs(there.y) <= other.height / 2
            }
            guard !shown else { continue }
            guard column == 0 || row == 0 || column == columns - 1 || row == rows - 1 else { return false }
            lost += 1
        }
        return lost * 10 <= 2 * (columns + rows)
    }

    /// The median share of the neighbour's fine differences that a photo has in squares of 16 pixels, light made equal; nil
    /// where fewer than eight squares show something fine.
    static func detail(of own: WeightedPlane, beside other: WeightedPlane, _ map: Matrix3) -> Float? {
        func moved(_ x: Double, _ y: Double) -> Matrix3 {
            Matrix3(rows: Vector3(1, 0, x), Vector3(0, 1, y), Vector3(0, 0, 1))
        }
        let corners =
            moved(Double(other.width - 1) / 2, Double(other.height - 1) / 2) * map
            * moved(-Double(own.width - 1) / 2, -Double(own.height - 1) / 2)
        let seen = samplePlane(
            smoothed(other, map), map: corners.values, width: own.width, height: own.height, cubic: false,
            withSlopes: false)
        var shares: [Float] = []
        for top in stride(from: 0, through: own.height - side, by: step) {
            for left in stride(from: 0, through: own.width - side, by: step) {
                if let share = share(own, seen, left, top) { shares.append(share) }
            }
        }
        guard shares.count >= fewest else { return nil }
        return shares.sorted()[shares.count / 2]
    }

    /// The share of the differences over two pixels of one square; nil where the other one is flat, ends, or the light is
    /// at an end.
    private static func share(_ own: WeightedPlane, _ other: SampledPlane, _ left: Int, _ top: Int) -> Float? {
        let width = own.width
        var (a, b) = (Float(0), Float(0))
        for row in top..<(top + side) {
            for at in (row * width + left)..<(row * width + left + side) {
                guard other.weights[at] > 0 else { return nil }
                a += own.values[at]
                b += other.values[at]
            }
        }
        let count = Float(side * side)
        guard light.contains(a / count), light.contains(b / count) else { return nil }
        let gain = a / b
        var (energy, wanted) = (Float(0), Float(0))
        for row in top..<(top + side - 2) {
            for at in (row * width + left)..<(row * width + left + side - 2) {
                for next in [at + 2, at + 2 * width] {
                    let (p, q) = (own.values[next] - own.values[at], gain * (other.values[next] - other.values[at]))
                    energy += p * p
                    wanted += q * q
                }
            }
        }
        // A mean of eight levels of 8 bits: less may be noise.
        guard wanted > 1e-3 * Float(2 * (side - 2) * (side - 2)) else { return nil }
        return energy / wanted
    }

    /// A neighbour that shows things larger, as fine as the photo could show them.
    private static func smoothed(_ plane: WeightedPlane, _ map: Matrix3) -> WeightedPlane {
        guard let middle = map.maps(x: 0, y: 0), let right = map.maps(x: 10, y: 0), let below = map.maps(x: 0, y: 10)
        else { return plane }
        let area = (right.x - middle.x) * (below.y - middle.y) - (right.y - middle.y) * (below.x - middle.x)
        let times = abs(area).squareRoot() / 10
        guard times > 1.3, times < 20,
            let image = try? FloatImage(width: plane.width, height: plane.height, channels: 1, values: plane.values),
            let soft = try? image.gaussianBlurred(sigma: 0.5 * times), soft.values.count == plane.values.count
        else { return plane }
        return WeightedPlane(width: plane.width, height: plane.height, values: soft.values)
    }
}
