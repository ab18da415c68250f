public import Imaging
internal import Kernels

/// Fingerprints by their places, searched by the hash of 64 bits.
///
/// Adding appends; a search reads all hashes once, a million in about a tenth of a millisecond with AVX-512. No tree has
/// to be balanced or built again.
public struct FingerprintIndex: Sendable {
    /// A picture that may be a copy.
    public struct Candidate: Sendable, Hashable {
        /// Its place.
        public let place: Int
        /// How the new picture has to be mirrored or turned to show it.
        public let view: Orientation
        /// Differing bits.
        public let distance: Int
    }

    private var hashes: [UInt64] = []

    /// An empty index.
    public init() {}

    /// An index of stored hashes.
    public init(_ hashes: [UInt64]) { self.hashes = hashes }

    /// How many pictures it holds.
    public var count: Int { hashes.count }

    /// Adds a picture and returns its place, one more than the last one's.
    @discardableResult
    public mutating func add(_ hash: UInt64) -> Int {
        hashes.append(hash)
        return hashes.count - 1
    }

    /// Pictures near to any of the eight views of a new one, each once with its nearest view; nearest first.
    public func candidates(for views: [PictureFingerprint], within radius: Int = DuplicateRules().near) -> [Candidate] {
        var best: [Int: Candidate] = [:]
        for (view, fingerprint) in zip(Orientation.allCases, views) {
            for match in Kernels.hashes(within: radius, of: fingerprint.difference64, in: hashes.span) {
                if let known = best[match.index], known.distance <= match.distance { continue }
                best[match.index] = Candidate(place: match.index, view: view, distance: match.distance)
            }
        }
        return best.values.sorted { ($0.distance, $0.place) < ($1.distance, $1.place) }
    }

    /// Pairs of places whose pictures may be copies, the later one first in a pair, each pair once.
    ///
    /// - Parameters:
    ///   - views: For each picture the hashes of its eight views, in the order of `Orientation.allCases`.
    ///   - journal: Where finished shards are written down; those that it holds already are not compared again.
    ///   - progress: Gets the share of the work that is done, and stops it by returning false.
    /// - Returns: The pairs found until then.
    public static func pairs(
        views: [[UInt64]], within radius: Int = DuplicateRules().near, journal: PairJournal? = nil,
        progress: (Double) -> Bool
    ) -> [(picture: Int, known: Int)] {
        let upright = views.map { $0[0] }
        let blocks = hashPairBlocks(upright.count)
        var found = Set(journal?.pairs ?? [])
        // A shard is a block of pictures, compared with one view of all: the views one after the other.
        let total = blocks * Orientation.allCases.count
        var queries: [UInt64] = []
        var view: Int?
        for shard in min(journal?.shards ?? 0, total)..<total {
            if view != shard / blocks {
                view = shard / blocks
                queries = views.map { $0[shard / blocks] }
            }
            var (pairs, goesOn): (Set<HashPair>, Bool) = ([], true)
            let block = shard % blocks
            hashPairs(of: queries.span, in: upright.span, within: radius, onlyEarlier: true, blocks: block..<block + 1)
            {
                pairs.formUnion($0)
                goesOn = progress((Double(shard) + $1) / Double(total))
                return goesOn
            }
            pairs.subtract(found)
            found.formUnion(pairs)
            guard goesOn else { break }
            journal?.append(shard: shard, pairs: pairs)
        }
        return found.sorted { ($0.query, $0.index) < ($1.query, $1.index) }.map { (picture: $0.query, known: $0.index) }
    }
}
