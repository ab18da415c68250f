internal import Imaging

/// Pairs of pictures that look almost the same.
enum NearDuplicates {
    /// The 64-bit dHash of an encoded picture; nil if it cannot be decoded.
    static func hash(_ bytes: [UInt8]) -> UInt64? {
        guard let image = try? PictureCache.decode(bytes, least: ImageSize(width: 32, height: 32)).image else {
            return nil
        }
        return try? PerceptualHash.dHash64(image)
    }

    /// Pairs on two sides whose hashes are near, but whose files are not the same.
    ///
    /// Two hashes that differ in at most two places agree in one of three parts, so only those are compared. Pictures
    /// without any pattern (a hash of 0) are not.
    static func across(_ dataset: Dataset, _ hashes: [UInt64?], _ digests: [FileDigest?]) -> [DataLeak] {
        var pairs: Set<[Int]> = []
        for part in 0..<3 {
            var buckets: [UInt64: [Int]] = [:]
            for (index, hash) in hashes.enumerated() where dataset.samples[index].split != nil {
                guard let hash, hash != 0 else { continue }
                buckets[hash >> UInt64(22 * part) & (1 << 22 - 1), default: []].append(index)
            }
            for bucket in buckets.values { add(bucket, dataset, hashes, digests, &pairs) }
        }
        return pairs.sorted { $0.lexicographicallyPrecedes($1) }.map { pair in
            let samples = pair.map { dataset.samples[$0] }
            return DataLeak(
                kind: .nearDuplicate, key: PerceptualHash.hexadecimal(hashes[pair[0]] ?? 0),
                samples: samples.map(\.id), splits: samples.compactMap(\.split).sorted())
        }
    }

    private static func add(
        _ bucket: [Int], _ dataset: Dataset, _ hashes: [UInt64?], _ digests: [FileDigest?], _ pairs: inout Set<[Int]>
    ) {
        for (at, left) in bucket.enumerated() {
            for right in bucket[(at + 1)...] where dataset.samples[left].split != dataset.samples[right].split {
                guard let first = hashes[left], let second = hashes[right], digests[left] != digests[right],
                    (first ^ second).nonzeroBitCount <= LeakCheck.nearDistance
                else { continue }
                pairs.insert([left, right])
            }
        }
    }
}
