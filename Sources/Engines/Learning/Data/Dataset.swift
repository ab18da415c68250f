/// Samples with the names of their classes.
public struct Dataset: Hashable, Sendable {
    /// The label column in which the classes of boxes are named.
    public static let boxColumn = "box"

    /// The samples, in the order of their source.
    public var samples: [Sample]
    /// The names of the classes of each label column; a label is a position in its column's list.
    public var classNames: [String: [String]]
    /// What was read, what was left out and why.
    public var report: DataReport

    /// A data set.
    public init(samples: [Sample], classNames: [String: [String]] = [:], report: DataReport = DataReport()) {
        (self.samples, self.classNames, self.report) = (samples, classNames, report)
    }

    /// How many samples there are.
    public var count: Int { samples.count }

    /// The number of classes of a label column; 0 for a column that is not there.
    public func classCount(_ column: String) -> Int { classNames[column]?.count ?? 0 }

    /// The samples of one split, with the same classes.
    public func samples(of split: Split) -> Dataset {
        Dataset(samples: samples.filter { $0.split == split }, classNames: classNames, report: report)
    }

    /// The label of each sample in a column; -1 where it is missing.
    public func labels(_ column: String) -> [Int] { samples.map { $0.labels[column] ?? -1 } }

    /// How many samples each class of a column has.
    public func classSizes(_ column: String) -> [Int] {
        var sizes = [Int](repeating: 0, count: classCount(column))
        for label in labels(column) where sizes.indices.contains(label) { sizes[label] += 1 }
        return sizes
    }

    /// Data sets one after another; classes of the same column and name become one class.
    public static func joined(_ parts: [Dataset]) -> Dataset {
        var names = ClassTable()
        var samples: [Sample] = []
        var report = DataReport()
        for part in parts {
            let maps = part.classNames.reduce(into: [String: [Int]]()) { maps, column in
                maps[column.key] = column.value.map { names.label($0, in: column.key) }
            }
            samples += part.samples.map { renumbered($0, maps) }
            report.merge(part.report)
        }
        return Dataset(samples: samples, classNames: names.names, report: report)
    }

    private static func renumbered(_ sample: Sample, _ maps: [String: [Int]]) -> Sample {
        var sample = sample
        for (column, label) in sample.labels { sample.labels[column] = at(maps[column], label) }
        for index in sample.boxes.indices {
            sample.boxes[index].label = at(maps[boxColumn], sample.boxes[index].label) ?? -1
        }
        return sample
    }

    private static func at(_ map: [Int]?, _ label: Int) -> Int? {
        guard let map, map.indices.contains(label) else { return nil }
        return map[label]
    }
}

/// Class names while a source is read: each new name of a column gets the next number.
struct ClassTable {
    private(set) var names: [String: [String]] = [:]
    private var numbers: [String: [String: Int]] = [:]

    /// Columns with names that are known beforehand.
    init(_ names: [String: [String]] = [:]) {
        for (column, list) in names { for name in list { _ = label(name, in: column) } }
    }

    /// The number of a name, new or known.
    mutating func label(_ name: String, in column: String) -> Int {
        if let known = numbers[column]?[name] { return known }
        let number = names[column]?.count ?? 0
        names[column, default: []].append(name)
        numbers[column, default: [:]][name] = number
        return number
    }

    /// The same names in order (numbers as numbers, where all are), and where each label went.
    func sorted() -> (names: [String: [String]], moved: [String: [Int]]) {
        var moved: [String: [Int]] = [:]
        var ordered: [String: [String]] = [:]
        for (column, list) in names {
            let order = list.indices.sorted { Self.precedes(list[$0], list[$1]) }
            ordered[column] = order.map { list[$0] }
            moved[column] = order.enumerated().reduce(into: [Int](repeating: 0, count: list.count)) {
                $0[$1.element] = $1.offset
            }
        }
        return (ordered, moved)
    }

    private static func precedes(_ left: String, _ right: String) -> Bool {
        switch (Int(left), Int(right)) {
        case (let left?, let right?) where left != right: left < right
        case (_?, nil): true
        case (nil, _?): false
        default: left < right
        }
    }
}
