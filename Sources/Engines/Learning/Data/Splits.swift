public import Foundation

/// Who is on which side.
public enum Splits {
    /// Gives each sample that has no split one by the hash of its group: the same group is always on the same side.
    ///
    /// The hash is the first 64 bits of SHA-256 over the seed (8 bytes, highest first) and the group, modulo 100.
    /// `validation` and `test` are percent. A sample without a group is a group of its own.
    public static func assign(_ dataset: inout Dataset, seed: UInt64, validation: Int, test: Int) {
        precondition(validation >= 0 && test >= 0 && validation + test <= 100, "shares are percent")
        for index in dataset.samples.indices where dataset.samples[index].split == nil {
            let sample = dataset.samples[index]
            let share = percent(sample.group ?? "\(sample.source)/\(sample.id)", seed: seed)
            dataset.samples[index].split = share < test ? .test : share < test + validation ? .validation : .train
        }
    }

    /// The number of a group, 0..<100.
    static func percent(_ group: String, seed: UInt64) -> Int {
        let key = (0..<8).map { UInt8(truncatingIfNeeded: seed >> UInt64(56 - 8 * $0)) }
        return Int(FileDigest(of: key + Array(group.utf8)).prefix % 100)
    }

    /// Sets splits from a table with the columns `id` and `split`; samples that it does not name keep theirs.
    ///
    /// Throws `DataError` for a split that is not known and for ids that no sample has.
    public static func assign(_ dataset: inout Dataset, from table: URL) throws(DataError) {
        let file = table.lastPathComponent
        let rows = try DelimitedTable(try DataFile.read(table), file: file)
        let (id, split) = (try rows.column("id", file: file), try rows.column("split", file: file))
        let places = Dictionary(
            dataset.samples.indices.map { (dataset.samples[$0].id, $0) }, uniquingKeysWith: { first, _ in first })
        for row in rows.rows {
            guard row.fields.count == rows.header.count, let at = places[row.fields[id]],
                let named = Split(named: row.fields[split])
            else {
                throw .malformed(file: file, place: "line \(row.line)", reason: "no sample of this id, or no split")
            }
            dataset.samples[at].split = named
        }
    }
}

/// Looks for what stands on both sides of a split.
public struct LeakCheck: Sendable {
    /// Pictures whose 64-bit dHash differs in at most so many places look almost the same.
    public static let nearDistance = 2

    /// What the files are, by position: filled by ``check(_:near:)``, and what a run writes down.
    public private(set) var digests: [FileDigest?] = []

    /// A check.
    public init() {}

    /// Looks for files (by SHA-256) and groups on both sides, and notes pictures that look almost the same.
    ///
    /// The report of the data set gets all of it. Files that cannot be read are left to the loader. Throws
    /// ``DataError/leak(_:)`` with the list if a file or a group stands on two sides.
    public mutating func check(_ dataset: inout Dataset, near: Bool = true) throws(DataError) {
        let read = dataset.samples.map { sample in Self.look(at: sample.image, hashes: near) }
        digests = read.map(\.digest)
        var leaks = Self.shared(dataset, .file) { digests[$0]?.description }
        leaks += Self.shared(dataset, .group) { dataset.samples[$0].group }
        dataset.report.leaks = leaks
        if near {
            dataset.report.nearDuplicates = NearDuplicates.across(dataset, read.map(\.hash), read.map(\.digest))
            let count = dataset.report.nearDuplicates.count
            if count > 0 { dataset.report.warn("\(count) pictures look almost like one on the other side of a split") }
        }
        guard leaks.isEmpty else { throw .leak(leaks) }
    }

    private static func look(at image: ImageReference, hashes: Bool) -> (digest: FileDigest?, hash: UInt64?) {
        guard let bytes = try? image.read() else { return (nil, nil) }
        return (FileDigest(of: bytes), hashes ? NearDuplicates.hash(bytes) : nil)
    }

    private static func shared(
        _ dataset: Dataset, _ kind: DataLeak.Kind, _ key: (Int) -> String?
    ) -> [DataLeak] {
        var places: [String: [Int]] = [:]
        for index in dataset.samples.indices where dataset.samples[index].split != nil {
            if let key = key(index) { places[key, default: []].append(index) }
        }
        return places.keys.sorted().compactMap { key in
            let samples = (places[key] ?? []).map { dataset.samples[$0] }
            let splits = Set(samples.compactMap(\.split)).sorted()
            guard splits.count > 1 else { return nil }
            return DataLeak(kind: kind, key: key, samples: samples.map(\.id), splits: splits)
        }
    }
}
