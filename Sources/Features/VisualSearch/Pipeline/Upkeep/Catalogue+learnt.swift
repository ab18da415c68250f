internal import Basics
internal import Storage

/// Training between two rounds of merges: what a classifier that was trained on the catalogue's styles takes for each other
/// comes back as proposals.
extension Catalogue {
    /// Proposes styles to be one that a trained classifier takes for each other, by `(c_ij + c_ji) / (n_i + n_j)`.
    ///
    /// Classes are styles by name, as ``exportTraining(to:progress:)`` writes them; names that the catalogue does not have, or
    /// that are one style by now, are passed over.
    func proposeMerges(learnt: LearntCounts, rules: MergeRules = MergeRules()) async throws -> JSON {
        let names = learnt.classes
        let styles = try await database.readWithoutLimit { [number] connection in
            var known = StyleNames()
            return try names.map { name -> LearntStyle? in
                guard let first = try ItemQueries.items(sku: name, of: number, connection).first else { return nil }
                let style = try known.style(of: first, connection)
                return LearntStyle(style: style, items: try StyleNames.items(of: style, in: number, connection))
            }
        }
        let confusion = learnt.confusion(of: names)
        let floor = rules.thresholds.min() ?? 0.2
        var pairs: [(left: LearntStyle, right: LearntStyle, score: Double)] = []
        for pair in confusion.confused {
            guard let left = styles[pair.a], let right = styles[pair.b], left.style != right.style,
                min(confusion.sizes[pair.a], confusion.sizes[pair.b]) >= rules.fewest,
                !left.contradicts(right)
            else { continue }
            let score = confusion.score(pair.a, pair.b)
            if score >= floor { pairs.append((left, right, score)) }
        }
        let proposed = try await database.write(bytes: 512 * (pairs.count + 1)) { [number, pairs] context in
            try pairs.count { pair in
                guard let one = pair.left.items.first?.number, let other = pair.right.items.first?.number else {
                    return false
                }
                let sides = one < other ? (pair.left, pair.right) : (pair.right, pair.left)
                return try ReviewQueries.propose(
                    .merge, subject: min(one, other), other: max(one, other), score: pair.score,
                    evidence: [
                        "why": "a trained classifier takes their pictures for each other's",
                        "left": sides.0.numbers, "right": sides.1.numbers,
                        "needs_person": .bool(pair.left.items.count + pair.right.items.count > rules.largest),
                    ], of: number, in: context)
            }
        }
        return [
            "items": .int(Int64(styles.count { $0 != nil })), "unknown": .int(Int64(styles.count { $0 == nil })),
            "accuracy": JSON(rounding: confusion.accuracy, places: 4), "proposed": .int(Int64(proposed)),
        ]
    }
}

/// A style that a classifier knows.
private struct LearntStyle: Sendable {
    let style: String
    let items: [CatalogueItem]

    var numbers: JSON { .array(items.map { .int($0.number) }) }

    /// Whether codes, brands or sizes of the two speak against each other.
    func contradicts(_ other: LearntStyle) -> Bool {
        items.contains { one in other.items.contains { one.mergeSubject.contradicts($0.mergeSubject) } }
    }
}
