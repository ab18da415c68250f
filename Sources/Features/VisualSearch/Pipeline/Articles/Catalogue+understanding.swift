internal import Basics
internal import Imaging
internal import Storage

/// What a picture of somebody's page shows.
public struct UnderstoodPicture: Sendable {
    /// An item that it shows, or one that is like what it shows.
    public struct Item: Sendable, Hashable {
        /// The style's name.
        public let sku: String
        /// The first item of the style.
        public let item: Int64
        /// Its title.
        public let title: String
        /// The cosine of its best picture.
        public let score: Double
        /// Whether it is the very item.
        public let isSame: Bool
    }

    /// The likeliest categories, best first.
    public let categories: [CategoryVote.Share]
    /// Items, best first.
    public let items: [Item]
    /// Why there is no more; nil when the very item was found.
    public let reason: ScanReason?
    /// Why the picture could not be used; everything else is empty then.
    public let problem: String?
}

/// Understanding of pictures that stand beside texts. It is asked about pictures alone: nothing about a reader goes in,
/// and nothing is kept of what was asked.
extension Catalogue {
    /// Pictures that may be asked about at once.
    public static let picturesToUnderstand = 20
    private static let itemsPerPicture = 5

    /// Tells what pictures show: categories and items with their scores.
    ///
    /// - Throws: ``RequestError`` 400 for none or too many.
    public func understand(_ pictures: [[UInt8]]) async throws -> [UnderstoodPicture] {
        guard (1...Self.picturesToUnderstand).contains(pictures.count) else {
            throw RequestError.invalidParam(
                "1 to \(Self.picturesToUnderstand) pictures are understood at once, not \(pictures.count).")
        }
        var understood: [UnderstoodPicture] = []
        for picture in pictures { understood.append(try await understand(picture)) }
        return understood
    }

    private func understand(_ picture: [UInt8]) async throws -> UnderstoodPicture {
        let answer: ScanAnswer
        do {
            answer = try await scan(picture, request: ScanRequest(limit: Self.itemsPerPicture))
        } catch let error as RequestError where [413, 415, 422].contains(error.status) {
            return UnderstoodPicture(categories: [], items: [], reason: nil, problem: error.message)
        }
        func items(_ groups: [ScanAnswer.Group], isSame: Bool) -> [UnderstoodPicture.Item] {
            groups.compactMap { group in
                guard let offer = group.offers.first, let item = Int64(offer.item) else { return nil }
                return UnderstoodPicture.Item(
                    sku: group.style, item: item, title: offer.title, score: group.score, isSame: isSame)
            }
        }
        return UnderstoodPicture(
            categories: answer.category.final,
            items: items(answer.groups, isSame: true) + items(answer.similar, isSame: false), reason: answer.reason,
            problem: nil)
    }

    // MARK: Articles

    /// Looks at the pictures of articles and keeps beside each what it shows. Pictures that were looked at since the
    /// catalogue last changed are passed over, so a run that was stopped goes on where it was.
    func linkArticles(progress: @escaping @Sendable (Double, String) async throws -> Void) async throws -> JSON {
        let (revision, all) = try await database.read { [number] connection in
            // Even with an empty catalogue a picture is looked at once.
            let revision = max(1, try EntityQueries.revision(of: number, connection))
            return (revision, try ArticleQueries.unseenCount(of: number, before: revision, connection))
        }
        var (looked, found) = (0, 0)
        while let next = try await database.read({ [number] in
            try ArticleQueries.unseen(of: number, before: revision, $0)
        }) {
            let bytes = try await environment.blobs.reader(of: next.blob).readAll()
            let items = try await understand(bytes).items.map { ($0.item, $0.score, $0.isSame) }
            try await database.write { context in
                try ArticleQueries.link(
                    next.article, place: next.place, items: items, revision: revision, in: context)
            }
            try options.faultPoint("linked")
            looked += 1
            found += items.isEmpty ? 0 : 1
            try await progress(Double(looked) / Double(max(1, all)), "\(looked) of \(all) pictures")
        }
        return ["pictures": .int(Int64(looked)), "with_items": .int(Int64(found))]
    }

    /// Whether pictures of articles were not looked at since the catalogue last changed.
    func hasUnlinkedPictures() async throws -> Bool {
        try await database.read { [number] connection in
            let revision = max(1, try EntityQueries.revision(of: number, connection))
            return try ArticleQueries.unseenCount(of: number, before: revision, connection) > 0
        }
    }

    /// The items that an article's pictures show, by place, best first; what is only similar comes after the very item.
    public func linkedItems(of article: Int64) async throws -> [Int: [LinkedItem]] {
        try await database.read { connection in
            var linked: [Int: [LinkedItem]] = [:]
            for link in try ArticleQueries.links(of: article, connection) {
                guard let item = try ItemQueries.item(link.item, connection) else { continue }
                linked[link.place, default: []].append(
                    LinkedItem(item: item, score: link.score, isSame: link.isSame))
            }
            return linked
        }
    }
}

/// An item that a picture of an article shows.
public struct LinkedItem: Sendable, Hashable {
    /// The item.
    public let item: CatalogueItem
    /// The cosine of its best picture.
    public let score: Double
    /// Whether it is the very item; else it is like what the picture shows.
    public let isSame: Bool
}
