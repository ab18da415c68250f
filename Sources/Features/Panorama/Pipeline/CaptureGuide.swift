import Foundation

/// Tells somebody who takes photos how the newest one joins the others, while they are still there (PANO-332).
public struct CaptureGuide: Sendable {
    /// What to do next.
    public enum Advice: String, Sendable, Codable, CaseIterable {
        /// It is the first photo: turn on by about two thirds of it.
        case first
        /// It joins: go on.
        case good
        /// It joins, with little in common: turn back a little and take one between.
        case closer
        /// It shows nearly what another shows: turn further.
        case further
        /// It shows nothing of the others: turn back.
        case turnBack
        /// It has too little to tell apart: more light, or more in view.
        case noTexture
        /// It cannot be used.
        case unusable
    }

    /// How much of the newest photo another one shows.
    public struct Overlap: Sendable, Codable, Hashable {
        /// The other, by its place in what was handed in, from 0.
        public var photo: Int
        /// Its name.
        public var name: String
        /// The share of the newest photo that it shows, 0...1.
        public var share: Double
    }

    /// The answer.
    public struct Answer: Sendable, Codable, Hashable {
        /// What the newest photo has in common with others, most first.
        public var overlaps: [Overlap]
        /// What to do next.
        public var advice: Advice
    }

    /// Photos that the newest is compared with, the latest first.
    public var reach = 24
    /// Shares that are enough, and too much.
    public var good = 0.2...0.85

    /// A guide with the usual settings.
    public init() {}

    /// How the last photo joins those before it.
    ///
    /// - Parameters:
    ///   - photos: In the order in which they were taken; with identities, points and pairs are found once.
    ///   - cache: Where these are kept. A later stitch of the same photos finds them there.
    /// - Throws: What the cache throws.
    public func answer(_ photos: [StitchPhoto], cache: StitchCache? = nil) throws -> Answer {
        guard let newest = photos.indices.last else { return Answer(overlaps: [], advice: .unusable) }
        // The order that a stitch compares in, so that it finds what is kept here.
        let order = photos.indices.sorted { (photos[$0].name, $0) < (photos[$1].name, $1) }
        let stages = StageReader(photos: order.map { photos[$0] }, cache: cache)
        let places = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) })
        guard let mine = places[newest] else { return Answer(overlaps: [], advice: .unusable) }
        let own = try stages.read(mine)
        guard own.refusal == nil, own.points != nil else {
            return Answer(overlaps: [], advice: own.refusal == .noTexture ? .noTexture : .unusable)
        }
        guard newest > 0 else { return Answer(overlaps: [], advice: .first) }
        let others = (max(0, newest - reach)..<newest).reversed().compactMap { places[$0] }
        var points = [PhotoPoints?](repeating: nil, count: order.count)
        points[mine] = own.points
        for other in others { points[other] = try stages.read(other).points }
        var graph = MatchGraph(points: points)
        for other in others { try stages.compare(min(mine, other), max(mine, other), in: &graph) }
        let overlaps = graph.edges.compactMap { edge -> Overlap? in
            let other = edge.other(than: mine)
            guard let there = points[other], let here = points[mine], let map = edge.homography(from: mine) else {
                return nil
            }
            return Overlap(
                photo: order[other], name: photos[order[other]].name,
                share: Self.share(map, of: here, in: there).thousandths)
        }.sorted { ($0.share, $0.photo) > ($1.share, $1.photo) }
        return Answer(overlaps: overlaps, advice: advice(overlaps.first?.share))
    }

    private func advice(_ share: Double?) -> Advice {
        guard let share, share > 0 else { return .turnBack }
        return share < good.lowerBound ? .closer : share > good.upperBound ? .further : .good
    }

    /// The share of a grid over one photo that falls inside of another.
    private static func share(_ map: Matrix3, of here: PhotoPoints, in there: PhotoPoints) -> Double {
        let (columns, rows) = (24, 18)
        // Signs: the middle lies in front.
        let map = map.third.z < 0 ? map * -1 : map
        var inside = 0
        for row in 0..<rows {
            for column in 0..<columns {
                let x = here.width * ((Double(column) + 0.5) / Double(columns) - 0.5)
                let y = here.height * ((Double(row) + 0.5) / Double(rows) - 0.5)
                guard let seen = map.maps(x: x, y: y) else { continue }
                if abs(seen.x) <= there.width / 2, abs(seen.y) <= there.height / 2 { inside += 1 }
            }
        }
        return Double(inside) / Double(columns * rows)
    }
}
