internal import Imaging

/// Lays the grid of a QR code's modules over a picture, seen at an angle, and reads each module.
struct QRGrid {
    private typealias Point = (x: Double, y: Double)

    private let dark: DarkPlaces
    private let corners: QRFinders.Corners

    init(_ dark: DarkPlaces, _ corners: QRFinders.Corners) {
        self.dark = dark
        self.corners = corners
    }

    /// The versions that the code may have by its size, the likeliest first.
    var layouts: [QRLayout] {
        guard let across = side(corners.topLeft, corners.topRight),
            let down = side(corners.topLeft, corners.bottomLeft)
        else { return [] }
        let version = ((across + down) / 2 - 17) / 4
        guard version.isFinite, version > -2, version < 40 else { return [] }
        let nearest = Int(version.rounded())
        let next = version > Double(nearest) ? [nearest + 1, nearest - 1] : [nearest - 1, nearest + 1]
        return ([nearest] + next).compactMap { QRLayout(version: $0) }
    }

    /// The modules of a side by the distance between two squares and how large the squares are along that line.
    private func side(_ one: QRFinders.Finder, _ other: QRFinders.Finder) -> Double? {
        let lengths = [(one, other), (other, one)].compactMap { length($0.0, towards: $0.1) }
        guard !lengths.isEmpty else { return nil }
        let module = lengths.reduce(0, +) / Double(lengths.count) / 7
        return module > 0 ? one.distance(to: other) / module + 7 : nil
    }

    /// How far a square reaches along a line, in both directions.
    private func length(_ finder: QRFinders.Finder, towards other: QRFinders.Finder) -> Double? {
        let distance = finder.distance(to: other)
        guard distance > 0 else { return nil }
        let (dx, dy) = ((other.x - finder.x) / distance, (other.y - finder.y) / distance)
        let reaches = [1.0, -1.0].compactMap { reach(finder, dx * $0, dy * $0, most: distance / 2) }
        return reaches.isEmpty ? nil : reaches.reduce(0, +) * 2 / Double(reaches.count)
    }

    /// The way from the middle of a square to where its dark rim ends, finer than pixels.
    private func reach(_ finder: QRFinders.Finder, _ dx: Double, _ dy: Double, most: Double) -> Double? {
        var (way, changes, isDark) = (0.0, 0, true)
        while way < most {
            if dark.isDark((x: finder.x + way * dx, y: finder.y + way * dy)) != isDark {
                isDark.toggle()
                changes += 1
                if changes == 3 { return way - 0.25 }
            }
            way += 0.5
        }
        return nil
    }

    // MARK: Reading

    /// The modules as they are seen, by several places of the fourth corner, the likeliest first.
    func modules(_ layout: QRLayout) -> [QRModules] {
        let (a, b, c) = (corners.topLeft, corners.topRight, corners.bottomLeft)
        let patterns = layout.patterns
        // Where it is when the code is seen from the front; seen from the side it is far from there.
        let front = (x: b.x + c.x - a.x, y: b.y + c.y - a.y)
        let wide = places(layout, around: front, reach: max(3, 0.5 * Double(layout.side - 7)), step: 1.5)
        let near = fits(layout, patterns, wide).prefix(3).flatMap { place in
            places(layout, around: place.corner, reach: 2, step: 0.5)
        }
        let seen = fits(layout, patterns, near)
        guard let best = seen.first, best.agreement > 0.75 else { return [] }
        // Many places fit equally well: the best one is in their middle.
        let equal = seen.prefix { $0.agreement > best.agreement - 0.005 }
        let share = 1 / Double(equal.count)
        let middle = equal.reduce((x: 0.0, y: 0.0)) { ($0.x + $1.corner.x * share, $0.y + $1.corner.y * share) }
        return ([middle] + seen.prefix(4).map(\.corner)).compactMap { corner in
            map(layout, fourth: corner).flatMap { read(layout, $0) }
        }
    }

