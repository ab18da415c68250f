internal import Kernels
internal import Storage
internal import VectorIndex

/// One generation of a catalogue as a scan asks it: what is near to a vector, and what that is.
struct CatalogueSearch: Sendable {
    let catalogue: Int64
    let database: Database
    let index: GenerationIndex
    let categories: [CatalogueCategory]

    /// The nearest pictures of all categories, for the vote.
    ///
    /// - Parameter hidden: pictures that are passed over.
    func neighbours(
        _ near: GenerationIndex.Near, count: Int, without hidden: Set<Int64> = []
    ) -> [CategoryVote.Neighbour] {
        let names = Dictionary(uniqueKeysWithValues: categories.map { ($0.number, $0.name) })
        let hits = near.nearest(count + hidden.count).filter { !hidden.contains($0.picture) }
        return hits.prefix(count).compactMap { hit in
            names[hit.top].map { CategoryVote.Neighbour(category: $0, similarity: Double(hit.similarity)) }
        }
    }

    /// What a model takes a thing for, in top categories of the catalogue; names that it does not have are dropped.
    func tops(of told: [String: Double]) -> [String: Double] {
        guard !told.isEmpty else { return [:] }
        let names = Dictionary(uniqueKeysWithValues: categories.map { ($0.number, $0.name) })
        let tops = Dictionary(
            categories.map { ($0.name.lowercased(), names[$0.top] ?? $0.name) }, uniquingKeysWith: { first, _ in first }
        )
        return told.reduce(into: [:]) { sums, part in
            if let top = tops[part.key.lowercased()] { sums[top, default: 0] += part.value }
        }
    }

    /// The styles of items with a bar code.
    func styles(code: String) async throws -> [String] {
        try await database.read { [catalogue] connection in
            try Self.styles(of: try ItemQueries.items(code: code, of: catalogue, connection), connection)
        }
    }

    /// The styles that a QR code leads to: those that have the code in it, whose link it is, or whose SKU it says.
    func styles(_ qr: QRCode) async throws -> [String] {
        try await database.read { [catalogue] connection in
            var items = try qr.key.map { try ItemQueries.items(code: $0, of: catalogue, connection) } ?? []
            if items.isEmpty { items = try ItemQueries.items(link: qr.text, of: catalogue, connection) }
            if items.isEmpty { items = try ItemQueries.items(sku: qr.text, of: catalogue, connection) }
            return try Self.styles(of: items, connection)
        }
    }

    private static func styles(of items: [CatalogueItem], _ connection: Connection) throws -> [String] {
        var names = StyleNames()
        var styles: [String] = []
        for item in items {
            let style = try names.style(of: item, connection)
            if !styles.contains(style) { styles.append(style) }
        }
        return styles
    }

    /// The nearest pictures that pass a filter, with their exact scores: `count` of some categories and `count` of all.
    ///
    /// - Parameters:
    ///   - near: what is known of the vector's neighbours, so that the index is not asked again.
    ///   - isOnly: the categories alone are searched, unless too little passes there.
    ///   - wanted: when fewer styles than this pass in the categories, all categories are searched.
    func findings(
        for vector: [Float], near: GenerationIndex.Near? = nil, in wished: [String], isOnly: Bool = false,
        filter: ScanFilter, count: Int, wanted: Int
    ) async throws -> ScanFindings {
        let chosen = categories.filter { wished.contains($0.name) }
        let sub = chosen.count == 1 ? chosen.first.flatMap { $0.top == $0.number ? nil : $0.ordinal } : nil
        let shops = try await database.read { connection in
            try filter.shops.compactMap { try CatalogueQueries.shop($0, connection) }
        }
        var question = Question(
            vector: vector, near: near, filter: filter, filters: filter.vectorFilters(shops: shops, ordinal: sub))
        let tops = Set(chosen.map(\.top))
        var found =
            tops.isEmpty || index.tops.isSubset(of: tops)
            ? [] : try await candidates(for: &question, tops: tops, count: count)
        if !isOnly || Set(found.map(\.style)).count < (filter.isEmpty ? 1 : wanted) {
            let known = Set(found.map(\.picture))
            found += try await candidates(for: &question, tops: nil, count: count)
                .filter { !known.contains($0.picture) }
        }
        let all = index.count
        return ScanFindings(
            candidates: found, indexCount: all, passingCount: found.isEmpty && !filter.isEmpty ? 0 : all)
    }

    /// What is looked for, and what is known already.
    private struct Question {
        let vector: [Float]
        let near: GenerationIndex.Near?
        let filter: ScanFilter
        let filters: [VectorFilter?]
        /// What pictures turned out to be.
        var read: [Int64: [ScanCandidate]] = [:]

