internal import Basics

/// The product that a page describes for machines: `Product` of schema.org as JSON-LD.
public struct ProductPage: Sendable, Hashable {
    /// The item.
    public let draft: ItemDraft
    /// Addresses of its pictures.
    public let pictures: [String]

    /// Most pictures that are taken of a page.
    public static let mostPictures = 5

    /// Reads a page; nil when it describes no product.
    ///
    /// - Parameters:
    ///   - address: where it was found; the item's link, and its SKU where the page names none.
    ///   - shop: whose items these are.
    public init?(_ page: [UInt8], address: String, shop: String) {
        var isLinkedData = false
        for token in HTMLTokens.read(page) {
            switch token {
            case .open("script", let attributes):
                isLinkedData = attributes["type"]?.lowercased().hasPrefix("application/ld+json") ?? false
            case .raw(let text) where isLinkedData:
                isLinkedData = false
                guard let json = try? JSON(parsing: Array(text.utf8)),
                    let product = Self.product(in: json, depth: 0)
                else { continue }
                guard let made = Self.read(product, address: address, shop: shop) else { continue }
                self = made
                return
            default: continue
            }
        }
        return nil
    }

    private init(draft: ItemDraft, pictures: [String]) {
        self.draft = draft
        self.pictures = pictures
    }

    /// The first product among the things that a page describes.
    private static func product(in json: JSON, depth: Int) -> JSONObject? {
        guard depth < 6 else { return nil }
        if let list = json.arrayValue {
            return list.prefix(1_000).lazy.compactMap { product(in: $0, depth: depth + 1) }.first
        }
        guard let object = json.objectValue else { return nil }
        let types = object["@type"]?.arrayValue?.compactMap(\.stringValue) ?? [object["@type"]?.stringValue ?? ""]
        if types.contains(where: { $0.split(separator: "/").last == "Product" }) { return object }
        return ["@graph", "mainEntity"].lazy.compactMap { object[$0] }.compactMap { product(in: $0, depth: depth + 1) }
            .first
    }

    private static func read(_ product: JSONObject, address: String, shop: String) -> ProductPage? {
        func text(_ json: JSON?) -> String {
            let first = json?.arrayValue?.first ?? json
            let value = first?.stringValue ?? first?["name"]?.stringValue ?? first?["url"]?.stringValue
            return ArticleText.oneLine(value ?? first?.intValue.map { String($0) } ?? "")
        }
        let offers = product["offers"]?.arrayValue?.first ?? product["offers"]
        var fields = ImportFields(ImportDefaults())
        let sku = [text(product["sku"]), text(product["productID"]), text(product["mpn"]), address].first {
            !$0.isEmpty
        }
        fields.set("sku", .string(sku ?? address))
        fields.set("shop", .string(shop))
        fields.set("title", .string(String(text(product["name"]).prefix(500))))
        fields.set("link", .string(address))
        fields.set("currency", .string(text(offers?["priceCurrency"])))
        let category = text(product["category"]).split(whereSeparator: { ">/".contains($0) }).last
        fields.set("category", .string(ArticleText.oneLine(category ?? "")))
        if let price = offers?["price"] ?? offers?["lowPrice"] { fields.set("price", price) }
        if text(offers?["availability"]).hasSuffix("OutOfStock") { fields.set("stock", .int(0)) }
        let names = [
            ("brand", "brand"), ("color", "colour"), ("material", "material"), ("size", "size"), ("model", "model"),
            ("gtin13", "gtin"), ("gtin", "gtin"),
        ]
        for (name, own) in names where !text(product[name]).isEmpty {
            fields.set(own, .string(String(text(product[name]).prefix(200))))
        }
        let entry = fields.entry(line: 0)
        guard entry.fault == nil, !entry.draft.title.isEmpty else { return nil }
        let images = product["image"]?.arrayValue ?? product["image"].map { [$0] } ?? []
        let pictures = images.compactMap { $0.stringValue ?? $0["url"]?.stringValue ?? $0["contentUrl"]?.stringValue }
        return ProductPage(draft: entry.draft, pictures: Array(pictures.prefix(mostPictures)))
    }
}
