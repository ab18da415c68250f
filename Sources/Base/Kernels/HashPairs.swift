internal import CKernels

/// Two near hashes of one list.
public struct HashPair: Hashable, Sendable {
    /// The place of the query.
    public var query: Int
    /// The place of the hash that it is near to.
    public var index: Int

    /// A pair of places.
    public init(query: Int, index: Int) {
        self.query = query
        self.index = index
    }
}

/// Calls `body` with all pairs of a query and a hash that differ in at most `radius` bits, in no particular order.
///
/// The list is cut into blocks that stay in the first-level cache. With `onlyEarlier` a query is compared with the
/// hashes that stand before its own place only: each pair of one list once. `body` gets the pairs found since the last
/// call and the share of the work that is done, and ends the search by returning false. At most 2^32 of each.
public func hashPairs(
    of queries: Span<UInt64>, in list: Span<UInt64>, within radius: Int, onlyEarlier: Bool = false,
    variant: KernelVariant = .best, _ body: (_ pairs: [HashPair], _ done: Double) -> Bool
) {
    precondition(queries.count <= UInt32.max && list.count <= UInt32.max && (0...64).contains(radius))
    let code = variant.code
    var compared = 0.0
    let all = Double(queries.count) * Double(list.count) * (onlyEarlier ? 0.5 : 1)
    queries.withUnsafeBufferPointer { queries in
        list.withUnsafeBufferPointer { list in
            guard let first = queries.baseAddress, let hashes = list.baseAddress else { return }
            withUnsafeTemporaryAllocation(of: vk_hash_pair.self, capacity: pairRoom) { room in
                guard let found = room.baseAddress else { return }
                for start in stride(from: 0, to: list.count, by: pairBlock) {
                    let count = min(pairBlock, list.count - start)
                    // Earlier queries were compared with this block when they were in it.
                    var query = onlyEarlier ? min(start + 1, queries.count) : 0
                    while query < queries.count {
                        var done = 0
                        let hits = vk_hamming_pairs_64(
                            first + query, min(queries.count - query, pairBlock), hashes + start, count, UInt32(radius),
                            found,
                            pairRoom, &done, code)
                        let pairs = (0..<hits).compactMap { hit -> HashPair? in
                            let pair = HashPair(
                                query: query + Int(found[hit].query), index: start + Int(found[hit].index))
                            return onlyEarlier && pair.index >= pair.query ? nil : pair
                        }
                        query += done
                        compared += Double(done) * Double(count)
                        guard body(pairs, all > 0 ? min(1, compared / all) : 1) else { return }
                    }
                }
            }
        }
    }
}

/// Hashes of a block: 16 KiB.
private let pairBlock = 2048
/// Pairs that one call can return.
private let pairRoom = 16_384
