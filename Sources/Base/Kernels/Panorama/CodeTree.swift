/// A tree over codes that is searched best bin first (Beis and Lowe 1997): nearest codes without looking at all.
package struct CodeTree: Sendable {
    private struct Node {
        /// The value at which codes part, or the number of codes in a leaf.
        var split: Int32
        /// The dimension, or -1 for a leaf.
        var dimension: Int32
        /// The first child (the second follows it), or where the leaf's codes begin.
        var first: Int32
    }

    private let codes: PackedCodes
    private var nodes: [Node] = []
    private var order: [Int32]
    private static let bucket = 2

    /// A tree over the codes of one picture.
    package init(_ codes: PackedCodes) {
        self.codes = codes
        order = (0..<Int32(codes.count)).map { $0 }
        nodes.append(Node(split: 0, dimension: -1, first: 0))
        var open = [(node: 0, from: 0, to: codes.count)]
        while let part = open.popLast() {
            guard part.to - part.from > Self.bucket, let cut = widest(part.from, part.to) else {
                nodes[part.node] = Node(split: Int32(part.to - part.from), dimension: -1, first: Int32(part.from))
                continue
            }
            let middle = partition(part.from, part.to, cut.dimension, cut.value)
            let first = nodes.count
            nodes[part.node] = Node(split: cut.value, dimension: Int32(cut.dimension), first: Int32(first))
            nodes.append(Node(split: 0, dimension: -1, first: 0))
            nodes.append(Node(split: 0, dimension: -1, first: 0))
            open.append((first, part.from, middle))
            open.append((first + 1, middle, part.to))
        }
    }

    /// The dimension in which a sample of the codes varies most, and the value that parts them; nil when all are equal.
    private func widest(_ from: Int, _ to: Int) -> (dimension: Int, value: Int32)? {
        let step = max(1, (to - from) / 64)
        var sums = [Int32](repeating: 0, count: 128)
        var squares = sums
        var count: Int32 = 0
        for at in stride(from: from, to: to, by: step) {
            let row = Int(order[at]) * 128
            for d in 0..<128 {
                let v = Int32(codes.rows[row + d])
                sums[d] += v
                squares[d] += v * v
            }
            count += 1
        }
        var best = (dimension: -1, spread: Int32(0))
        for d in 0..<128 {
            let spread = squares[d] - sums[d] * sums[d] / count
            if spread > best.spread { best = (d, spread) }
        }
        guard best.dimension >= 0 else { return nil }
        let value = sums[best.dimension] / count
        // Both sides must hold something.
        var (low, high) = (false, false)
        for at in from..<to {
            if Int32(codes.rows[Int(order[at]) * 128 + best.dimension]) <= value { low = true } else { high = true }
            if low, high { return (best.dimension, value) }
        }
        return nil
    }

    private mutating func partition(_ from: Int, _ to: Int, _ dimension: Int, _ value: Int32) -> Int {
        var middle = from
        for at in from..<to where Int32(codes.rows[Int(order[at]) * 128 + dimension]) <= value {
            order.swapAt(at, middle)
            middle += 1
        }
        return middle
    }

    /// For each code of `queries` the nearest that a search of so many leaves meets, with the second nearest.
    package func nearest(_ queries: PackedCodes, leaves: Int = 200) -> [NearestCode] {
        guard codes.count > 0 else {
            return (0..<queries.count).map { _ in NearestCode(index: -1, best: .max, second: .max) }
        }
        var heap = BoundHeap()
        return (0..<queries.count).map { nearest(queries, $0, leaves, &heap) }
    }

    private func nearest(_ queries: PackedCodes, _ query: Int, _ leaves: Int, _ heap: inout BoundHeap) -> NearestCode {
        var (best, second, index) = (Int32.max, Int32.max, -1)
        heap.clear()
        heap.push(bound: 0, node: 0)
        var left = leaves
        while left > 0, let next = heap.pop(), next.bound < second {
            var node = nodes[Int(next.node)]
            while node.dimension >= 0 {
                let gap = Int32(queries.rows[query * 128 + Int(node.dimension)]) - node.split
                let near = node.first + (gap <= 0 ? 0 : 1)
                let far = node.first + (gap <= 0 ? 1 : 0)
                let outside = next.bound + gap * gap
                if outside < second { heap.push(bound: outside, node: far) }
                node = nodes[Int(near)]
            }
            for at in Int(node.first)..<(Int(node.first) + Int(node.split)) {
                let candidate = Int(order[at])
                let distance = queries.distance(query, to: codes, candidate)
                if distance < best || distance == best && candidate < index {
                    if distance < best { second = best }
                    (best, index) = (distance, candidate)
                } else if distance < second {
                    second = distance
                }
            }
            left -= 1
        }
        return NearestCode(index: index, best: best, second: second)
    }
}

/// The nearest bound first.
private struct BoundHeap {
    private var items: [(bound: Int32, node: Int32)] = []

    mutating func clear() { items.removeAll(keepingCapacity: true) }

    mutating func push(bound: Int32, node: Int32) {
        items.append((bound, node))
        var at = items.count - 1
        while at > 0, items[at].bound < items[(at - 1) / 2].bound {
            items.swapAt(at, (at - 1) / 2)
            at = (at - 1) / 2
        }
    }

    mutating func pop() -> (bound: Int32, node: Int32)? {
        guard let first = items.first, let last = items.popLast() else { return nil }
        guard !items.isEmpty else { return first }
        items[0] = last
        var at = 0
        while true {
            var least = at
            for child in [2 * at + 1, 2 * at + 2] where child < items.count && items[child].bound < items[least].bound {
                least = child
            }
            if least == at { return first }
            items.swapAt(at, least)
            at = least
        }
    }
}
