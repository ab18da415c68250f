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

/// How many blocks a list of hashes is cut into, each of which stays in the first-level cache.
public func hashPairBlocks(_ count: Int) -> Int { (count + pairBlock - 1) / pairBlock }

/// Calls `body` with all pairs of a query and a hash that differ in at most `radius` bits, in no particular order.
///
/// With `onlyEarlier` a query is compared with the hashes that stand before its own place only: each pair of one list
/// once. `body` gets the pairs found since the last call and the share of the work that is done, and ends the search by
/// returning false. At most 2^32 of each.
/// - Parameter blocks: the blocks of the list to look into, of ``hashPairBlocks(_:)``; nil for all. The share counts them
///   alone.
public func hashPairs(
    of queries: Span<UInt64>, in list: Span<UInt64>, within radius: Int, onlyEarlier: Bool = false,
    blocks: Range<Int>? = nil, variant: KernelVariant = .best, _ body: (_ pairs: [HashPair], _ done: Double) -> Bool
) {
    precondition(queries.count <= UInt32.max && list.count <= UInt32.max && (0...64).contains(radius))
    let blocks = blocks ?? 0..<hashPairBlocks(list.count)
    precondition(blocks.lowerBound >= 0 && blocks.upperBound <= hashPairBlocks(list.count))
    let code = variant.code
    // Earlier queries were compared with a block when they were in it.
    func first(_ block: Int) -> Int { onlyEarlier ? min(block * pairBlock + 1, queries.count) : 0 }
    let all = blocks.reduce(0.0) { $0 + Double(queries.count - first($1)) }
    var compared = 0.0
    queries.withUnsafeBufferPointer { queries in
        list.withUnsafeBufferPointer { list in
            guard let start = queries.baseAddress, let hashes = list.baseAddress else { return }
            withUnsafeTemporaryAllocation(of: vk_hash_pair.self, capacity: pairRoom) { room in
                guard let found = room.baseAddress else { return }
                for block in blocks {
                    let place = block * pairBlock
                    var query = first(block)
                    while query < queries.count {
                        var done = 0
                        let hits = vk_hamming_pairs_64(
                            start + query, min(queries.count - query, pairBlock), hashes + place,
                            min(pairBlock, list.count - place), UInt32(radius), found, pairRoom, &done, code)
                        let pairs = (0..<hits).compactMap { hit -> HashPair? in
                            let pair = HashPair(
                                query: query + Int(found[hit].query), index: place + Int(found[hit].index))
                            return onlyEarlier && pair.index >= pair.query ? nil : pair
                        }
                        query += done
                        compared += Double(done)
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
