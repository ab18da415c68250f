import Basics
import Messaging
import VisualSearch

extension ItemDraft {
    /// Reads an item: `title`, `shop`, `category`, `price`, `currency`, `stock`, `link`, `attributes`.
    ///
    /// - Throws: 400 that names the member.
    init(_ object: JSONObject, sku: String) throws(RequestError) {
        self.init(
            sku: sku, shop: try object.string("shop") ?? "", title: try object.string("title") ?? "",
            category: try object.string("category") ?? "", price: try object.int("price"),
            currency: try object.string("currency") ?? "", stock: try object.int("stock"),
            link: try object.string("link") ?? "", attributes: try object.object("attributes") ?? [:])
        guard link.isEmpty || link.hasPrefix("https://") || link.hasPrefix("http://") else {
            throw .invalidParam("The link of \(sku) begins with https:// or http://.")
        }
    }
}

extension CatalogueItem {
    /// The item as routes tell it.
    var json: JSON {
        var object: JSONObject = [
            "sku": .string(draft.sku), "shop": .string(draft.shop), "title": .string(draft.title),
            "category": .string(draft.category), "currency": .string(draft.currency), "link": .string(draft.link),
        ]
        object["price"] = draft.price.map { .int($0) }
        object["stock"] = draft.stock.map { .int($0) }
        if !draft.attributes.isEmpty { object["attributes"] = .object(draft.attributes) }
        object["updated"] = .int(updatedMilliseconds)
        return .object(object)
    }
}

extension CataloguePicture {
    /// The picture as routes tell it.
    var json: JSON {
        var object: JSONObject = [
            "n": .int(Int64(place)), "name": .string(name), "width": .int(Int64(width)),
            "height": .int(Int64(height)), "stage": .string(stage.rawValue),
        ]
        object["problem"] = problem.map { .string($0) }
        return .object(object)
    }
}

extension PutResult.Picture {
    /// What became of a picture that was handed in.
    var json: JSON {
        var object: JSONObject = ["outcome": .string(outcome.rawValue)]
        object["cause"] = cause.map { .string($0) }
        return .object(object)
    }
}

extension JSON {
    /// A share or a cosine, to four places.
    static func likeness(_ value: Double) -> JSON { .double((value * 10_000).rounded() / 10_000) }
}
