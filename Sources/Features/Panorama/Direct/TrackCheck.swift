/// Whether a point that was followed through many pictures still shows what it showed at first (Shi and Tomasi 1994):
/// small shifts are followed from picture to picture, the appearance is compared with the first by an affine map.
public struct TrackCheck: Sendable {
    /// Half the side of the patch.
    public var half = 8
    /// Least normalised correlation after the affine alignment.
    public var leastCorrelation = 0.8
    /// Greatest change of area from first to now, or its inverse.
    public var greatestGrowth = 2.0

    /// A check with the usual settings.
    public init() {}

    /// Whether the patch about (x, y) of the first picture is that about (u, v) of a later one.
    public func holds(
        _ first: AlignmentPicture, x: Double, y: Double, _ later: AlignmentPicture, u: Double, v: Double
    ) -> Bool {
        guard let a = first.patch(x: x, y: y, half: half), let b = later.patch(x: u, y: v, half: half + 4) else {
            return false
        }
        var alignment = DirectAlignment(.affine)
        alignment.levels = 1
        alignment.solvesGain = true
        alignment.slopeNoise = 2.0 / 255
        guard let found = try? alignment.align(a, b), found.correlation >= leastCorrelation, found.overlap > 0.7 else {
            return false
        }
        let growth = found.map.determinant
        guard growth < greatestGrowth, growth > 1 / greatestGrowth else { return false }
        // What slid away is another thing that looks alike.
        return found.map.first.z * found.map.first.z + found.map.second.z * found.map.second.z
            < Double(half * half) / 4
    }

    /// Follows a point by shifts alone from picture to picture, and says up to which one it holds.
    ///
    /// - Returns: Its place in each picture from the first on, without those from which on the check fails.
    public func follow(_ pictures: [AlignmentPicture], x: Double, y: Double) -> [(x: Double, y: Double)] {
        guard let start = pictures.first else { return [] }
        var track = [(x: x, y: y)]
        for index in pictures.indices.dropFirst() {
            let last = track[track.count - 1]
            guard let a = pictures[index - 1].patch(x: last.x, y: last.y, half: half),
                let b = pictures[index].patch(x: last.x, y: last.y, half: half + 8)
            else { break }
            var alignment = DirectAlignment(.translation)
            alignment.levels = 2
            alignment.solvesGain = true
            guard let moved = try? alignment.align(a, b), moved.correlation > 0.5 else { break }
            let next = (x: last.x + moved.map.first.z, y: last.y + moved.map.second.z)
            guard holds(start, x: x, y: y, pictures[index], u: next.x, v: next.y) else { break }
            track.append(next)
        }
        return track
    }
}