        /// The neighbours, where they were asked for with all that matters here.
        func known(k: Int, tops: Set<Int64>?) -> [GenerationIndex.Hit]? {
            guard let near, filters == [nil], k <= near.k, near.vector == vector else { return nil }
            return near.nearest(k, tops: tops)
        }
    }

    /// Asks for more until enough pass the last word, or there is no more.
    private func candidates(
        for question: inout Question, tops: Set<Int64>?, count: Int
    ) async throws -> [ScanCandidate] {
        var k = count
        while true {
            let hits =
                try question.known(k: k, tops: tops)
                ?? index.search(question.vector, k: k, tops: tops, filters: question.filters)
            let fresh = hits.filter { question.read[$0.picture] == nil }
            for (picture, found) in try await read(fresh, for: question.vector, filter: question.filter) {
                question.read[picture] = found
            }
            let found = hits.flatMap { question.read[$0.picture] ?? [] }
            if found.count >= count || hits.count < k || k >= 10_000 { return found }
            // Only conditions that the index does not know, and pictures that have just gone, make the list shorter.
            k = min(k * 4, 10_000)
        }
    }

    /// What the tables say of pictures that were found.
    private func read(
        _ hits: [GenerationIndex.Hit], for vector: [Float], filter: ScanFilter
    ) async throws -> [(picture: Int64, found: [ScanCandidate])] {
        guard !hits.isEmpty else { return [] }
        return try await database.read { [generation = index.generation.number, categories] connection in
            var styles = StyleNames()
            let names = Dictionary(uniqueKeysWithValues: categories.map { ($0.number, $0.name) })
            return try hits.map { hit in
                guard let found = try ItemQueries.found(hit.picture, generation: generation, connection) else {
                    return (hit.picture, [])
                }
                let isExact = found.vector.count == vector.count
                let score = Double(isExact ? dotProduct(found.vector.span, vector.span) : hit.similarity)
                var all = [(hit.picture, found.item, found.group)]
                if found.hasAliases { all += try Self.aliases(of: hit.picture, connection) }
                let candidates = try all.filter { filter.passes($0.1) }.map { picture, item, group in
                    ScanCandidate(
                        picture: picture, sku: item.draft.sku,
                        style: try styles.style(of: item, group: group, connection), score: score,
                        category: names[hit.top])
                }
                return (hit.picture, candidates)
            }
        }
    }

    /// The items of the copies that a picture answers for.
    private static func aliases(
        of picture: Int64, _ connection: Connection
    ) throws -> [(Int64, CatalogueItem, Int64?)] {
        try PictureQueries.aliases(of: picture, connection).compactMap { alias in
            guard let item = try ItemQueries.item(alias.item, connection), item.removal == nil else { return nil }
            return (alias.number, item, try GroupQueries.group(of: item.number, connection))
        }
    }

    /// Who sells what of some styles.
    func offers(of styles: [String], filter: ScanFilter) async throws -> [String: [ScanOffer]] {
        try await database.read { [catalogue] connection in
            var offers: [String: [ScanOffer]] = [:]
            for style in styles {
                offers[style] = try StyleNames.items(of: style, in: catalogue, connection).filter(filter.passes)
                    .map(\.offer)
            }
            return offers
        }
    }
}

/// Names of styles: the SKU of an item that stands alone, or of the first item of its group.
struct StyleNames {
    private var known: [Int64: String] = [:]

    mutating func style(of item: CatalogueItem, _ connection: Connection) throws -> String {
        try style(of: item, group: GroupQueries.group(of: item.number, connection), connection)
    }

    mutating func style(of item: CatalogueItem, group: Int64?, _ connection: Connection) throws -> String {
        if let name = known[item.number] { return name }
        var name = item.draft.sku
        if let group,
            let lead = try GroupQueries.members(of: group, connection).first,
            let first = try ItemQueries.item(lead, connection)
        {
            name = first.draft.sku
        }
        known[item.number] = name
        return name
    }

    /// The items of a style that are there: of its SKU in every shop, and of the groups that they belong to.
    static func items(
        of style: String, in catalogue: Int64, _ connection: Connection
    ) throws -> [CatalogueItem] {
        var items = try ItemQueries.items(sku: style, of: catalogue, connection)
        var numbers = Set(items.map(\.number))
        for item in items {
            guard let group = try GroupQueries.group(of: item.number, connection) else { continue }
            for member in try GroupQueries.members(of: group, connection) where numbers.insert(member).inserted {
                guard let other = try ItemQueries.item(member, connection), other.removal == nil else { continue }
                items.append(other)
            }
        }
        return items
    }
}

extension CatalogueItem {
    /// The item as an offer.
    var offer: ScanOffer {
        ScanOffer(
            item: String(number), sku: draft.sku, seller: draft.shop, title: draft.title, price: draft.price,
            currency: draft.currency, stock: draft.stock.map { Int(clamping: $0) },
            orderURL: draft.link.isEmpty ? nil : draft.link)
    }
}