    /// How well the patterns fit with each place of the fourth corner, the best first.
    private func fits(
        _ layout: QRLayout, _ patterns: [QRLayout.Pattern], _ places: [Point]
    ) -> [(corner: Point, agreement: Double)] {
        places.compactMap { corner in
            map(layout, fourth: corner).map { (corner, agreement(patterns, $0)) }
        }.sorted { $0.agreement > $1.agreement }
    }

    /// How many modules that every such code has are as they should be.
    private func agreement(_ patterns: [QRLayout.Pattern], _ map: PlaneMap) -> Double {
        let right = patterns.count { pattern in
            map(x: Double(pattern.x) + 0.5, y: Double(pattern.y) + 0.5).map { dark.isDark($0) } == pattern.isDark
        }
        return Double(right) / Double(max(1, patterns.count))
    }

    /// Places of the lower right middle around one, in modules.
    ///
    /// It stands at (side - 3.5, side - 3.5), where a fourth square would have its middle.
    private func places(_ layout: QRLayout, around middle: Point, reach: Double, step: Double) -> [Point] {
        let (a, b, c) = (corners.topLeft, corners.topRight, corners.bottomLeft)
        let span = Double(layout.side - 7)
        let (rightX, rightY) = ((b.x - a.x) / span * step, (b.y - a.y) / span * step)
        let (downX, downY) = ((c.x - a.x) / span * step, (c.y - a.y) / span * step)
        let count = Int(reach / step)
        return (-count...count).flatMap { down in
            (-count...count).map { right in
                let (i, j) = (Double(right), Double(down))
                return (middle.x + i * rightX + j * downX, middle.y + i * rightY + j * downY)
            }
        }
    }

    /// From modules to pixels, by the middles of the three squares and the fourth corner.
    private func map(_ layout: QRLayout, fourth: (x: Double, y: Double)) -> PlaneMap? {
        let (a, b, c) = (corners.topLeft, corners.topRight, corners.bottomLeft)
        let span = Double(layout.side - 7)
        guard let square = Self.square((a.x, a.y), (b.x, b.y), fourth, (c.x, c.y)) else { return nil }
        return PlaneMap.translation(x: -3.5, y: -3.5).then(.scale(x: 1 / span, y: 1 / span)).then(square)
    }

    /// The map of the unit square to four points, clockwise from the upper left one (Heckbert, Fundamentals of Texture
    /// Mapping and Image Warping, 1989, section 2.2.3).
    private static func square(_ p: Point, _ q: Point, _ r: Point, _ s: Point) -> PlaneMap? {
        let (sumX, sumY) = (p.x - q.x + r.x - s.x, p.y - q.y + r.y - s.y)
        let (oneX, oneY, twoX, twoY) = (q.x - r.x, q.y - r.y, s.x - r.x, s.y - r.y)
        let determinant = oneX * twoY - twoX * oneY
        guard abs(determinant) > 1e-9 else { return nil }
        let g = (sumX * twoY - twoX * sumY) / determinant
        let h = (oneX * sumY - sumX * oneY) / determinant
        return PlaneMap([
            q.x - p.x + g * q.x, s.x - p.x + h * s.x, p.x, q.y - p.y + g * q.y, s.y - p.y + h * s.y, p.y, g, h, 1,
        ])
    }

    private func read(_ layout: QRLayout, _ map: PlaneMap) -> QRModules? {
        let spread = corners.topLeft.distance(to: corners.topRight) / Double(layout.side - 7) * 0.2
        var modules: [Bool] = []
        modules.reserveCapacity(layout.side * layout.side)
        for y in 0..<layout.side {
            for x in 0..<layout.side {
                guard let place = map(x: Double(x) + 0.5, y: Double(y) + 0.5) else { return nil }
                modules.append(dark.isDark(around: place, spread: spread))
            }
        }
        return QRModules(layout, dark: modules)
    }
}
