/// How a QR code of a version is laid out (ISO/IEC 18004:2015, clauses 6 and 7): versions 1 to 10, which is what shops
/// print on goods and posters; larger ones hold over 270 letters and more than a phone reads at arm's length.
struct QRLayout: Sendable {
    /// How much of a code may be damaged; the bits by which codes say so.
    enum Level: Int, Sendable, CaseIterable {
        /// 7 of 100 bytes.
        case low = 1
        /// 15 of 100 bytes.
        case medium = 0
        /// 25 of 100 bytes.
        case quartile = 3
        /// 30 of 100 bytes.
        case high = 2

        fileprivate var place: Int {
            switch self {
            case .low: 0
            case .medium: 1
            case .quartile: 2
            case .high: 3
            }
        }
    }

    static let versions = 1...10

    let version: Int
    /// Modules a side.
    var side: Int { 17 + 4 * version }

    /// - Parameter version: one of ``versions``.
    init?(version: Int) {
        guard Self.versions.contains(version) else { return nil }
        self.version = version
    }

    /// Where alignment patterns have their middles, in both directions (annex E).
    var alignments: [Int] {
        switch version {
        case 1: []
        case 2...6: [6, side - 7]
        default: [6, (side - 1) / 2, side - 7]
        }
    }

    /// Whether a module belongs to a pattern or to what the code says about itself, and not to its bytes.
    func isFunction(_ x: Int, _ y: Int) -> Bool {
        if x == 6 || y == 6 { return true }
        if (x < 9 || x >= side - 8) && y < 9 || x < 9 && y >= side - 8 { return true }
        if version >= 7, x >= side - 11 && y < 6 || y >= side - 11 && x < 6 { return true }
        let near = alignments.filter { abs(x - $0) <= 2 }
        return alignments.contains { row in
            abs(y - row) <= 2 && near.contains { !isFinder($0, row) }
        }
    }

    /// Whether an alignment pattern would stand on a finder pattern, where there is none.
    private func isFinder(_ x: Int, _ y: Int) -> Bool {
        (x == 6 && y == 6) || (x == 6 && y == side - 7) || (x == side - 7 && y == 6)
    }

    /// The places of the bits of all bytes, first to last: up and down in columns of two from the right.
    var bitPlaces: [(x: Int, y: Int)] {
        var places: [(x: Int, y: Int)] = []
        var column = side - 1
        var isUp = true
        while column > 0 {
            if column == 6 { column -= 1 }
            for step in 0..<side {
                let y = isUp ? side - 1 - step : step
                for x in [column, column - 1] where !isFunction(x, y) { places.append((x, y)) }
            }
            isUp.toggle()
            column -= 2
        }
        return places
    }

    /// Check bytes of each block, and how many blocks there are (table 9).
    func blocks(_ level: Level) -> (checks: Int, count: Int) {
        let checks = [
            [7, 10, 15, 20, 26, 18, 20, 24, 30, 18], [10, 16, 26, 18, 24, 16, 18, 22, 22, 26],
            [13, 22, 18, 26, 18, 24, 18, 22, 20, 24], [17, 28, 22, 16, 22, 28, 26, 26, 24, 28],
        ]
        let counts = [
            [1, 1, 1, 1, 1, 2, 2, 2, 2, 4], [1, 1, 1, 2, 2, 4, 4, 4, 5, 5], [1, 1, 2, 2, 4, 4, 6, 6, 8, 8],
            [1, 1, 2, 4, 4, 4, 5, 6, 8, 8],
        ]
        return (checks[level.place][version - 1], counts[level.place][version - 1])
    }

    /// A module of a pattern that every code of the version has.
    struct Pattern {
        let x: Int
        let y: Int
        let isDark: Bool
    }

    /// The three finders with their light rims, the timing lines and the alignment patterns.
    var patterns: [Pattern] {
        (0..<side * side).compactMap { place in
            pattern(place % side, place / side).map { Pattern(x: place % side, y: place / side, isDark: $0) }
        }
    }

    /// What a module of these patterns says; nil elsewhere.
    private func pattern(_ x: Int, _ y: Int) -> Bool? {
        for (left, top) in [(0, 0), (side - 7, 0), (0, side - 7)] {
            let (dx, dy) = (x - left, y - top)
            guard (-1...7).contains(dx), (-1...7).contains(dy) else { continue }
            let ring = max(abs(dx - 3), abs(dy - 3))
            return ring == 3 || ring < 2
        }
        for row in alignments where abs(y - row) <= 2 {
            for column in alignments where abs(x - column) <= 2 && !isFinder(column, row) {
                return max(abs(x - column), abs(y - row)) != 1
            }
        }
        if x == 6 || y == 6 { return (x + y) % 2 == 0 }
        return nil
    }

    /// Whether a mask turns a module round (table 10).
    static func isMasked(_ mask: Int, _ x: Int, _ y: Int) -> Bool {
        switch mask {
        case 0: (y + x) % 2 == 0
        case 1: y % 2 == 0
        case 2: x % 3 == 0
        case 3: (y + x) % 3 == 0
        case 4: (y / 2 + x / 3) % 2 == 0
        case 5: y * x % 2 + y * x % 3 == 0
        case 6: (y * x % 2 + y * x % 3) % 2 == 0
        default: ((y + x) % 2 + y * x % 3) % 2 == 0
        }
    }
}
