internal import CKernels

/// A hash of 256 bits, the lowest word first.
public struct Hash256: Hashable, Sendable {
    /// Four words of 64 bits.
    public var words: InlineArray<4, UInt64>

    /// A hash of four words.
    public init(_ words: InlineArray<4, UInt64>) { self.words = words }

    /// The same words.
    public static func == (left: Hash256, right: Hash256) -> Bool {
        left.words.indices.allSatisfy { left.words[$0] == right.words[$0] }
    }

    /// Mixes in the words.
    public func hash(into hasher: inout Hasher) {
        for index in words.indices { hasher.combine(words[index]) }
    }
}

/// A hash that was found: its place in the list, and how many bits differ.
public struct HammingMatch: Hashable, Sendable {
    /// The place in the list that was searched.
    public var index: Int
    /// How many bits differ.
    public var distance: Int

    /// A match.
    public init(index: Int, distance: Int) {
        self.index = index
        self.distance = distance
    }
}

/// How many bits of two hashes differ.
public func hammingDistance(_ a: UInt64, _ b: UInt64) -> Int { (a ^ b).nonzeroBitCount }

/// How many bits of two hashes differ.
public func hammingDistance(_ a: Hash256, _ b: Hash256) -> Int {
    a.words.indices.reduce(0) { $0 + (a.words[$1] ^ b.words[$1]).nonzeroBitCount }
}

/// All hashes within `radius` bits of the query, in the order of the list. At most 2^32 hashes.
public func hashes(
    within radius: Int, of query: UInt64, in hashes: Span<UInt64>, variant: KernelVariant = .best
) -> [HammingMatch] {
    let code = variant.code
    return hashes.withUnsafeBufferPointer { list in
        collect(list.count, radius) { at, found, distances, scanned in
            guard let start = list.baseAddress else { return 0 }
            return vk_hamming_scan_64(
                start + at, list.count - at, query, UInt32(radius), found, distances, scanBlock, &scanned, code)
        }
    }
}

/// All hashes within `radius` bits of the query, in the order of the list. At most 2^32 hashes.
public func hashes(
    within radius: Int, of query: Hash256, in hashes: Span<Hash256>, variant: KernelVariant = .best
) -> [HammingMatch] {
    let code = variant.code
    return hashes.withUnsafeBufferPointer { list in
        withWords(query) { query in
            collect(list.count, radius) { at, found, distances, scanned in
                guard let start = list.baseAddress else { return 0 }
                return (start + at).withMemoryRebound(to: UInt64.self, capacity: 4 * (list.count - at)) { words in
                    vk_hamming_scan_256(
                        words, list.count - at, query, UInt32(radius), found, distances, scanBlock, &scanned, code)
                }
            }
        }
    }
}

/// The `count` hashes nearest to the query, nearest first, equal ones in the order of the list.
public func nearestHashes(
    _ count: Int, to query: UInt64, in list: Span<UInt64>, variant: KernelVariant = .best
) -> [HammingMatch] {
    var histogram = [UInt64](repeating: 0, count: 65)
    list.withUnsafeBufferPointer { list in
        vk_hamming_histogram_64(list.baseAddress, list.count, query, &histogram, variant.code)
    }
    return nearest(count, hashes(within: radius(for: count, histogram), of: query, in: list, variant: variant))
}

/// The `count` hashes nearest to the query, nearest first, equal ones in the order of the list.
public func nearestHashes(
    _ count: Int, to query: Hash256, in list: Span<Hash256>, variant: KernelVariant = .best
) -> [HammingMatch] {
    var histogram = [UInt64](repeating: 0, count: 257)
    list.withUnsafeBufferPointer { list in
        withWords(query) { query in
            guard let start = list.baseAddress else { return }
            start.withMemoryRebound(to: UInt64.self, capacity: 4 * list.count) { words in
                vk_hamming_histogram_256(words, list.count, query, &histogram, variant.code)
            }
        }
    }
    return nearest(count, hashes(within: radius(for: count, histogram), of: query, in: list, variant: variant))
}

/// Matches that one call of a scan can return.
private let scanBlock = 4096

/// Runs a scan again from where it stopped, until the list has ended.
private func collect(
    _ count: Int, _ radius: Int,
    _ scan: (Int, UnsafeMutablePointer<UInt32>, UnsafeMutablePointer<UInt16>, inout Int) -> Int
) -> [HammingMatch] {
    precondition(count <= UInt32.max, "too many hashes for one scan")
    guard radius >= 0 else { return [] }
    precondition(radius <= 1 << 16, "no hash has so many bits")
    var matches: [HammingMatch] = []
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: scanBlock) { found in
        withUnsafeTemporaryAllocation(of: UInt16.self, capacity: scanBlock) { distances in
            guard let numbers = found.baseAddress, let apart = distances.baseAddress else { return }
            var at = 0
            while at < count {
                var scanned = 0
                let hits = scan(at, numbers, apart, &scanned)
                for hit in 0..<hits {
                    matches.append(HammingMatch(index: at + Int(numbers[hit]), distance: Int(apart[hit])))
                }
                at += scanned
            }
        }
    }
    return matches
}

/// The smallest radius that holds `count` hashes.
private func radius(for count: Int, _ histogram: [UInt64]) -> Int {
    var held: UInt64 = 0
    for (distance, hashes) in histogram.enumerated() {
        held += hashes
        if held >= UInt64(max(0, count)) { return count > 0 ? distance : -1 }
    }
    return histogram.count - 1
}

private func nearest(_ count: Int, _ matches: [HammingMatch]) -> [HammingMatch] {
    let ordered = matches.sorted { ($0.distance, $0.index) < ($1.distance, $1.index) }
    return Array(ordered.prefix(max(0, count)))
}

private func withWords<Result>(_ hash: Hash256, _ body: (UnsafePointer<UInt64>) -> Result) -> Result {
    withUnsafePointer(to: hash) { pointer in
        pointer.withMemoryRebound(to: UInt64.self, capacity: 4) { body($0) }
    }
}
