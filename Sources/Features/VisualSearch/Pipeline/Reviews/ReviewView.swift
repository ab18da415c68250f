internal import Basics
internal import Imaging
internal import Storage

/// A question as a page shows it: both sides with pictures by number and what is known of their items.
struct ReviewView {
    private let connection: Connection
    private let catalogue: Int64

    /// Pictures of an item that are shown.
    private static let shown = 8

    init(_ connection: Connection, catalogue: Int64) {
        self.connection = connection
        self.catalogue = catalogue
    }

    /// Nil when what is asked about is gone.
    func json(of review: CatalogueReview) throws -> JSON? {
        switch review.kind {
        case .duplicate: try duplicate(review)
        case .noise: try noise(review)
        case .merge: try merge(review)
        case .category: try category(review)
        case .feedback: try feedback(review)
        case .box: try box(review)
        }
    }

    // MARK: Kinds

    private func duplicate(_ review: CatalogueReview) throws -> JSON? {
        guard let one = try picture(review.subject), let other = try picture(review.other) else { return nil }
        if review.decision == nil {
            guard one.alias == nil, other.alias == nil, one.isThere, other.isThere else { return nil }
        }
        guard let left = try described(one), let right = try described(other) else { return nil }
        return ["left": left, "right": right]
    }

    private func noise(_ review: CatalogueReview) throws -> JSON? {
        guard let picture = try picture(review.subject), let item = try item(review.other),
            review.decision != nil || picture.isThere, let subject = try described(picture)
        else { return nil }
        let others = try PictureQueries.all(of: item.number, connection).filter {
            $0.number != picture.number && $0.removal == nil && $0.alias == nil && $0.isSearchable
        }
        guard !others.isEmpty else { return nil }
        return [
            "picture": subject, "item": summary(item),
            "others": .array(try others.prefix(Self.shown).compactMap(described)),
        ]
    }

    private func merge(_ review: CatalogueReview) throws -> JSON? {
        guard let one = try item(review.subject), let other = try item(review.other) else { return nil }
        if review.decision == nil, one.removal != nil || other.removal != nil { return nil }
        var view: JSONObject = ["left": try withPictures(one), "right": try withPictures(other)]
        if let rows = review.evidence["rows"]?.objectValue {
            for side in ["left", "right"] {
                let row = try rows[side]?.arrayValue?.compactMap(confusion) ?? []
                if !row.isEmpty { view["row_\(side)"] = .array(row) }
            }
        }
        return .object(view)
    }

    private func category(_ review: CatalogueReview) throws -> JSON? {
        guard let item = try item(review.subject), review.decision != nil || item.removal == nil else { return nil }
        let names = try CatalogueQueries.categories(of: catalogue, connection)
        guard let proposed = names.first(where: { $0.number == review.other }) else { return nil }
        if review.decision == nil, item.category == proposed.number { return nil }
        return ["item": try withPictures(item), "proposed": .string(proposed.name)]
    }

    private func feedback(_ review: CatalogueReview) throws -> JSON? {
        guard let scan = try KeptScanQueries.scan(number: review.subject, connection) else { return nil }
        var view: JSONObject = [
            "scan": .string(scan.answer.id), "box": scan.answer.chosen.json, "at": .int(scan.atMilliseconds),
            "told": .array(scan.answer.category.final.prefix(1).map { .string($0.category) }),
        ]
        if let feedback = scan.feedback {
            view["verdict"] = .string(feedback.verdict.rawValue)
            view["sku"] = feedback.sku.map { .string($0) }
            view["category"] = feedback.category.map { .string($0) }
        }
        if review.other != 0, let item = try item(review.other), item.removal == nil {
            view["item"] = try withPictures(item)
        }
        return .object(view)
    }

    private func box(_ review: CatalogueReview) throws -> JSON? {
        guard let box = try LabelBoxQueries.box(review.subject, connection),
            let picture = try LabelPictureQueries.picture(box.picture, of: catalogue, connection),
            review.decision != nil || box.state == .unsure || box.state == .accepted
        else { return nil }
        let others = try LabelBoxQueries.boxes(of: picture.number, connection).filter {
            $0.number != box.number && $0.state == .accepted
        }
        // Nothing tells an audited box from an unsure one: the person is to look, not to guess.
        return [
            "label": .int(picture.number), "name": .string(picture.name), "width": .int(Int64(picture.size.width)),
            "height": .int(Int64(picture.size.height)), "box": box.shape["box"] ?? .null,
            "category": .string(box.box.category), "others": .array(others.prefix(50).map(\.shape)),
        ]
    }

    // MARK: Parts

    private func picture(_ number: Int64) throws -> CataloguePicture? {
        try PictureQueries.picture(number, connection)
    }

    private func item(_ number: Int64) throws -> CatalogueItem? { try ItemQueries.item(number, connection) }

    private func described(_ picture: CataloguePicture) throws -> JSON? {
        guard let item = try item(picture.item) else { return nil }
        return [
            "picture": .int(picture.number), "name": .string(picture.name), "width": .int(Int64(picture.width)),
            "height": .int(Int64(picture.height)), "item": summary(item),
        ]
    }

    private func summary(_ item: CatalogueItem) -> JSON {
        var object: JSONObject = [
            "number": .int(item.number), "sku": .string(item.draft.sku), "shop": .string(item.draft.shop),
            "title": .string(item.draft.title), "category": .string(item.draft.category),
            "currency": .string(item.draft.currency),
        ]
        object["price"] = item.draft.price.map { .int($0) }
        if !item.draft.attributes.isEmpty { object["attributes"] = .object(item.draft.attributes) }
        return .object(object)
    }

    private func withPictures(_ item: CatalogueItem) throws -> JSON {
        var object = summary(item).objectValue ?? [:]
        let pictures = try PictureQueries.all(of: item.number, connection).filter {
            // Copies of others are pictures of the item all the same.
            $0.removal == nil && ($0.isSearchable || $0.stage == .aliased)
        }
        object["pictures"] = .array(pictures.prefix(Self.shown).map { .int($0.number) })
        return .object(object)
    }

    private func confusion(_ cell: JSON) throws -> JSON? {
        guard let number = cell["item"]?.intValue, let share = cell["share"]?.doubleValue, let item = try item(number)
        else { return nil }
        let picture = try PictureQueries.all(of: number, connection).first { $0.removal == nil && $0.isSearchable }
        return [
            "sku": .string(item.draft.sku), "title": .string(item.draft.title), "share": .double(share),
            "picture": picture.map { .int($0.number) } ?? .null,
        ]
    }
}

extension CataloguePicture {
    /// Whether it is there and can be used.
    fileprivate var isThere: Bool { removal == nil && stage != .refused && stage != .dead && stage != .removed }
}
