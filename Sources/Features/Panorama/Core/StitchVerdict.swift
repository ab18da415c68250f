/// What became of a heap of photos; the JSON of `vitrine stitch --verdict`.
public struct StitchVerdict: Sendable, Codable, Hashable {
    /// How it ended.
    public enum State: String, Sendable, Codable {
        /// At least one panorama came out.
        case done
        /// Nothing could be joined.
        case failed
        /// It was called off.
        case cancelled
    }

    /// How it ended.
    public var state: State
    /// Why nothing came out, when nothing did.
    public var reason: String?
    /// The panoramas, largest group first.
    public var groups: [GroupVerdict]
    /// One verdict for each photo that was handed in, in that order.
    public var photos: [PhotoVerdict]
    /// Seconds of processor time a stage, by name.
    public var seconds: [String: Double]
}

/// What became of one panorama.
public struct GroupVerdict: Sendable, Codable, Hashable {
    /// Its number, from 1.
    public var group: Int
    /// good, usable or poor.
    public var grade: Grade
    /// rotation, plane or scan.
    public var model: String
    /// Scores of the models that were tried; lower is better.
    public var modelEvidence: [String: Double]
    /// The surface it is drawn on.
    public var surface: String
    /// Whether it goes all the way round.
    public var closed: Bool
    /// Photos in it.
    public var used: Int
    /// Angles across and down in degrees; nil for planes.
    public var fovDegrees: [Double]?
    /// Width and height of the result in pixels.
    public var size: [Int]
    /// 1, or the factor that limits forced on its sides.
    public var scaleReduced: Double
    /// How far pairs of points lie apart, in pixels at the matching size.
    public var residualPx: Residual
    /// What the residuals look like: nothing, lens, parallax, smallMotion or largeMotion; nil for planes.
    public var mismatch: MismatchCause?
    /// Common lens and the range of focal lengths in matching pixels; nil for planes.
    public var lens: Lens?
    /// Steps of tone along the seams, as shares.
    public var tone: Tone
    /// Empty areas inside the picture.
    public var holes: Int
    /// The share of the seams at which the two photos show different things: cut through something that moved or near.
    public var torn: Double
    /// Empty pixels after the crop.
    public var emptyAfterCrop: Int
    /// Edges that were dropped because they contradict the others.
    public var droppedEdges: Int
    /// What a person should know.
    public var warnings: [String]
    /// File name of the result, where one was written.
    public var file: String?

    /// Median and 95th percentile.
    public struct Residual: Sendable, Codable, Hashable {
        /// Half lie below.
        public var median: Double
        /// 95 % lie below.
        public var p95: Double
        /// How far the solution itself may be off between photos, by its covariance (one standard deviation); nil for planes.
        public var expected: Double?
    }

    /// What was found about the lens.
    public struct Lens: Sendable, Codable, Hashable {
        /// λ of the ray (x, y, f (1 + λρ²)), of the camera body that took most.
        public var lambda: Double
        /// λ of each body, where photos come from several.
        public var bodies: [Double]?
        /// Least and greatest focal length.
        public var focal: [Double]
    }

    /// Steps of tone.
    public struct Tone: Sendable, Codable, Hashable {
        /// The median over the seams.
        public var stepMedian: Double
        /// The worst pair of photos.
        public var worst: Double
    }
}

/// How good a panorama is.
public enum Grade: String, Sendable, Codable {
    /// Nothing to be ashamed of.
    case good
    /// Fit for use, with something to see.
    case usable
    /// Broken somewhere.
    case poor
}

/// What became of one photo.
public struct PhotoVerdict: Sendable, Codable, Hashable {
    /// Its name.
    public var name: String
    /// Used, or why not.
    public var verdict: PhotoReason
    /// Number of its panorama.
    public var group: Int?
    /// Number of photos it is joined to.
    public var edges: Int?
    /// Pairs of points that join it.
    public var inliers: Int?
    /// Median residual of its pairs in matching pixels.
    public var residualPx: Double?
    /// Focal length in matching pixels.
    public var focal: Double?
    /// The share of what it could show that the panorama shows of it.
    public var shownShare: Double?
    /// The name of the photo it is a copy of.
    public var duplicateOf: String?
    /// The photo that comes nearest, for those left out.
    public var bestCandidate: BestCandidate?
    /// The last tier of the retry ladder that was tried.
    public var triedTier: Int?
    /// What a person can do, or nil where nothing is to be done.
    public var advice: String?

    /// How near a photo came to another.
    public struct BestCandidate: Sendable, Codable, Hashable {
        /// The other's name.
        public var photo: String
        /// Matches between them.
        public var matches: Int
        /// Matches that agree.
        public var inliers: Int
        /// How many would have been needed.
        public var needed: Int
    }

    /// A verdict.
    public init(name: String, verdict: PhotoReason) {
        self.name = name
        self.verdict = verdict
        advice = verdict.advice
    }
}

/// Why a photo is used or not: a closed list, each with advice.
public enum PhotoReason: String, Sendable, Codable, CaseIterable {
    /// In a panorama.
    case used
    /// In a panorama, held by one edge of under 20 pairs, or blurred where only it shows something.
    case usedWeak
    /// No picture could be decoded.
    case notReadable
    /// Under 0.05 megapixels.
    case tooSmall
    /// Hardly any points: sky, a bare wall, blur.
    case noTexture
    /// Shows nothing of the others.
    case noOverlap
    /// Something is the same, but too little.
    case overlapTooSmall
    /// The same picture as another.
    case duplicateOf
    /// Its edges contradict each other.
    case inconsistent
    /// So blurred that hardly anything can be found again, or that others show all of it sharp.
    case blurred
    /// Shows the same from another place: near things hide other far things.
    case parallax
    /// All of it is excluded.
    case masked
    /// More photos than are taken.
    case overLimit
    /// The work was called off before it was decided.
    case unfinished

    /// What a person can do.
    public var advice: String? {
        switch self {
        case .used: nil
        case .usedWeak: "Barely joined; a photo between this one and its neighbour would help."
        case .notReadable: "The file is no picture that can be read; send it as JPEG, PNG or WebP."
        case .tooSmall: "The picture is too small; send the original."
        case .noTexture:
            "Too little can be told apart in it: take it again with more light, sharper, or with more in view."
        case .noOverlap: "Shows nothing of the others; left out."
        case .overlapTooSmall: "Overlaps another photo by too little: take one between them, with a third in common."
        case .duplicateOf: "The same picture was given twice; one of them is used."
        case .inconsistent: "What it shares with the others does not fit together; take it again from the same place."
        case .blurred: "It is blurred: hold still, with more light, and take it again."
        case .parallax:
            "The camera moved between this photo and the others: turn on the spot, farther from near things."
        case .masked: "All of it, or nearly all, is masked out; take parts of the mask away."
        case .overLimit: "Too many photos at once; stitch it in another run."
        case .unfinished: "The work was called off before this photo was decided; run it again."
        }
    }
}
