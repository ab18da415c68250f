/// A scan as far as coverage is concerned.
public struct ScanRecord: Sendable, Hashable {
    /// The scan.
    public var id: String
    /// The day, counted from 1 January 1970.
    public var day: Int
    /// The category that was told.
    public var category: String
    /// Whether the very item was found.
    public var isFound: Bool
    /// What the customer said: whether the answer was right; nil for nothing.
    public var feedback: Bool?
    /// Who asked.
    public var visitor: String

    /// A scan.
    public init(id: String, day: Int, category: String, isFound: Bool, feedback: Bool? = nil, visitor: String = "") {
        self.id = id
        self.day = day
        self.category = category
        self.isFound = isFound
        self.feedback = feedback
        self.visitor = visitor
    }
}

/// A week by the calendar of ISO 8601: weeks begin on Mondays, the first one of a year holds its first Thursday.
public struct CalendarWeek: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The year that the week belongs to.
    public let year: Int
    /// 1 to 53.
    public let number: Int

    /// The week of a day, counted from 1 January 1970; days beyond some ten thousand years are taken as the last one.
    public init(day: Int) {
        let day = min(max(day, -3_000_000), 3_000_000)
        // 1 January 1970 was a Thursday; a week belongs to the year of its Thursday.
        let thursday = day - (day + 3).modulo(7) + 3
        year = Self.year(of: thursday)
        number = (thursday - Self.firstDay(of: year)) / 7 + 1
    }

    private static func firstDay(of year: Int) -> Int {
        let before = year - 1
        return 365 * before + before.dividedDown(4) - before.dividedDown(100) + before.dividedDown(400) - 719_162
    }

    private static func year(of day: Int) -> Int {
        var year = 1970 + day.dividedDown(366)
        while firstDay(of: year + 1) <= day { year += 1 }
        while firstDay(of: year) > day { year -= 1 }
        return year
    }

    /// `2026-W47`.
    public var description: String { "\(year)-W\(number < 10 ? "0" : "")\(number)" }

    /// Earlier first.
    public static func < (a: CalendarWeek, b: CalendarWeek) -> Bool { (a.year, a.number) < (b.year, b.number) }
}

extension Int {
    fileprivate func dividedDown(_ divisor: Int) -> Int { (self - modulo(divisor)) / divisor }
    fileprivate func modulo(_ divisor: Int) -> Int { (self % divisor + divisor) % divisor }
}

/// How much of what customers scan the catalogue has, by category and week.
public struct Coverage: Sendable, Hashable {
    /// The scans of a category in a week.
    public struct Cell: Sendable, Hashable {
        /// The week.
        public let week: CalendarWeek
        /// The category.
        public let category: String
        /// All scans.
        public fileprivate(set) var scans = 0
        /// Scans whose very item was found.
        public fileprivate(set) var found = 0
        /// Those of them that the customer called right.
        public fileprivate(set) var right = 0
        /// Those of them that the customer called wrong.
        public fileprivate(set) var wrong = 0

        /// A cell with nothing in it yet.
        fileprivate init(week: CalendarWeek, category: String) {
            self.week = week
            self.category = category
        }

        /// A cell whose scans were counted before.
        init(week: CalendarWeek, category: String, scans: Int, found: Int, right: Int, wrong: Int) {
            (self.week, self.category, self.scans, self.found) = (week, category, scans, found)
            (self.right, self.wrong) = (right, wrong)
        }

        /// Both together; of one week and category.
        fileprivate mutating func add(_ other: Cell) {
            scans += other.scans
            found += other.found
            right += other.right
            wrong += other.wrong
        }

        /// Share of the scans whose very item was found.
        public var share: Double { scans == 0 ? 0 : Double(found) / Double(scans) }
        /// Share of the found ones that are right, among those that somebody judged; nil when nobody did.
        public var confirmed: Double? { right + wrong == 0 ? nil : Double(right) / Double(right + wrong) }
    }

