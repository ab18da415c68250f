/// Which SKUs are one style: groups above the SKUs, each made by joining two.
///
/// The SKUs themselves are never rewritten: offers keep their own, and splitting a group restores exactly the two that
/// it was made of.
public struct StyleGroups: Sendable, Hashable {
    /// A SKU, or a group that was made before.
    public enum Member: Sendable, Hashable {
        /// A SKU by its place.
        case sku(Int)
        /// A join by its number.
        case join(Int)
    }

    /// Two members that became one.
    public struct Join: Sendable, Hashable {
        /// The one.
        public let left: Member
        /// The other.
        public let right: Member
    }

    /// All joins that stand, by number.
    public private(set) var joins: [Int: Join] = [:]
    private var parents: [Member: Int] = [:]
    private var next = 0
    /// How many SKUs there are.
    public let count: Int

    /// Every SKU by itself.
    public init(count: Int) { self.count = count }

    /// The whole group that a SKU belongs to.
    public func group(of sku: Int) -> Member { top(.sku(sku)) }

    private func top(_ member: Member) -> Member {
        var member = member
        while let parent = parents[member] { member = .join(parent) }
        return member
    }

    /// The SKUs of a member, in order.
    public func skus(of member: Member) -> [Int] {
        var open = [member]
        var found: [Int] = []
        while let member = open.popLast() {
            switch member {
            case .sku(let place): found.append(place)
            case .join(let number): if let join = joins[number] { open += [join.left, join.right] }
            }
        }
        return found.sorted()
    }

    /// All groups, in the order of their first SKUs.
    public var groups: [[Int]] {
        var seen: Set<Member> = []
        return (0..<count).compactMap { sku in
            let group = group(of: sku)
            return seen.insert(group).inserted ? skus(of: group) : nil
        }
    }

    /// Joins the groups of two SKUs; returns the number of the join, nil when they are one already.
    @discardableResult
    public mutating func join(_ a: Int, _ b: Int) -> Int? {
        let (left, right) = (group(of: a), group(of: b))
        guard left != right else { return nil }
        let number = next
        next += 1
        joins[number] = Join(left: left, right: right)
        (parents[left], parents[right]) = (number, number)
        return number
    }

    /// Takes back the last join of a SKU's group, whoever joined what in between; false when there is none.
    @discardableResult
    public mutating func split(_ sku: Int) -> Bool {
        guard case .join(let number) = group(of: sku), let join = joins[number] else { return false }
        joins[number] = nil
        (parents[join.left], parents[join.right]) = (nil, nil)
        return true
    }

    /// Whether two states group the SKUs alike and would split alike.
    public static func == (a: StyleGroups, b: StyleGroups) -> Bool { (a.count, a.joins) == (b.count, b.joins) }

    /// Mixes in what counts for equality.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(count)
        hasher.combine(joins)
    }
}
