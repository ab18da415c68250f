internal import Basics

/// The products of an XML feed: `item` of RSS, `entry` of Atom or `product`, with the usual fields of product data.
///
/// Each product is cut out of the file and read for itself, so a damaged one is named with its line and costs no other.
enum ProductFeed {
    /// A product, or why it is none.
    struct Product {
        /// The line on which it begins, from 1.
        let line: Int
        /// Its fields, in the words of tables of items.
        var fields: [(name: String, value: JSON)] = []
        var fault: String?
    }

    static let mostProducts = 200_000
    private static let names = ["item", "entry", "product"]

    /// Reads a feed; nil when there is no product in it.
    static func products(_ bytes: [UInt8]) -> [Product]? {
        for name in names {
            let parts = parts(of: bytes, named: Array(name.utf8))
            if !parts.isEmpty { return parts.prefix(mostProducts).map { product(bytes[$0.range], line: $0.line) } }
        }
        return nil
    }

    private struct Part {
        let range: Range<Int>
        let line: Int
    }

    /// The elements of a name that stand in no other one of it. Comments and character data are passed over.
    private static func parts(of bytes: [UInt8], named name: [UInt8]) -> [Part] {
        var (parts, line, lineAt): ([Part], Int, Int) = ([], 1, 0)
        let ending = [UInt8(ascii: "/")] + name
        var start: Int?
        var at = 0
        while at < bytes.count {
            guard bytes[at] == UInt8(ascii: "<") else {
                at += 1
                continue
            }
            if let end = quoted(bytes, at) {
                at = end
            } else if start == nil, begins(bytes, at + 1, name), isEnd(bytes, at + 1 + name.count) {
                start = at
                line += bytes[lineAt..<at].count { $0 == 10 }
                lineAt = at
                // One that holds nothing ends where it begins: <item/>.
                if let close = bytes[at...].firstIndex(of: UInt8(ascii: ">")), bytes[close - 1] == UInt8(ascii: "/") {
                    parts.append(Part(range: at..<close + 1, line: line))
                    (start, at) = (nil, close + 1)
                } else {
                    at += name.count
                }
            } else if let from = start, begins(bytes, at + 1, ending),
                let close = bytes[at...].firstIndex(of: UInt8(ascii: ">"))
            {
                parts.append(Part(range: from..<close + 1, line: line))
                start = nil
                at = close + 1
            } else {
                at += 1
            }
        }
        // What never ends is a product too: its line can be named.
        if let start { parts.append(Part(range: start..<bytes.count, line: line)) }
        return parts
    }

    /// Where a comment or character data that begins here ends.
    private static func quoted(_ bytes: [UInt8], _ at: Int) -> Int? {
        guard bytes.count - at > 1, bytes[at + 1] == UInt8(ascii: "!") else { return nil }
        for (open, close) in quotes where begins(bytes, at, open) {
            var end = at + open.count
            while end < bytes.count, !begins(bytes, end, close) { end += 1 }
            return min(bytes.count, end + close.count)
        }
        return nil
    }

    private static let quotes = [("<!--", "-->"), ("<![CDATA[", "]]>")].map { (Array($0.0.utf8), Array($0.1.utf8)) }

    private static func begins(_ bytes: [UInt8], _ at: Int, _ word: [UInt8]) -> Bool {
        bytes.count - at >= word.count && bytes[at..<at + word.count].elementsEqual(word)
    }

    private static func isEnd(_ bytes: [UInt8], _ at: Int) -> Bool {
        at < bytes.count && [32, 9, 10, 13, 62, 47].contains(bytes[at])
    }

    // MARK: Fields

    private static func product(_ bytes: ArraySlice<UInt8>, line: Int) -> Product {
        var product = Product(line: line)
        do {
            let element = try SmallXML.parse(Array(bytes))
            for child in element.children { product.take(child) }
        } catch {
            product.fault = "the product cannot be read: \(error)"
        }
        return product
    }

    /// What the fields of product data are called in tables of items.
    fileprivate static let known: [String: String] = [
        "id": "sku", "sku": "sku", "title": "title", "link": "link", "brand": "brand", "gtin": "gtin", "ean": "ean",
        "product_type": "category", "category": "category", "color": "colour", "colour": "colour",
        "material": "material", "size": "size", "image_link": "picture", "additional_image_link": "picture",
        "image": "picture", "picture": "picture", "mpn": "model", "stock": "stock", "quantity": "stock",
        "shop": "shop", "currency": "currency", "sale_price": "sale_price", "condition": "condition",
    ]
}

extension ProductFeed.Product {
    /// Takes a field; those that say nothing about an item are passed over.
    fileprivate mutating func take(_ element: SmallXML.Element) {
        let name = String(element.name.split(separator: ":").last ?? "").lowercased()
        let text = element.text
        guard !text.isEmpty else { return }
        switch name {
        case "price":
            // Written as `12.90 EUR`, sometimes the other way round.
            let words = text.split(separator: " ")
            fields.append(("price", .string(String(words.first { $0.first?.isNumber ?? false } ?? ""))))
            let currency = words.first { $0.utf8.count == 3 && $0.allSatisfy(\.isLetter) }
            if let currency { fields.append(("currency", .string(String(currency)))) }
        case "availability":
            if text.lowercased().replacing("_", with: " ") == "out of stock" { fields.append(("stock", .int(0))) }
        default:
            guard let own = ProductFeed.known[name] else { return }
            // The last part of a path such as `Clothing > Shoes` is the category.
            let value = own == "category" ? String(text.split(separator: ">").last ?? "") : text
            fields.append((own, .string(ArticleText.oneLine(value))))
        }
    }
}