    /// The latest week first, then by category.
    public let cells: [Cell]

    /// Counts scans, and adds what was counted before.
    public init(_ scans: [ScanRecord], counted: [Cell] = []) {
        struct Key: Hashable {
            let week: CalendarWeek
            let category: String
        }
        var cells: [Key: Cell] = [:]
        for scan in scans {
            let key = Key(week: CalendarWeek(day: scan.day), category: scan.category)
            var cell = cells[key] ?? Cell(week: key.week, category: key.category)
            cell.scans += 1
            if scan.isFound {
                cell.found += 1
                if scan.feedback == true { cell.right += 1 }
                if scan.feedback == false { cell.wrong += 1 }
            }
            cells[key] = cell
        }
        for cell in counted {
            cells[
                Key(week: cell.week, category: cell.category), default: Cell(week: cell.week, category: cell.category)
            ]
            .add(cell)
        }
        self.cells = cells.values.sorted { ($1.week, $0.category) < ($0.week, $1.category) }
    }

    /// The share over all categories of a week; nil for a week without scans.
    public func share(in week: CalendarWeek) -> Double? {
        let all = cells.filter { $0.week == week }
        let scans = all.reduce(0) { $0 + $1.scans }
        return scans == 0 ? nil : Double(all.reduce(0) { $0 + $1.found }) / Double(scans)
    }
}

/// Something that customers look for and the catalogue lacks.
public struct CatalogueGap: Sendable, Hashable {
    /// How many scans there were.
    public let count: Int
    /// By how many visitors.
    public let visitors: Int
    /// The category that most of them were told.
    public let category: String
    /// The middle of their vectors, of length 1.
    public let centre: [Float]
    /// The scans nearest to the middle, to be shown.
    public let samples: [String]
    /// All scans of the gap, in order.
    public let scans: [String]

    /// When scans are one gap.
    public struct Rules: Sendable, Hashable {
        /// Largest distance (1 - cosine) of scans of one thing.
        public var radius = 0.25
        /// Fewest scans near to one that others gather around.
        public var scans = 3
        /// Fewest visitors: one who scans a thing again and again is no demand.
        public var visitors = 2
        /// How many samples are shown.
        public var samples = 6

        /// The rules.
        public init() {}
    }

    /// Gathers the scans of which nothing was found; those that most visitors ask for come first.
    ///
    /// - Parameter scans: The scans and their vectors; found ones are left out.
    public static func gaps(
        among scans: [(record: ScanRecord, vector: [Float])], rules: Rules = Rules()
    ) -> [CatalogueGap] {
        var vectors = UnitVectors(dimension: scans.first?.vector.count ?? 0)
        let missed = scans.filter { !$0.record.isFound && vectors.append($0.vector) }.map(\.record)
        let clusters = DensityClusters(vectors, radius: Float(rules.radius), minimumPoints: rules.scans).clusters
        return clusters.compactMap { gap(of: $0, missed, vectors, rules) }
            .filter { $0.visitors >= rules.visitors }
            .sorted { ($0.visitors, $0.count, $1.scans[0]) > ($1.visitors, $1.count, $0.scans[0]) }
    }

    private static func gap(
        of places: [Int], _ records: [ScanRecord], _ vectors: UnitVectors, _ rules: Rules
    ) -> CatalogueGap? {
        guard let centre = vectors.mean(of: places) else { return nil }
        let near = places.map { (place: $0, likeness: vectors.similarity($0, to: centre)) }
            .sorted { ($0.likeness, $1.place) > ($1.likeness, $0.place) }
        let told = Dictionary(grouping: places, by: { records[$0].category }).mapValues(\.count)
        let category = told.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? ""
        return CatalogueGap(
            count: places.count, visitors: Set(places.map { records[$0].visitor }).count, category: category,
            centre: centre, samples: near.prefix(rules.samples).map { records[$0.place].id },
            scans: places.map { records[$0].id })
    }
}
