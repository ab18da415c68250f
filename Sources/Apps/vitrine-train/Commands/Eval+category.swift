import Basics
import Evaluation
import Foundation
import Learning

/// What several judges say about the class of a label, each by itself and joined.
struct CategoryExamination {
    /// How many neighbours vote, and how far each side is trusted: as the search of the server does.
    static let (neighbours, headAccuracy, voteAccuracy) = (20, 0.75, 0.9)
    /// Neighbours whose weights sum to this are trusted half as much as near ones.
    static let halfTrust = 2.0

    private let label: String
    private let wanted: [Int]
    private let groups: [Int]
    private let classes: Int

    /// The queries that have a label of so many classes.
    init(_ label: String, _ queries: EmbeddedSet, classes: Int) {
        (self.label, self.classes) = (label, classes)
        wanted = queries.labels(label)
        groups = queries.groupNumbers
    }

    /// The accuracy of a judge's opinions [queries][classes], each by itself and with the votes of the neighbours.
    func measurement(_ judges: [(name: String, opinions: [[Double]])], votes: [[Double]]) -> Measurement? {
        var figures: [(name: String, figure: Figure)] = []
        func add(_ name: String, _ opinions: [[Double]]) {
            let hits = zip(opinions, wanted).map { Self.largest($0) == $1 ? 1.0 : 0 }
            if let figure = Bootstrap().mean(hits, groups: groups) { figures.append((name, figure)) }
        }
        for judge in judges { add(judge.name, judge.opinions) }
        add("vote", votes)
        for judge in judges {
            add("\(judge.name) + vote", zip(judge.opinions, votes).map { joined($0, $1) })
        }
        guard !figures.isEmpty else { return nil }
        return Measurement(title: "class \(label) of \(wanted.count) pictures, by judge", figures: figures)
    }

    /// p proportional to (a d + (1 - a) / C) (b v + (1 - b) / C); what a side does not give away is spread over all.
    private func joined(_ own: [Double], _ vote: [Double]) -> [Double] {
        func sure(_ shares: [Double], _ accuracy: Double) -> [Double] {
            let rest = max(0, 1 - shares.reduce(0, +)) / Double(max(classes, 1))
            return shares.map { accuracy * ($0 + rest) + (1 - accuracy) / Double(max(classes, 1)) }
        }
        return zip(sure(own, Self.headAccuracy), sure(vote, Self.voteAccuracy)).map { $0 * $1 }
    }

    private static func largest(_ shares: [Double]) -> Int {
        guard let best = shares.max(), best > 0 else { return -2 }
        return shares.firstIndex(of: best) ?? -2
    }

    /// The votes of the nearest stored pictures, with weights max(0, s)^8; where those are small, far pictures voted, and
    /// little is given to any class.
    func votes(_ queries: EmbeddedSet, _ stored: EmbeddedSet) -> [[Double]] {
        let classes = stored.labels(label)
        return (0..<queries.count).map { row in
            let query = queries.vector(row)
            let scores = (0..<stored.count).map { place -> (score: Float, label: Int) in
                (zip(query, stored.vector(place)).reduce(Float(0)) { $0 + $1.0 * $1.1 }, classes[place])
            }
            var shares = [Double](repeating: 0, count: self.classes)
            for (score, label) in scores.sorted(by: { $0.score > $1.score }).prefix(Self.neighbours)
            where shares.indices.contains(label) && score > 0 {
                let s = Double(score)
                shares[label] += s * s * s * s * s * s * s * s
            }
            let sum = shares.reduce(0, +)
            return shares.map { $0 / (sum + Self.halfTrust) }
        }
    }
}

extension Examination {
    /// For each label that the net answers itself: its own answer, the vote of the neighbours, a detector's class, joined.
    func categories(_ detector: TrainedDetector?) throws -> [Measurement] {
        guard let raw else { return [] }
        return try model.net.options.heads.compactMap { head -> Measurement? in
            let asked = queries.known(head.name)
            let stored = (gallery ?? learnt).known(head.name)
            guard asked.count > 0, stored.count > 0 else { return nil }
            let classes = prepared.dataset.classCount(head.name)
            let examination = CategoryExamination(head.name, asked, classes: classes)
            var judges = [(name: "head", opinions: try answers(head.name, raw.queries.known(head.name)))]
            if let detector {
                judges.append(("detector", try found(by: detector, asked, head.name, classes)))
            }
            return examination.measurement(judges, votes: examination.votes(asked, stored))
        }
    }

    /// The net's own probabilities, from vectors as they are before they are brought to one length.
    private func answers(_ label: String, _ raw: EmbeddedSet) throws -> [[Double]] {
        guard let table = try model.heads(raw.vectors, dimension: raw.dimension)[label], raw.count > 0 else {
            return []
        }
        let width = table.count / raw.count
        return (0..<raw.count).map { Array(table[$0 * width..<($0 + 1) * width]) }
    }

    /// The class of the surest box by its name, with the box's score.
    private func found(
        by detector: TrainedDetector, _ asked: EmbeddedSet, _ label: String, _ classes: Int
    ) throws -> [[Double]] {
        let names = prepared.dataset.classNames[label] ?? []
        let pictures = try detector.finder(
            Dataset(samples: asked.samples, classNames: prepared.dataset.classNames))
        var opinions = [[Double]](repeating: [Double](repeating: 0, count: classes), count: asked.count)
        for picture in pictures {
            guard let first = picture.found.first, detector.classNames.indices.contains(first.label),
                let number = names.firstIndex(of: detector.classNames[first.label]),
                opinions.indices.contains(picture.index)
            else { continue }
            opinions[picture.index][number] = Double(first.score)
        }
        return opinions
    }
}
