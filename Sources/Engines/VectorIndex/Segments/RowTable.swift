internal import Kernels

/// The ids of a table's rows.
enum IDColumn: Sendable {
    /// Row `n` has the id `n`.
    case rows(count: Int)
    case narrow(Column<UInt32>)
    case wide(Column<UInt64>)

    var count: Int {
        switch self {
        case .rows(let count): count
        case .narrow(let ids): ids.count
        case .wide(let ids): ids.count
        }
    }

    subscript(row: Int) -> UInt64 {
        switch self {
        case .rows: UInt64(row)
        case .narrow(let ids): UInt64(ids[row])
        case .wide(let ids): ids[row]
        }
    }

    /// The smallest form that holds the ids.
    init(_ ids: [UInt64]) {
        if ids.indices.allSatisfy({ ids[$0] == UInt64($0) }) {
            self = .rows(count: ids.count)
        } else if ids.allSatisfy({ $0 <= UInt32.max }) {
            let column = Column<UInt32>(count: ids.count)
            for (row, id) in ids.enumerated() { column[row] = UInt32(id) }
            self = .narrow(column)
        } else {
            let column = Column<UInt64>(count: ids.count)
            for (row, id) in ids.enumerated() { column[row] = id }
            self = .wide(column)
        }
    }
}

/// The attributes of a table's rows; a column that would hold zeros alone is left out.
struct AttributeColumns: Sendable {
    var tenants: Column<UInt32>?
    var categories: Column<UInt16>?
    var flags: Column<UInt16>?
    var prices: Column<UInt32>?

    init() {}

    /// All columns, for `count` rows.
    init(room count: Int) {
        tenants = Column(count: count)
        categories = Column(count: count)
        flags = Column(count: count)
        prices = Column(count: count)
    }

    init(_ rows: [VectorAttributes]) {
        if rows.contains(where: { $0.tenant != 0 }) { tenants = Column(count: rows.count) }
        if rows.contains(where: { $0.category != 0 }) { categories = Column(count: rows.count) }
        if rows.contains(where: { $0.flags != 0 }) { flags = Column(count: rows.count) }
        if rows.contains(where: { $0.price != 0 }) { prices = Column(count: rows.count) }
        for (row, attributes) in rows.enumerated() { self[row] = attributes }
    }

    subscript(row: Int) -> VectorAttributes {
        get {
            VectorAttributes(
                tenant: tenants.map { $0[row] } ?? 0, category: categories.map { $0[row] } ?? 0,
                flags: flags.map { $0[row] } ?? 0, price: prices.map { $0[row] } ?? 0)
        }
        nonmutating set {
            tenants.map { $0[row] = newValue.tenant }
            categories.map { $0[row] = newValue.category }
            flags.map { $0[row] = newValue.flags }
            prices.map { $0[row] = newValue.price }
        }
    }
}

/// Rows: codes, ids and attributes.
struct RowTable: Sendable {
    let codes: CodeTable
    let ids: IDColumn
    let attributes: AttributeColumns
    /// Whether ids ascend, so that one is found by halving.
    let isOrdered: Bool

    init(codes: CodeTable, ids: IDColumn, attributes: AttributeColumns, isOrdered: Bool? = nil) {
        precondition(codes.count == ids.count)
        (self.codes, self.ids, self.attributes) = (codes, ids, attributes)
        self.isOrdered = isOrdered ?? (1..<max(1, ids.count)).allSatisfy { ids[$0 - 1] < ids[$0] }
    }

    var count: Int { codes.count }

    /// The row of an id.
    func row(of id: UInt64) -> Int? {
        guard isOrdered else { return (0..<count).first { ids[$0] == id } }
        if case .rows = ids { return id < UInt64(count) ? Int(id) : nil }
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if ids[middle] < id { low = middle + 1 } else { high = middle }
        }
        return low < count && ids[low] == id ? low : nil
    }

    /// The filter for these rows.
    func filter(_ filter: VectorFilter?, removed: [UInt64]) -> RowFilter {
        var rows = RowFilter(removed: removed)
        rows.tenants = attributes.tenants
        rows.categories = attributes.categories
        rows.flags = attributes.flags
        rows.prices = attributes.prices
        rows.tenant = filter?.tenant
        rows.category = filter?.category
        rows.anyFlag = filter?.anyFlag
        rows.price = filter?.price
        return rows
    }
}

/// The removed rows of a table: a bit a row, and how many are set. A value; a reader's copy does not change.
struct RemovedRows: Sendable {
    /// Empty until a row is removed.
    private(set) var words: [UInt64] = []
    private(set) var count = 0

    init() {}

    /// Bits from a file.
    init(words: [UInt64]) {
        self.words = words.contains { $0 != 0 } ? words : []
        count = words.reduce(0) { $0 + $1.nonzeroBitCount }
    }

    func contains(_ row: Int) -> Bool { !words.isEmpty && words[row >> 6] >> UInt64(row & 63) & 1 == 1 }

    /// Removes a row of `rowCount`; false if it was gone already.
    mutating func insert(_ row: Int, of rowCount: Int) -> Bool {
        precondition(row >= 0 && row < rowCount)
        if words.isEmpty { words = [UInt64](repeating: 0, count: (rowCount + 63) / 64) }
        guard !contains(row) else { return false }
        words[row >> 6] |= 1 << UInt64(row & 63)
        count += 1
        return true
    }
}
