/// How well boxes were found: the figures that choose the best weights while a detector is trained.
package struct BoxFigures: Sendable {
    private let pictures: [ExaminedPicture]

    /// Figures of pictures.
    package init(_ pictures: [ExaminedPicture]) { self.pictures = pictures }

    /// `AP50`, `AP50:95` and `mainBox`, where any box is there, and how many pictures were looked at.
    package var all: [(name: String, value: Double)] {
        let precisions = (0..<10).compactMap { averagePrecision(overlap: Float(50 + 5 * $0) / 100) }
        let hits = pictures.compactMap(\.hasMainBox)
        guard precisions.count == 10, !hits.isEmpty else { return [("pictures", Double(pictures.count))] }
        return [
            ("AP50", precisions[0]), ("AP50:95", precisions.reduce(0, +) / 10),
            ("mainBox", Double(hits.count { $0 }) / Double(hits.count)), ("pictures", Double(pictures.count)),
        ]
    }

    /// The mean over classes of the area under the curve of precision and recall, at 101 recalls; nil without true boxes.
    package func averagePrecision(overlap: Float) -> Double? {
        let labels = Set(pictures.flatMap { $0.truths.map(\.label) }).filter { $0 >= 0 }.sorted()
        guard !labels.isEmpty else { return nil }
        return labels.reduce(0) { $0 + averagePrecision(of: $1, overlap) } / Double(labels.count)
    }

    private func averagePrecision(of label: Int, _ overlap: Float) -> Double {
        var hits: [(score: Float, isRight: Bool)] = []
        var count = 0
        for picture in pictures {
            count += picture.truths.count { $0.label == label }
            hits += Self.hits(picture, label, overlap)
        }
        let sorted = hits.enumerated().sorted {
            ($1.element.score, $0.offset) < ($0.element.score, $1.offset)
        }
        var (right, points) = (0, [(recall: Double, precision: Double)]())
        for (place, hit) in sorted.enumerated() {
            right += hit.element.isRight ? 1 : 0
            points.append((Double(right) / Double(max(count, 1)), Double(right) / Double(place + 1)))
        }
        for place in points.indices.dropLast().reversed() {
            points[place].precision = max(points[place].precision, points[place + 1].precision)
        }
        var place = 0
        return (0...100).reduce(0) { sum, step in
            while place < points.count, points[place].recall < Double(step) / 100 - 1e-12 { place += 1 }
            return sum + (place < points.count ? points[place].precision : 0)
        } / 101
    }

    /// From the surest down each box takes the free true box that it overlaps most.
    private static func hits(
        _ picture: ExaminedPicture, _ label: Int, _ overlap: Float
    ) -> [(score: Float, isRight: Bool)] {
        var free = picture.truths.filter { $0.label == label }
        let ignored = picture.truths.filter { $0.label == FocalLoss.Target.ignored }
        return picture.found.filter { $0.label == label }.compactMap { box in
            let best = free.indices.max { box.overlap(free[$0]) < box.overlap(free[$1]) }
            if let best, box.overlap(free[best]) >= overlap {
                free.remove(at: best)
                return (box.score, true)
            }
            return ignored.contains { box.overlap($0) >= overlap } ? nil : (box.score, false)
        }
    }
}
