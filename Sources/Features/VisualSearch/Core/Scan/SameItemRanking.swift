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
    /// The category that it stands in, if that is known.
    public var category: String?

    /// A near picture.
    public init(picture: Int64, sku: String, style: String? = nil, score: Double, category: String? = nil) {
        self.picture = picture
        self.sku = sku
        self.style = style ?? sku
        self.score = score
        self.category = category
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

/// Near pictures as styles: each once, with its best picture's score, in the order of cosine and category together.
public struct SameItemRanking: Sendable, Hashable {
    /// One style.
    public struct Group: Sendable, Hashable {
        /// The style.
        public var style: String
        /// The score of its best picture.
        public var score: Double
        /// The category of its best picture, if that is known.
        public var category: String?
        /// Its pictures among the candidates, best first.
        public var pictures: [Int64]
        /// Its SKUs among the candidates, best first.
        public var skus: [String]

        /// A style with its pictures.
        public init(
            style: String, score: Double, category: String? = nil, pictures: [Int64], skus: [String]
        ) {
            self.style = style
            self.score = score
            self.category = category
            self.pictures = pictures
            self.skus = skus
        }
    }

    /// The styles, best first.
    public let groups: [Group]
    /// How far the best style is before the next, in cosine and category together; its score where there is no next.
    public let margin: Double
    /// Share of the best five pictures that show the best style.
    public let agreement: Double
    /// The mean cosine of the twenty nearest pictures, whatever they show.
    public let near: Double

    private static let neighbours = 20

    /// Groups candidates; scores that are no numbers are left out, and a picture counts once.
    ///
    /// - Parameter prior: what the model's word on categories does to the order.
    public init(_ candidates: [ScanCandidate], prior: CategoryPrior = CategoryPrior(), votes: Int = 5) {
        var seen: Set<Int64> = []
        let ranked = candidates.filter { $0.score.isFinite }
            .map { (candidate: $0, rank: $0.score + prior.bonus($0.category)) }
            .sorted { ($0.rank, $1.candidate.picture) > ($1.rank, $0.candidate.picture) }
            .filter { seen.insert($0.candidate.picture).inserted }
        var order: [String] = []
        var byStyle: [String: Group] = [:]
        var ranks: [String: Double] = [:]
        for (candidate, rank) in ranked {
            if byStyle[candidate.style] == nil {
                order.append(candidate.style)
                ranks[candidate.style] = rank
            }
            var group =
                byStyle[candidate.style]
                ?? Group(
                    style: candidate.style, score: candidate.score, category: candidate.category, pictures: [], skus: []
                )
            group.pictures.append(candidate.picture)
            if !group.skus.contains(candidate.sku) { group.skus.append(candidate.sku) }
            byStyle[candidate.style] = group
        }
        let found = order.compactMap { byStyle[$0] }
        groups = found
        func rank(_ place: Int) -> Double { ranks[found[place].style] ?? 0 }
        margin =
            switch found.count {
            case 0: 0
            case 1: found[0].score
            // What points away from the query is no nearer than what has nothing to do with it.
            default: min(rank(0) - rank(1), found[0].score)
            }
        let best = ranked.prefix(votes).map(\.candidate)
        let agreeing = best.count { $0.style == found.first?.style }
        let nearest = ranked.map(\.candidate.score).sorted(by: >).prefix(Self.neighbours)
        near = nearest.isEmpty ? 0 : nearest.reduce(0, +) / Double(nearest.count)
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
