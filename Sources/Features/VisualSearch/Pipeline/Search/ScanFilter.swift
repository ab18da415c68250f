internal import Basics
internal import VectorIndex

/// What may be found by a scan; a condition that is nil or empty lets everything pass.
public struct ScanFilter: Sendable, Hashable {
    /// Items of these shops.
    public var shops: [String]
    /// Items whose price lies in this range, in the smallest unit of the currency.
    public var price: ClosedRange<Int64>?
    /// Items that are in stock, or of which the stock is not known.
    public var isInStock: Bool
    /// Items whose attribute `place` is one of these.
    public var places: [String]

    /// A filter of the given conditions, all of which must hold.
    public init(
        shops: [String] = [], price: ClosedRange<Int64>? = nil, isInStock: Bool = false, places: [String] = []
    ) {
        self.shops = shops
        self.price = price
        self.isInStock = isInStock
        self.places = places
    }

    /// Whether everything passes.
    public var isEmpty: Bool { self == ScanFilter() }

    /// Whether an item passes; the last word after the index's filter.
    func passes(_ item: CatalogueItem) -> Bool {
        if !shops.isEmpty, !shops.contains(item.draft.shop) { return false }
        if let price, !(item.draft.price.map { price.contains($0) } ?? false) { return false }
        if isInStock, let stock = item.draft.stock, stock <= 0 { return false }
        if !places.isEmpty {
            guard let place = item.draft.attributes["place"]?.stringValue, places.contains(place) else { return false }
        }
        return true
    }

    /// The same for the index: one filter a shop, or one for all.
    func vectorFilters(shops numbers: [Int64], ordinal: UInt16?) -> [VectorFilter?] {
        let range = price.map { range in
            let low = UInt32(clamping: max(0, range.lowerBound))
            return low...max(low, min(UInt32(clamping: range.upperBound), .max - 1))
        }
        func filter(_ shop: Int64?) -> VectorFilter {
            VectorFilter(
                tenant: shop.map { UInt32(clamping: $0) }, category: ordinal, anyFlag: isInStock ? 1 : nil, price: range
            )
        }
        if !shops.isEmpty { return numbers.map { filter($0) } }
        return isInStock || range != nil || ordinal != nil ? [filter(nil)] : [nil]
    }
}
