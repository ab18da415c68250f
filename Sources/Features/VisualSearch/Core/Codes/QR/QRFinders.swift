/// Looks for the three squares in the corners of QR codes: along any line through the middle of one dark and light are
/// as long as 1 : 1 : 3 : 1 : 1.
struct QRFinders {
    /// One square.
    struct Finder {
        var x: Double
        var y: Double
        /// Pixels a module, along rows.
        var module: Double
        var votes = 1

        func distance(to other: Finder) -> Double {
            ((x - other.x) * (x - other.x) + (y - other.y) * (y - other.y)).squareRoot()
        }
    }

    /// Three squares as the corners of one code.
    struct Corners {
        let topLeft: Finder
        let topRight: Finder
        let bottomLeft: Finder
        /// How far from a square seen from the front, 0 and more.
        let strain: Double
    }

    private static let mostFinders = 16
    private static let rowStep = 2

    let dark: DarkPlaces
    private var found: [Finder] = []

    init(_ dark: DarkPlaces) {
        self.dark = dark
        for y in Swift.stride(from: 1, to: dark.height, by: Self.rowStep) { look(along: y) }
    }

    /// Triples that may be one code, the likeliest first.
    var corners: [Corners] {
        let finders = found.filter { $0.votes > 1 }.sorted { $0.votes > $1.votes }.prefix(Self.mostFinders)
        var all: [Corners] = []
        for (i, first) in finders.enumerated() {
            for (j, second) in finders.enumerated().dropFirst(i + 1) {
                for third in finders.dropFirst(j + 1) {
                    if let corners = Self.ordered(first, second, third) { all.append(corners) }
                }
            }
        }
        return all.sorted { $0.strain < $1.strain }
    }

    // MARK: Squares

    private mutating func look(along y: Int) {
        let runs = dark.runs(row: y)
        guard runs.count > 5 else { return }
        var end = runs[0]
        for first in 1..<runs.count - 1 {
            end += runs[first]
            // Runs at odd places are dark.
            guard first % 2 == 1, first + 4 < runs.count, Self.isSquare(runs[first...first + 4]) else { continue }
            let middle = Double(end + runs[first + 1]) + Double(runs[first + 2] - 1) / 2
            add(middle: middle, y: y)
        }
    }

    /// Looks across and along once more, so that the middle is that of the square.
    private mutating func add(middle: Double, y: Int) {
        guard let down = centre(through: middle, Double(y), dx: 0, dy: 1),
            let along = centre(through: middle, down.at, dx: 1, dy: 0),
            down.module < along.module * 2.5, along.module < down.module * 2.5
        else { return }
        let finder = Finder(x: along.at, y: down.at, module: along.module)
        if let known = found.firstIndex(where: { $0.distance(to: finder) < max(2, 2 * finder.module) }) {
            let votes = Double(found[known].votes)
            found[known].x = (found[known].x * votes + finder.x) / (votes + 1)
            found[known].y = (found[known].y * votes + finder.y) / (votes + 1)
            found[known].module = (found[known].module * votes + finder.module) / (votes + 1)
            found[known].votes += 1
        } else if found.count < 400 {
            found.append(finder)
        }
    }

    /// The middle of the square that a line crosses, in one direction; nil when it is none.
    private func centre(through x: Double, _ y: Double, dx: Double, dy: Double) -> (at: Double, module: Double)? {
        guard let forth = walk(x, y, dx, dy), let back = walk(x - dx, y - dy, -dx, -dy) else { return nil }
        let runs = [back[2], back[1], back[0] + forth[0], forth[1], forth[2]]
        guard Self.isSquare(runs[...]) else { return nil }
        return (dx * x + dy * y + Double(forth[0] - 1 - back[0]) / 2, Double(runs.reduce(0, +)) / 7)
    }

    /// How far it is dark, then light, then dark from a place on; nil when the picture ends before.
    private func walk(_ x: Double, _ y: Double, _ dx: Double, _ dy: Double) -> [Int]? {
        var lengths = [0, 0, 0]
        var step = 0.0
        for part in lengths.indices {
            while isInside(x + step * dx, y + step * dy), dark.isDark((x + step * dx, y + step * dy)) == (part != 1) {
                lengths[part] += 1
                step += 1
            }
            // Behind the last dark part the picture may end.
            guard part == 2 || isInside(x + step * dx, y + step * dy) else { return nil }
        }
        return lengths
    }

    private func isInside(_ x: Double, _ y: Double) -> Bool {
        x >= 0 && y >= 0 && x <= Double(dark.width - 1) && y <= Double(dark.height - 1)
    }

    /// Whether five runs are as long as 1 : 1 : 3 : 1 : 1, each within half of its length and a pixel's edge.
    private static func isSquare(_ runs: ArraySlice<Int>) -> Bool {
        let all = runs.reduce(0, +)
        guard runs.count == 5, all >= 7, !runs.contains(0) else { return false }
        let module = Double(all) / 7
        return zip(runs, [1.0, 1, 3, 1, 1]).allSatisfy { run, wanted in
            abs(Double(run) - wanted * module) <= 0.5 * module * (wanted > 1 ? 2 : 1) + 0.5
        }
    }

    // MARK: Corners

    /// The one opposite the longest side is the upper left; the others follow clockwise.
    private static func ordered(_ a: Finder, _ b: Finder, _ c: Finder) -> Corners? {
        let (ab, bc, ca) = (a.distance(to: b), b.distance(to: c), c.distance(to: a))
        let (corner, one, other): (Finder, Finder, Finder) =
            if bc >= ab && bc >= ca { (a, b, c) } else if ca >= ab && ca >= bc { (b, c, a) } else { (c, a, b) }
        let cross = (one.x - corner.x) * (other.y - corner.y) - (one.y - corner.y) * (other.x - corner.x)
        let (right, left) = cross > 0 ? (one, other) : (other, one)
        let (top, side) = (corner.distance(to: right), corner.distance(to: left))
        let modules = [a.module, b.module, c.module]
        guard let least = modules.min(), let most = modules.max(), least > 0, most < 3 * least,
            min(top, side) > 10 * least, max(top, side) < 2.5 * min(top, side)
        else { return nil }
        let cosine =
            ((right.x - corner.x) * (left.x - corner.x) + (right.y - corner.y) * (left.y - corner.y)) / (top * side)
        guard abs(cosine) < 0.6 else { return nil }
        return Corners(
            topLeft: corner, topRight: right, bottomLeft: left,
            strain: abs(cosine) + abs(top - side) / max(top, side) + (most - least) / most)
    }
}
