package import Kernels

/// Edges that would be seen twice if overlapping photos were laid over each other, before and after they are bent.
public struct Ghosts: Sendable, Hashable {
    /// Share of a photo's edges in overlaps at which the other photo differs by over 24 levels, with photos as they are.
    public let before: Double
    /// The same with photos bent where they do not meet.
    public let after: Double
    /// Photos that were bent.
    public let bent: Int
    /// Photos in all.
    public let photos: Int
    /// The greatest sag that bending gives a photo's straight lines, in matching pixels.
    public let bend: Double

    /// Levels of 8 bits a pixel from which a slope is an edge, and by which photos differ.
    private static let levels: Float = 24.0 / 255

    /// Of a solved group, with each photo's light at the matching size.
    package init(
        _ group: SolvedGroup, points: [PhotoPoints], planes: [Int: WeightedPlane],
        local: LocalAlignment = LocalAlignment()
    ) {
        let fields = local.fields(group, points: points) { planes[$0] }
        before = Self.share(group, points, planes, [:])
        after = Self.share(group, points, planes, fields)
        bent = fields.count
        photos = group.photos.count
        bend = fields.values.map(\.bend).max() ?? 0
    }

    private static func share(
        _ group: SolvedGroup, _ points: [PhotoPoints], _ planes: [Int: WeightedPlane], _ fields: [Int: WarpField]
    ) -> Double {
        var (all, doubled) = (0, 0)
        for (edge, _) in group.edges {
            guard let a = planes[edge.first], let b = planes[edge.second] else { continue }
            let there = group.geometry.mapping(edge.first, edge.second, points)
            let seen = pairs(a, b, fields[edge.first], fields[edge.second], there)
            // Photos differ in light: one factor for each pair of them.
            let sums = seen.reduce((Float(0), Float(0))) { ($0.0 + $1.a, $0.1 + $1.b) }
            let gain = sums.1 > 0 ? sums.0 / sums.1 : 1
            for place in seen where place.slope >= levels {
                all += 1
                doubled += abs(place.a - gain * place.b) > levels ? 1 : 0
            }
        }
        return all > 0 ? Double(doubled) / Double(all) : 0
    }

    /// What both photos show at every second place of the first, and how steep it is there.
    private static func pairs(
        _ a: WeightedPlane, _ b: WeightedPlane, _ fieldA: WarpField?, _ fieldB: WarpField?,
        _ there: (Double, Double) -> (x: Double, y: Double)?
    ) -> [(a: Float, b: Float, slope: Float)] {
        let (first, second) = (AlignmentPicture(plane: a), AlignmentPicture(plane: b))
        func value(_ picture: AlignmentPicture, _ field: WarpField?, _ x: Double, _ y: Double) -> Float? {
            let move = field?.move(x: x, y: y) ?? .zero
            return picture.sample(x: x + move.x + picture.middle.x, y: y + move.y + picture.middle.y)
        }
        var out: [(a: Float, b: Float, slope: Float)] = []
        for row in stride(from: 1, to: a.height - 1, by: 2) {
            for column in stride(from: 1, to: a.width - 1, by: 2) {
                let (x, y) = (Double(column) - first.middle.x, Double(row) - first.middle.y)
                guard let place = there(x, y), let p = value(first, fieldA, x, y),
                    let q = value(second, fieldB, place.x, place.y)
                else { continue }
                let at = row * a.width + column
                let across = (a.values[at + 1] - a.values[at - 1]) / 2
                let down = (a.values[at + a.width] - a.values[at - a.width]) / 2
                out.append((p, q, (across * across + down * down).squareRoot()))
            }
        }
        return out
    }
}
