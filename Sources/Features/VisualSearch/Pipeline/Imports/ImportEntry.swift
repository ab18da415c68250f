internal import Basics

/// A line of what is to be imported: an item with its pictures, or why it is none.
struct ImportEntry: Sendable {
    /// The line in the file, or the number of the sub-folder; from 1.
    let line: Int
    var draft: ItemDraft
    /// Files of its pictures, below the import's folder.
    var pictures: [String]
    /// Why the line cannot be taken.
    var fault: String?

    init(line: Int, draft: ItemDraft, pictures: [String] = [], fault: String? = nil) {
        self.line = line
        self.draft = draft
        self.pictures = pictures
        self.fault = fault
    }
}

/// What holds for all lines that do not say otherwise.
public struct ImportDefaults: Sendable, Hashable {
    /// Whose items they are.
    public var shop = ""
    /// Their category.
    public var category = ""
    /// Their currency.
    public var currency = ""
    /// Whether categories that the catalogue does not have are added; otherwise they count as `other`.
    public var addsCategories = false

    /// Nothing in particular.
    public init() {}

    var json: JSON {
        [
            "shop": .string(shop), "category": .string(category), "currency": .string(currency),
            "adds_categories": .bool(addsCategories),
        ]
    }

    init(_ json: JSON?) {
        shop = json?["shop"]?.stringValue ?? ""
        category = json?["category"]?.stringValue ?? ""
        currency = json?["currency"]?.stringValue ?? ""
        addsCategories = json?["adds_categories"]?.boolValue ?? false
    }
}

/// An item out of named values: the columns of a table or the members of an object.
struct ImportFields {
    private var draft: ItemDraft
    private var pictures: [String] = []
    private var price: JSON?
    private var faults: [String] = []

    init(_ defaults: ImportDefaults) {
        draft = ItemDraft(
            sku: "", shop: defaults.shop, category: defaults.category, currency: defaults.currency.uppercased())
    }

    mutating func set(_ name: String, _ value: JSON) {
        let key = name.lowercased()
        switch key {
        case "sku": draft.sku = text(value, key)
        case "shop", "seller": draft.shop = text(value, key)
        case "title", "name": draft.title = text(value, key)
        case "category": draft.category = text(value, key)
        case "currency": draft.currency = text(value, key).uppercased()
        case "link", "url": draft.link = text(value, key)
        case "price": price = value
        case "stock":
            let number = value.intValue ?? Int64(text(value, key))
            if number == nil { faults.append("the stock '\(text(value, key))' is no whole number") }
            draft.stock = number
        case _ where key.hasPrefix("picture") || key.hasPrefix("image"):
            pictures += (value.arrayValue ?? [value]).map { text($0, key) }.filter { !$0.isEmpty }
        case "attributes": for (name, value) in value.objectValue ?? [:] { draft.attributes[name] = value }
        default: draft.attributes[name] = value
        }
    }

    private mutating func text(_ value: JSON, _ key: String) -> String {
        if let text = value.stringValue { return text }
        if let number = value.intValue { return String(number) }
        if value.doubleValue != nil { return value.text }
        if !value.isNull { faults.append("\(key) is no text") }
        return ""
    }

    mutating func entry(line: Int) -> ImportEntry {
        if let price {
            let written = price.stringValue ?? price.text
            draft.price = Self.smallestUnits(written, currency: draft.currency)
            if draft.price == nil { faults.append("the price '\(written)' is no amount such as 12.90") }
        }
        do {
            try draft.check()
        } catch {
            faults.append(error.message)
        }
        return ImportEntry(line: line, draft: draft, pictures: pictures, fault: faults.first)
    }

    /// `12.90` or `12,9` as 1290; currencies without parts, such as the yen, as they are.
    static func smallestUnits(_ text: String, currency: String) -> Int64? {
        let decimals = decimals(of: currency)
        let parts = text.split(omittingEmptySubsequences: false) { $0 == "." || $0 == "," }
        guard parts.count <= 2, let whole = parts.first, !whole.isEmpty, whole.utf8.count <= 12,
            parts.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } }), let number = Int64(whole)
        else { return nil }
        let fraction = parts.count == 2 ? String(parts[1]) : ""
        guard fraction.utf8.count <= decimals || fraction.utf8.dropFirst(decimals).allSatisfy({ $0 == 48 }) else {
            return nil
        }
        let padded = String((fraction + "00").prefix(decimals))
        guard decimals > 0 else { return number }
        return Int64(padded).map { number * 100 + $0 }
    }

    /// An amount as it is read again.
    static func written(_ amount: Int64, currency: String) -> String {
        guard decimals(of: currency) > 0 else { return String(amount) }
        return "\(amount / 100).\(amount % 100 < 10 ? "0" : "")\(amount % 100)"
    }

    private static func decimals(of currency: String) -> Int {
        ["JPY", "KRW", "VND", "CLP", "ISK"].contains(currency) ? 0 : 2
    }
}
