import Foundation
internal import Imaging
internal import Kernels

/// A panorama cut into squares, and what the photos say of each.
struct AuditSheet {
    /// Pixels a side of a square.
    static let cell = 32
    /// Pixels of the picture that is looked at.
    private static let megapixels = 4.0
    private static let mostPoints = 12_000
    /// Standard deviation of the light of a square that has texture, of 0...1.
    private static let texture: Float = 0.035
    /// Pixels that a square may lie beside its place.
    private static let reach = 4
    /// Correlation from which on a photo may show a square.
    private static let like: Float = 0.7
    /// The share of a photo's fine differences that a square must have: doubled, it has half.
    private static let leastDetail: Float = 0.62
    /// The share of a photo's energy of differences under which a square without texture was smeared.
    private static let faded: Float = 0.25
    /// Squares that only one photo shows, from which on it is in the picture: fewer may be chance.
    private static let fewestOwn = 4

    private let picture: AuditPhoto
    private let factor: Double
    private let columns: Int
    private let rows: Int
    /// Squares with texture and nothing empty in them.
    private let worth: [Bool]
    /// Squares with nothing empty in them.
    private let full: [Bool]
    /// What each photo says, by square.
    private var fits: [[Int: PatchFit]]
    /// Share of the textured squares of each photo that the picture shows.
    private(set) var shown: [Int: Double?] = [:]
    /// Empty areas inside.
    let holes: Int
    /// Share that is empty.
    let black: Double

    init(_ image: Image) throws(ImageError) {
        let size = PointDetector.size(image.width, image.height, megapixels: Self.megapixels)
        guard let made = AuditPhoto(image, size: size, limit: Self.mostPoints) else {
            throw .invalidArea(width: image.width, height: image.height)
        }
        picture = made
        factor = Double(image.width) / Double(size.width)
        columns = size.width / Self.cell
        rows = size.height / Self.cell
        let small = try image.converted(to: .rgb8).resized(width: size.width, height: size.height)
        var empty = (0..<(size.width * size.height)).map { at in
            let from = at / size.width * small.stride + at % size.width * 3
            return small.bytes[from] < 3 && small.bytes[from + 1] < 3 && small.bytes[from + 2] < 3
        }
        worth = Self.textured(made, empty: empty)
        full = texturedSquares(
            made.light, width: size.width, height: size.height, side: Self.cell, deviation: 0, empty: empty)
        black = Double(empty.count { $0 }) / Double(max(1, empty.count))
        let areas = connectedAreas(&empty, width: size.width, height: size.height, wraps: false)
        holes = areas.count { area in
            area.count > 64
                && !area.contains {
                    let (x, y) = ($0 % size.width, $0 / size.width)
                    return x == 0 || y == 0 || x == size.width - 1 || y == size.height - 1
                }
        }
        fits = [[Int: PatchFit]](repeating: [:], count: columns * rows)
    }

    /// Squares of a picture that have texture.
    private static func textured(_ photo: AuditPhoto, empty: [Bool] = []) -> [Bool] {
        texturedSquares(
            photo.light, width: photo.width, height: photo.height, side: cell, deviation: texture, empty: empty)
    }

    /// Looks for the picture's squares in a photo.
    mutating func compare(_ index: Int, _ photo: AuditPhoto?) {
        guard let photo else {
            shown[index] = .some(nil)
            return
        }
        let matches = MutualRatio.matches(picture.points, photo.points, ratio: 0.8)
        let pairs = matches.map { mine, theirs in
            SIMD4(
                Double(picture.points.x[mine]) + Double(picture.width - 1) / 2,
                Double(picture.points.y[mine]) + Double(picture.height - 1) / 2,
                Double(photo.points.x[theirs]) + Double(photo.width - 1) / 2,
                Double(photo.points.y[theirs]) + Double(photo.height - 1) / 2)
        }
        let local = LocalMaps(pairs, width: picture.width, height: picture.height)
        let texture = Self.textured(photo)
        let across = photo.width / Self.cell
        var seen = Set<Int>()
        for at in worth.indices where full[at] {
            let (x, y) = (at % columns * Self.cell, at / columns * Self.cell)
            let part =
                min(y / LocalMaps.cell, local.rows - 1) * local.columns + min(x / LocalMaps.cell, local.columns - 1)
            guard let map = local.maps[part],
                let fit = patchFit(
                    picture.light, width: picture.width, height: picture.height, x: x, y: y, side: Self.cell,
                    other: photo.light, otherWidth: photo.width, otherHeight: photo.height, map: map, reach: Self.reach)
            else { continue }
            fits[at][index] = fit
            guard worth[at], fit.correlation >= 0.8 else { continue }
            // The squares of the photo that this one covers.
            for (px, py) in [(4, 4), (28, 4), (16, 16), (4, 28), (28, 28)] {
                let (u, v) = (Double(x + px), Double(y + py))
                let column = Int(map[0] * u + map[1] * v + map[2]) / Self.cell
                let row = Int(map[3] * u + map[4] * v + map[5]) / Self.cell
                if column >= 0, row >= 0, column < across, row < photo.height / Self.cell {
                    seen.insert(row * across + column)
                }
            }
        }
        let all = texture.count { $0 }
        shown[index] = all == 0 ? .some(nil) : Double(seen.count { texture[$0] }) / Double(all)
    }

