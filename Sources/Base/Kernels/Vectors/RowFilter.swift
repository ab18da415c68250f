internal import CKernels

/// Which rows a search may find: rows that are not removed and whose attributes are as asked.
package struct RowFilter: Sendable {
    /// The bits of removed rows, 64 to a word; empty when none is.
    package var removed: [UInt64]
    package var tenants: Column<UInt32>?
    package var categories: Column<UInt16>?
    package var flags: Column<UInt16>?
    package var prices: Column<UInt32>?
    package var tenant: UInt32?
    package var category: UInt16?
    package var anyFlag: UInt16?
    package var price: ClosedRange<UInt32>?

    /// A filter that lets everything pass but removed rows.
    package init(removed: [UInt64] = []) { self.removed = removed }

    /// Whether an attribute is asked for that no row has: columns that are missing hold zeros.
    package var asksForNothingThere: Bool {
        (tenant != nil && tenants == nil && tenant != 0) || (category != nil && categories == nil && category != 0)
            || (anyFlag != nil && flags == nil) || (price.map { prices == nil && $0.lowerBound > 0 } ?? false)
    }

    /// Whether every row passes.
    package var isOpen: Bool {
        removed.isEmpty && (tenant == nil || tenants == nil) && (category == nil || categories == nil)
            && (anyFlag == nil || flags == nil) && (price == nil || prices == nil)
    }

    /// Lends the filter as C sees it. Must not be called when ``asksForNothingThere``.
    func withRaw<Result>(_ body: (UnsafePointer<vk_filter>) -> Result) -> Result {
        removed.withUnsafeBufferPointer { bits in
            var raw = vk_filter()
            raw.removed = bits.isEmpty ? nil : bits.baseAddress
            if let tenant, let tenants {
                (raw.tenants, raw.tenant, raw.asks_tenant) = (UnsafePointer(tenants.start), tenant, 1)
            }
            if let category, let categories {
                (raw.categories, raw.category, raw.asks_category) = (UnsafePointer(categories.start), category, 1)
            }
            if let anyFlag, let flags {
                (raw.flags, raw.flags_any, raw.asks_flags) = (UnsafePointer(flags.start), anyFlag, 1)
            }
            if let price, let prices {
                (raw.prices, raw.price_low, raw.price_high) =
                    (UnsafePointer(prices.start), price.lowerBound, price.upperBound)
                raw.asks_price = 1
            }
            return withUnsafePointer(to: &raw) { body($0) }
        }
    }

    /// The share of `count` rows that pass, judged by a sample of at most 1,024.
    package func share(of count: Int) -> Double {
        if asksForNothingThere || count == 0 { return 0 }
        if isOpen { return 1 }
        let samples = UInt32(min(count, 1024))
        return Double(withRaw { vk_filter_sample($0, UInt32(count), samples) }) / Double(samples)
    }

    /// Whether a row passes.
    package func passes(_ row: Int) -> Bool {
        !asksForNothingThere && withRaw { vk_filter_passes($0, UInt32(row)) } != 0
    }
}
