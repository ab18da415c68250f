/// A minute of one number.
package struct PaneKey: Sendable, Hashable {
    /// Minutes since 1970.
    package var minute: Int64
    package var metric: StatMetric
    package var dimensions: Dimensions

    package init(minute: Int64, metric: StatMetric, dimensions: Dimensions) {
        self.minute = minute
        self.metric = metric
        self.dimensions = dimensions
    }
}

/// What a pane holds: whole numbers by the bucket of their value, that can be added and taken away again.
package struct Pane: Sendable, Hashable {
    package struct Cell: Sendable, Hashable {
        package var count: Int64 = 0
        package var sum: Int64 = 0
    }
    package private(set) var cells: [Int: Cell] = [:]

    package init() {}

    package var count: Int64 { cells.values.reduce(0) { $0 + $1.count } }
    package var sum: Int64 { cells.values.reduce(0) { $0 + $1.sum } }
    package var isEmpty: Bool { cells.isEmpty }

    package mutating func add(bucket: Int, count: Int64, sum: Int64) {
        let old = cells[bucket] ?? Cell()
        let new = Cell(count: old.count + count, sum: old.sum + sum)
        cells[bucket] = new == Cell() ? nil : new
    }

    package mutating func merge(_ other: Pane) {
        for (bucket, cell) in other.cells { add(bucket: bucket, count: cell.count, sum: cell.sum) }
    }

    /// A value below which at least a share of all lies, to the width of a bucket; nil without values.
    package func quantile(_ share: Double) -> Int64? {
        var histogram = LogHistogram()
        for (bucket, cell) in cells { histogram.addBucket(bucket, times: cell.count) }
        return histogram.quantile(share)
    }
}

/// Numbers by the minute, or changes of such numbers.
package struct Panes: Sendable, Hashable {
    package private(set) var panes: [PaneKey: Pane] = [:]

    package init() {}

    /// Adds a value to a number in the minute of a moment; takes it away for a negative number of times.
    package mutating func add(
        _ metric: StatMetric, _ value: Int64 = 0, at moment: Int64, _ dimensions: Dimensions, times: Int64 = 1
    ) {
        put(
            PaneKey(minute: moment / 60_000, metric: metric, dimensions: dimensions),
            bucket: LogHistogram.index(value), count: times, sum: value * times)
    }

    /// Those whose dimensions fit.
    package func filter(_ fits: (Dimensions) -> Bool) -> Panes {
        var kept = Panes()
        kept.panes = panes.filter { fits($0.key.dimensions) }
        return kept
    }

    /// Adds a bucket as it is stored.
    package mutating func put(_ key: PaneKey, bucket: Int, count: Int64, sum: Int64) {
        var pane = panes[key] ?? Pane()
        pane.add(bucket: bucket, count: count, sum: sum)
        panes[key] = pane.isEmpty ? nil : pane
    }

    /// The sum of all panes of a number within minutes, of those whose dimensions fit.
    package func total(
        _ metric: StatMetric, minutes: Range<Int64>, where fits: (Dimensions) -> Bool = { _ in true }
    ) -> Pane {
        var total = Pane()
        for (key, pane) in panes where key.metric == metric && minutes.contains(key.minute) && fits(key.dimensions) {
            total.merge(pane)
        }
        return total
    }
}
