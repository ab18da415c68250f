/// Where finished stages are kept, so that a later run of the same photos need not do them again.
///
/// Keys say everything that a stage reads: what the photos hold, their masks, the settings and the stage's version. What
/// is found need not be trusted: bytes of another form count as nothing.
public struct StitchCache {
    /// The bytes that were kept under a key.
    public var find: (_ key: String) -> [UInt8]?
    /// Keeps bytes under a key.
    public var keep: (_ key: String, _ bytes: [UInt8]) throws -> Void

    /// A cache of two closures.
    public init(
        find: @escaping (_ key: String) -> [UInt8]?, keep: @escaping (_ key: String, _ bytes: [UInt8]) throws -> Void
    ) {
        self.find = find
        self.keep = keep
    }
}

/// Everything that a stitch tells: the verdict, and which photos were found to show the same.
public struct StitchOutcome: Sendable {
    /// What became of everything.
    public let verdict: StitchVerdict
    /// What was compared.
    public let graph: StitchGraph
}

/// Which photos were compared, and what came of it (PANO-314).
public struct StitchGraph: Sendable, Codable, Hashable {
    /// Why an edge holds or not.
    public enum Fate: String, Sendable, Codable {
        /// It holds a panorama together.
        case used
        /// Too little agreed.
        case tooFew
        /// It contradicts the others.
        case contradicts
        /// The two are the same picture.
        case copy
        /// It would do, and one of the two is left out: others show all of it sharper.
        case leftOut
        /// It would do, and its group came to nothing.
        case unsolved
    }

    /// Two photos.
    public struct Edge: Sendable, Codable, Hashable {
        /// Number of the first photo, as handed in.
        public var first: Int
        /// Number of the second photo.
        public var second: Int
        /// Points that look alike.
        public var matches: Int
        /// Those that agree on one motion.
        public var inliers: Int
        /// How many had to agree.
        public var needed: Int
        /// Median residual in matching pixels; nil for edges that are not used.
        public var residualPx: Double?
        /// What became of it.
        public var fate: Fate
    }

    /// Names of the photos, as handed in.
    public var photos: [String]
    /// Pairs of which anything agreed, the strongest first.
    public var edges: [Edge]
}

/// How the picture of a panorama relates to directions, for viewers and metadata.
public struct PanoramaFrame: Sendable, Codable, Hashable {
    /// Name of the surface.
    public var surface: String
    /// Whether it shows angles, or a flat thing that has none.
    public var hasAngles: Bool
    /// Pixels a unit of the surface: on cylinders and spheres a radian.
    public var scale: Double
    /// u of the middle of column 0.
    public var left: Double
    /// v of the middle of row 0.
    public var top: Double
    /// Columns.
    public var width: Int
    /// Rows.
    public var height: Int
    /// Whether the last column meets the first.
    public var closed: Bool
}

/// Who shows what: the labels of a panorama at a small size.
public struct PanoramaShares: Sendable, Hashable {
    /// Columns.
    public let width: Int
    /// Rows.
    public let height: Int
    /// The number of the photo, as handed in; -1 where nothing is shown.
    public let photos: [Int]
}
