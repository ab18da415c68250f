/// Held-out pictures as queries against a gallery: which of those that are searched were found, and how early.
struct HeldOutSearch {
    let queries: EmbeddedSet
    let gallery: EmbeddedSet
    /// The label that makes two pictures the same thing.
    let label: String
    /// Whether queries and gallery are the same pictures, so that nothing may find itself or its own group.
    let isWithin: Bool

    /// recall@1, recall@5 and mAP over the queries that have something to find, and how many those are.
    func figures() throws -> [(name: String, value: Double)] {
        var (first, five, precision, count) = (0, 0, 0.0, 0)
        for place in queries.samples.indices where wanted(place) >= 0 {
            let order = try ranked(place)
            let hits = order.indices.filter { order[$0] }
            guard let best = hits.first else { continue }
            count += 1
            first += best == 0 ? 1 : 0
            five += best < 5 ? 1 : 0
            precision +=
                hits.enumerated().reduce(0) { $0 + Double($1.offset + 1) / Double($1.element + 1) }
                / Double(hits.count)
        }
        guard count > 0 else { return [("queries", 0)] }
        let all = Double(count)
        return [
            ("recall@1", Double(first) / all), ("recall@5", Double(five) / all), ("mAP", precision / all),
            ("queries", all),
        ]
    }

    private func wanted(_ place: Int) -> Int { queries.samples[place].labels[label] ?? -1 }

    /// The gallery from the most to the least similar, as whether each is what was searched; equals in their order.
    private func ranked(_ place: Int) throws -> [Bool] {
        let own = queries.samples[place]
        let scores = try scores(place)
        let rows = gallery.samples.indices.filter { row in
            guard isWithin else { return true }
            let other = gallery.samples[row]
            return queries.indexes[place] != gallery.indexes[row] && (own.group == nil || own.group != other.group)
        }
        let order = rows.sorted { (-scores[$0], $0) < (-scores[$1], $1) }
        return order.map { gallery.samples[$0].labels[label] == own.labels[label] }
    }

    private func scores(_ place: Int) throws -> [Float] {
        try checked {
            let query = Tensor(Array(queries.vector(place)), shape: [queries.dimension, 1])
            return table.matmul(query).host().floats
        }
    }

    private let table: Tensor

    init(queries: EmbeddedSet, gallery: EmbeddedSet, label: String, isWithin: Bool) {
        (self.queries, self.gallery, self.label, self.isWithin) = (queries, gallery, label, isWithin)
        table = Tensor(gallery.vectors, shape: [gallery.count, gallery.dimension])
    }
}
