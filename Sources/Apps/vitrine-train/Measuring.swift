import Basics
import Evaluation
import Learning

/// One line of an evaluation: what was asked, and the figures of the answers.
struct Measurement {
    let title: String
    let figures: [(name: String, figure: Figure)]
    /// Whether each query's first answer was right, for paired comparisons; empty where that is not the question.
    var hits: [Double] = []
    var groups: [Int] = []

    var text: String {
        ([title] + figures.map { "  \($0.name.padded(to: 12)) \($0.figure.text)" }).joined(separator: "\n")
    }

    var json: JSON {
        var object: JSONObject = ["question": .string(title)]
        for (name, figure) in figures { object[name] = figure.json }
        return .object(object)
    }
}

extension String {
    /// The text with blanks behind it.
    func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}

/// Asks embedded pictures.
enum Measuring {
    /// Queries against a gallery, by a label.
    static func retrieval(
        _ title: String, _ queries: EmbeddedSet, _ gallery: EmbeddedSet, label: String, isWithin: Bool = false,
        metric: Retrieval.Metric = .cosine, strangers: EmbeddedSet? = nil
    ) throws -> Measurement? {
        let (asked, known) = (queries.known(label), gallery.known(label))
        let stored = known.joined(with: strangers?.nameless)
        guard asked.count > 0, stored.count > 0 else { return nil }
        var retrieval = Retrieval()
        retrieval.metric = metric
        retrieval.cutoffs = [1, 5]
        retrieval.skipsSelf = isWithin
        let report = try retrieval.report(
            queries: asked.vectors(label, numbersFrom: 0),
            gallery: stored.vectors(label, numbersFrom: isWithin ? 0 : UInt64(asked.count)))
        let groups = asked.groupNumbers
        return Measurement(
            title: title,
            figures: [("top-1", report.recall(1)), ("top-5", report.recall(5)), ("mAP", report.meanAveragePrecision)]
                .compactMap { name, figure in figure.map { (name, $0) } },
            hits: report.outcomes.map { $0.found[0] > 0 ? 1 : 0 }, groups: report.outcomes.map { groups[$0.query] })
    }

    /// The class of the nearest picture that was learnt from.
    static func nearest(_ label: String, _ queries: EmbeddedSet, _ learnt: EmbeddedSet) throws -> Measurement? {
        guard let all = try retrieval("", queries, learnt, label: label), let first = all.figures.first else {
            return nil
        }
        return Measurement(
            title: "class \(label) of the nearest picture that was learnt from", figures: [("1-NN", first.figure)],
            hits: all.hits, groups: all.groups)
    }

    /// How far apart the means of two sets are, in mean distances of a class's pictures from its own mean.
    static func gap(_ left: EmbeddedSet, _ right: EmbeddedSet, label: String) -> Double? {
        guard left.count > 0, right.count > 0 else { return nil }
        let radius = left.known(label).radius(label)
        return radius > 0 ? distance(left.mean, right.mean) / radius : nil
    }

    static func distance(_ left: [Double], _ right: [Double]) -> Double {
        zip(left, right).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
    }
}

extension EmbeddedSet {
    /// Those that have a label.
    func known(_ label: String) -> EmbeddedSet { filtered { $0.labels[label] != nil } }

    /// The same pictures without what is known about them.
    var nameless: EmbeddedSet {
        EmbeddedSet(
            indexes: indexes, vectors: vectors, dimension: dimension,
            samples: samples.map { Sample(id: $0.id, image: $0.image, source: $0.source) })
    }

    /// These and others behind them.
    func joined(with others: EmbeddedSet?) -> EmbeddedSet {
        guard let others, others.dimension == dimension else { return self }
        return EmbeddedSet(
            indexes: indexes + others.indexes, vectors: vectors + others.vectors, dimension: dimension,
            samples: samples + others.samples)
    }

    /// Numbers of the groups; a picture without one stands alone.
    var groupNumbers: [Int] {
        var numbers: [String: Int] = [:]
        return samples.enumerated().map { place, sample in
            let key = sample.group.map { "g/\($0)" } ?? "p/\(place)"
            let number = numbers[key] ?? numbers.count
            numbers[key] = number
            return number
        }
    }

    func vectors(_ label: String, numbersFrom start: UInt64) throws -> LabelledVectors {
        try LabelledVectors(
            values: vectors, dimension: dimension, labels: labels(label), ids: (0..<UInt64(count)).map { start + $0 },
            groups: groupNumbers)
    }

    /// The mean of all vectors.
    var mean: [Double] {
        var sum = [Double](repeating: 0, count: dimension)
        for row in 0..<count {
            for (place, value) in vector(row).enumerated() { sum[place] += Double(value) }
        }
        return sum.map { $0 / Double(max(count, 1)) }
    }

    /// The mean distance of a picture from the mean of its class.
    func radius(_ label: String) -> Double {
        var (sum, number) = (0.0, 0)
        for own in Set(labels(label)) where own >= 0 {
            let part = filtered { $0.labels[label] == own }
            let centre = part.mean
            for row in 0..<part.count { sum += Measuring.distance(part.vector(row).map(Double.init), centre) }
            number += part.count
        }
        return number > 0 ? sum / Double(number) : 0
    }
}
