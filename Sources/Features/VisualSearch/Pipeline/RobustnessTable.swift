public import Imaging
internal import Kernels

/// Which edits of a picture are found again at which distance, counted over many pictures.
public struct RobustnessTable: Sendable {
    /// A hash under test.
    public enum Measure: String, Sendable, Hashable, CaseIterable {
        case aHash, dHash64 = "dHash-64", pHash, dHash256 = "dHash-256"

        /// The distances at which recall is counted.
        public var steps: [Int] { self == .dHash256 ? [4, 8, 12, 16, 24, 32] : [0, 2, 4, 6, 8, 10] }
    }

    /// One edit's counts.
    public struct Row: Sendable {
        /// How many of the pictures lie within each step of each measure.
        public var found: [Measure: [Int]] = [:]
        /// Found by the hash and one of the two checks, in one of the eight views.
        public var byOne = 0
        /// Found by the hash and both checks.
        public var byBoth = 0
        /// Pictures counted.
        public var count = 0
    }

    /// Counts of each edit.
    public private(set) var rows: [PictureEdit: Row] = [:]
    private let rules: DuplicateRules

    /// An empty table.
    public init(rules: DuplicateRules = DuplicateRules()) { self.rules = rules }

    /// Counts one picture under all edits.
    public mutating func add(_ picture: Image) throws(ImageError) {
        let original = try Hashes(picture)
        let known = KnownPicture(fileDigest: [0], pixelDigest: [0], fingerprint: try PictureFingerprint(of: picture))
        for edit in PictureEdit.allCases {
            let copy = try edit.applied(to: picture)
            let hashes = try Hashes(copy)
            var row = rows[edit] ?? Row()
            row.count += 1
            for measure in Measure.allCases {
                let distance = original.distance(to: hashes, measure)
                let counts = row.found[measure] ?? measure.steps.map { _ in 0 }
                row.found[measure] = zip(measure.steps, counts).map { distance <= $0 ? $1 + 1 : $1 }
            }
            let views = try PictureFingerprint.views(of: copy)
            let new = KnownPicture(fileDigest: [1], pixelDigest: [1], fingerprint: views[0])
            switch rules.verdict(on: new, views: views, against: known) {
            case .alias:
                row.byBoth += 1
                row.byOne += 1
            case .review: row.byOne += 1
            default: break
            }
            rows[edit] = row
        }
    }

    private struct Hashes {
        let words: [Measure: [UInt64]]

        init(_ image: Image) throws(ImageError) {
            let long = try PerceptualHash.dHash256(image)
            words = [
                .aHash: [try PerceptualHash.aHash64(image)], .dHash64: [try PerceptualHash.dHash64(image)],
                .pHash: [try PerceptualHash.pHash64(image)], .dHash256: long.words.indices.map { long.words[$0] },
            ]
        }

        func distance(to other: Hashes, _ measure: Measure) -> Int {
            zip(words[measure] ?? [], other.words[measure] ?? []).reduce(0) { $0 + ($1.0 ^ $1.1).nonzeroBitCount }
        }
    }
}
