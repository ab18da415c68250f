internal import Basics
internal import Storage

/// Proposals: pictures that do not belong to their items, items that are one thing. Nothing is changed by them.
extension Catalogue {
    /// A picture with its vector and the item it belongs to.
    struct Sample: Sendable {
        let picture: Int64
        let item: Int64
        let vector: [Float]
    }

    /// Looks through all items for foreign pictures and asks people about them.
    func denoise(
        rules: NoiseRules = NoiseRules(), progress: @escaping @Sendable (Double, String) async throws -> Void
    ) async throws -> JSON {
        let samples = try await samples(progress: progress)
        var counts = (items: 0, undecided: 0, recalled: 0, proposed: 0)
        for (item, pictures) in Dictionary(grouping: samples, by: \.item).sorted(by: { $0.key < $1.key }) {
            guard pictures.count > 2, let vectors = UnitVectors(pictures.map(\.vector)) else { continue }
            let report = try await environment.work.run { HierarchicalDBSCAN(rules: rules).report(on: vectors) }
            counts.items += 1
            counts.undecided += report.isUndecided ? 1 : 0
            counts.recalled += report.recalled.count
            guard !report.noise.isEmpty else { continue }
            counts.proposed += try await database.write { [number] context in
                try report.noise.count { outsider in
                    try ReviewQueries.propose(
                        .noise, subject: pictures[outsider.place].picture, other: item,
                        score: min(1, outsider.distance),
                        evidence: [
                            "distance": .double(outsider.distance),
                            "nearest": .int(pictures[outsider.nearest].picture),
                        ], of: number, in: context)
                }
            }
        }
        return [
            "items": .int(Int64(counts.items)), "undecided": .int(Int64(counts.undecided)),
            "recalled": .int(Int64(counts.recalled)), "proposed": .int(Int64(counts.proposed)),
        ]
    }

    /// Looks for items that are one thing, by what their pictures are taken for, and asks people about them.
    func proposeMerges(
        rules: MergeRules = MergeRules(), progress: @escaping @Sendable (Double, String) async throws -> Void
    ) async throws -> JSON {
        let samples = try await samples(progress: progress)
        let items = Set(samples.map(\.item)).sorted()
        let place = Dictionary(uniqueKeysWithValues: items.enumerated().map { ($1, $0) })
        guard let vectors = UnitVectors(samples.map(\.vector)), items.count > 1 else { return ["proposed": 0] }
        let known = try await database.readWithoutLimit { connection in
            try items.compactMap { try ItemQueries.item($0, connection) }
        }
        guard known.count == items.count else { return ["proposed": 0] }
        let neighbours = try await neighbours(samples, k: 4 * rules.voters)
        let groups = try await existingGroups(known, place)
        let (proposals, confusion) = try await environment.work.run {
            var merge = ConfusionMerge(
                subjects: known.map(\.mergeSubject), owners: samples.compactMap { place[$0.item] }, vectors: vectors,
                neighbours: neighbours, rules: rules)
            for (one, other) in groups { merge.join(one, other) }
            return (merge.proposals(threshold: rules.thresholds.min() ?? 0.2), merge.confusion)
        }
        let proposed = try await database.write { [number] context in
            try proposals.count { proposal in
                let (one, other) = (items[proposal.left[0]], items[proposal.right[0]])
                return try ReviewQueries.propose(
                    .merge, subject: min(one, other), other: max(one, other), score: proposal.score,
                    evidence: proposal.json(items, confusion), of: number, in: context)
            }
        }
        return ["items": .int(Int64(items.count)), "proposed": .int(Int64(proposed))]
    }

    /// All searchable pictures of the answering generation.
    func samples(
        progress: @escaping @Sendable (Double, String) async throws -> Void
    ) async throws -> [Sample] {
        let generation = try await search(generation: nil).index.generation.number
        var samples: [Sample] = []
        var last: Int64 = 0
        while true {
            let page = try await database.read { [number, last] connection in
                try GenerationQueries.indexed(
                    generation: generation, of: number, after: last, limit: 512, connection
                ).compactMap { row in
                    try PictureQueries.picture(row.picture, connection).map { ($0.item, row.vector, row.picture) }
                }
            }
            guard let end = page.last?.2 else { return samples }
            samples += page.map { Sample(picture: $0.2, item: $0.0, vector: $0.1) }
            last = end
            try await progress(0, "\(samples.count) pictures")
        }
    }

    private func neighbours(_ samples: [Sample], k: Int) async throws -> [[UnitVectors.Neighbour]] {
        let search = try await search(generation: nil)
        let place = Dictionary(uniqueKeysWithValues: samples.enumerated().map { ($1.picture, $0) })
        return try await environment.work.run {
            try samples.map { sample in
                try search.index.search(sample.vector, k: k + 1).compactMap { hit in
                    guard hit.picture != sample.picture, let place = place[hit.picture] else { return nil }
                    return UnitVectors.Neighbour(place: place, similarity: hit.similarity)
                }
            }
        }
    }

    /// Items that are one thing already: members of a group, and one SKU in several shops.
    private func existingGroups(_ items: [CatalogueItem], _ place: [Int64: Int]) async throws -> [(Int, Int)] {
        try await database.readWithoutLimit { connection in
            var first: [String: Int] = [:]
            var pairs: [(Int, Int)] = []
            for item in items {
                guard let at = place[item.number] else { continue }
                var keys = ["sku \(item.draft.sku)"]
                if let group = try GroupQueries.group(of: item.number, connection) { keys.append("group \(group)") }
                for key in keys {
                    if let known = first[key] { pairs.append((known, at)) } else { first[key] = at }
                }
            }
            return pairs
        }
    }
}

extension CatalogueItem {
    /// What tells the item from others.
    var mergeSubject: MergeSubject {
        func text(_ name: String) -> String? {
            draft.attributes[name]?.stringValue ?? draft.attributes[name]?.intValue.map { String($0) }
        }
        return MergeSubject(
            sku: draft.sku, barcode: text("barcode") ?? text("ean"), brand: text("brand"), size: text("size"))
    }
}

extension MergeProposal {
    /// Why the two are proposed, with what the pictures of each are taken for.
    fileprivate func json(_ items: [Int64], _ confusion: Confusion) -> JSON {
        let why =
            switch evidence {
            case .barcode: "one code"
            case .confusion: "their pictures are taken for each other's"
            case .meanCosine: "their pictures are alike"
            }
        func row(_ place: Int) -> JSON {
            .array(
                confusion.row(place).prefix(5).map {
                    ["item": .int(items[$0.other]), "share": JSON(rounding: $0.share, places: 4)]
                })
        }
        // A page shows the item with the smaller number on the left.
        let sides = [left[0], right[0]].sorted { items[$0] < items[$1] }
        return [
            "rows": ["left": row(sides[0]), "right": row(sides[1])], "why": .string(why),
            "left": .array(left.map { .int(items[$0]) }),
            "right": .array(right.map { .int(items[$0]) }), "needs_person": .bool(needsPerson),
        ]
    }
}

extension ConfusionMerge {
    /// Takes two SKUs for one from the beginning.
    fileprivate mutating func join(_ one: Int, _ other: Int) {
        let left = groups.skus(of: groups.group(of: one))
        let right = groups.skus(of: groups.group(of: other))
        guard left != right else { return }
        accept(MergeProposal(left: left, right: right, evidence: .barcode, needsPerson: false))
    }
}
