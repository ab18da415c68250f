/// A picture of the catalogue that is near to the query.
public struct ScanCandidate: Sendable, Hashable {
    /// The picture.
    public var picture: Int64
    /// The SKU that it shows.
    public var sku: String
    /// The style that the SKU belongs to; the SKU itself where nothing was merged.
    public var style: String
    /// The exact cosine to the query, -1 to 1.
    public var score: Double

    /// A near picture.
    public init(picture: Int64, sku: String, style: String? = nil, score: Double) {
        self.picture = picture
        self.sku = sku
        self.style = style ?? sku
        self.score = score
    }
}

/// Somebody sells a SKU.
public struct ScanOffer: Sendable, Hashable {
    /// The item of the catalogue.
    public var item: String
    /// Which SKU it is.
    public var sku: String
    /// Who sells it.
    public var seller: String
    /// What it is called.
    public var title: String
    /// The price in the currency's smallest unit; nil when it is not known.
    public var price: Int64?
    /// The currency by its three letters.
    public var currency: String
    /// How many there are; nil when the seller does not count.
    public var stock: Int?
    /// Where it can be ordered.
    public var orderURL: String?

    /// An offer.
    public init(
        item: String, sku: String, seller: String, title: String, price: Int64? = nil, currency: String = "",
        stock: Int? = nil, orderURL: String? = nil
    ) {
        self.item = item
        self.sku = sku
        self.seller = seller
        self.title = title
        self.price = price
        self.currency = currency
        self.stock = stock
        self.orderURL = orderURL
    }

    /// Whether it can be had.
    public var isInStock: Bool { stock.map { $0 > 0 } ?? true }
}

/// Near pictures as styles: each once, with its best picture's score.
public struct SameItemRanking: Sendable, Hashable {
    /// One style.
    public struct Group: Sendable, Hashable {
        /// The style.
        public var style: String
        /// The score of its best picture.
        public var score: Double
        /// Its pictures among the candidates, best first.
        public var pictures: [Int64]
        /// Its SKUs among the candidates, best first.
        public var skus: [String]

        /// A style with its pictures.
        public init(style: String, score: Double, pictures: [Int64], skus: [String]) {
            self.style = style
            self.score = score
            self.pictures = pictures
            self.skus = skus
        }
    }

    /// The styles, best first.
    public let groups: [Group]
    /// Score of the best style minus that of the next; the score itself where there is no next.
    public let margin: Double
    /// Share of the best five pictures that show the best style.
    public let agreement: Double

    /// Groups candidates; scores that are no numbers are left out, and a picture counts once.
    public init(_ candidates: [ScanCandidate], votes: Int = 5) {
        var seen: Set<Int64> = []
        let ranked = candidates.filter { $0.score.isFinite }
            .sorted { ($0.score, $1.picture) > ($1.score, $0.picture) }
            .filter { seen.insert($0.picture).inserted }
        var order: [String] = []
        var byStyle: [String: Group] = [:]
        for candidate in ranked {
            if byStyle[candidate.style] == nil { order.append(candidate.style) }
            var group =
                byStyle[candidate.style]
                ?? Group(style: candidate.style, score: candidate.score, pictures: [], skus: [])
            group.pictures.append(candidate.picture)
            if !group.skus.contains(candidate.sku) { group.skus.append(candidate.sku) }
            byStyle[candidate.style] = group
        }
        let found = order.compactMap { byStyle[$0] }
        groups = found
        let next = found.count > 1 ? max(0, found[1].score) : 0
        margin = found.first.map { $0.score - next } ?? 0
        let best = ranked.prefix(votes)
        let agreeing = best.count { $0.style == found.first?.style }
        agreement = best.isEmpty ? 0 : Double(agreeing) / Double(best.count)
    }

    /// The offers of a style in the order in which a person compares them: what can be had first, then the cheaper; the
    /// shop's own currency before others, since prices of two currencies cannot be compared, and unknown prices last.
    public static func sorted(_ offers: [ScanOffer], currency: String? = nil) -> [ScanOffer] {
        func key(_ offer: ScanOffer) -> (Int, Int, String, Int64, String) {
            (
                offer.isInStock ? 0 : 1, currency == nil || offer.currency == currency ? 0 : 1,
                currency == nil || offer.currency != currency ? offer.currency : "", offer.price ?? .max, offer.seller
            )
        }
        return offers.sorted { key($0) < key($1) }
    }

    /// Without an item's own style: what else is like it.
    public func without(style: String) -> [Group] { groups.filter { $0.style != style } }
}