    /// What came out of all comparisons.
    struct Result {
        var cells = 0
        var fidelity = 1.0
        var torn = 0.0
        var unknown = 0.0
        var tone = GroupVerdict.Tone(stepMedian: 0, worst: 0)
        var seams = 1.0
        var faults: [PictureAudit.Fault] = []
    }

    func result() -> Result {
        var out = Result()
        let best = fits.map { $0.max { ($0.value.correlation, $1.key) < ($1.value.correlation, $0.key) } }
        let known = worth.indices.filter { worth[$0] && best[$0] != nil }
        out.cells = worth.count { $0 }
        guard out.cells > 0 else { return out }
        func share(_ count: Int) -> Double { Double(count) / Double(out.cells) }
        let torn = known.filter { at in !fits[at].values.contains(where: Self.isShown) }
        // Of what was smeared until it has no texture, the photos tell.
        let smeared = worth.indices.filter { at in
            !worth[at] && !fits[at].isEmpty
                && fits[at].values.allSatisfy { $0.sharpness < Self.faded && $0.detail < Self.leastDetail }
        }
        out.fidelity = share(known.count { (best[$0]?.value.correlation ?? 0) >= 0.9 })
        out.torn = share(torn.count)
        out.unknown = share(out.cells - known.count)
        out.tone = tone(best.map { $0?.key })
        out.seams = seams(best.map { $0?.key })
        out.faults = faults(torn + smeared, best.map { $0?.value })
        return out
    }

    private static func isShown(_ fit: PatchFit) -> Bool { fit.correlation >= like && fit.detail >= leastDetail }

    /// Photos that alone show several squares: they are in the picture, however little of them.
    var owners: Set<Int> {
        var own: [Int: Int] = [:]
        for at in worth.indices where worth[at] {
            let showing = fits[at].filter { Self.isShown($0.value) }
            if let only = showing.first, showing.count == 1 { own[only.key, default: 0] += 1 }
        }
        return Set(own.filter { $0.value >= Self.fewestOwn }.keys)
    }

    private func neighbours(_ at: Int) -> [Int] {
        var out: [Int] = []
        if at % columns + 1 < columns { out.append(at + 1) }
        if at / columns + 1 < rows { out.append(at + columns) }
        return out
    }

    /// Steps of light: how much more the gain changes from one square to the next than one photo that shows both says.
    private func tone(_ source: [Int?]) -> GroupVerdict.Tone {
        var steps: [Double] = []
        for at in worth.indices where worth[at] {
            for next in neighbours(at) where worth[next] {
                guard let a = source[at], let b = source[next], a != b else { continue }
                let judges = [a, b].compactMap { judge -> Double? in
                    guard let one = fits[at][judge], let other = fits[next][judge], one.correlation >= 0.7,
                        other.correlation >= 0.7
                    else { return nil }
                    return abs(log(Double(one.gain)) - log(Double(other.gain)))
                }
                if let step = judges.min() { steps.append(step) }
            }
        }
        steps.sort()
        guard let worst = steps.last else { return GroupVerdict.Tone(stepMedian: 0, worst: 0) }
        return GroupVerdict.Tone(stepMedian: steps[steps.count / 2].thousandths, worst: worst.thousandths)
    }

    /// Differences of gradients in squares beside a change of source over those in the rest.
    private func seams(_ source: [Int?]) -> Double {
        var beside = Set<Int>()
        for at in worth.indices where worth[at] {
            for next in neighbours(at) where worth[next] {
                if let a = source[at], let b = source[next], a != b { beside.formUnion([at, next]) }
            }
        }
        func mean(_ squares: [Int]) -> Double? {
            let apart = squares.compactMap { at in fits[at].values.map { Double($0.apart) }.min() }
            return apart.isEmpty ? nil : apart.reduce(0, +) / Double(apart.count)
        }
        let known = worth.indices.filter { worth[$0] && !fits[$0].isEmpty }
        guard let near = mean(known.filter { beside.contains($0) }),
            let far = mean(known.filter { !beside.contains($0) }), far > 0
        else { return 1 }
        return near / far
    }

    /// Torn squares that touch, as boxes; single squares may be chance.
    private func faults(_ torn: [Int], _ best: [PatchFit?]) -> [PictureAudit.Fault] {
        var inside = [Bool](repeating: false, count: columns * rows)
        for at in torn { inside[at] = true }
        let areas = connectedAreas(&inside, width: columns, height: rows, wraps: false).filter { $0.count >= 2 }
        return areas.sorted { ($0.count, $1[0]) > ($1.count, $0[0]) }.map { area in
            let (xs, ys) = (area.map { $0 % columns }, area.map { $0 / columns })
            let smeared = area.count { (best[$0]?.sharpness ?? 1) < 0.4 }
            func pixels(_ cells: Int) -> Int { Int((Double(cells * Self.cell) * factor).rounded()) }
            let (left, top) = (xs.min() ?? 0, ys.min() ?? 0)
            return PictureAudit.Fault(
                kind: smeared * 2 > area.count ? .smeared : .torn,
                box: [
                    pixels(left), pixels(top), pixels((xs.max() ?? 0) - left + 1), pixels((ys.max() ?? 0) - top + 1),
                ])
        }
    }
}
