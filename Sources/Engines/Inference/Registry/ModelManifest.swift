import Basics

/// What a model is for.
public enum ModelRole: String, Sendable, CaseIterable {
    /// Picture of an item to a vector.
    case itemEmbedder = "item-embedder"
    /// Picture to boxes of items.
    case itemDetector = "item-detector"
    /// Vector or picture to the scores of categories.
    case categoryHead = "category-head"
    /// Words to a vector.
    case textTower = "text-tower"
    /// Picture to a vector in the space of words.
    case imageTower = "image-tower"
    /// Words and picture to a score.
    case crossEncoder = "cross-encoder"
    /// Picture to boxes of faces.
    case faceDetector = "face-detector"
    /// Face to its landmarks.
    case faceLandmarks = "face-landmarks"
    /// Face to a vector.
    case faceEmbedder = "face-embedder"
    /// Face to how usable it is.
    case faceQuality = "face-quality"
    /// Face to whether somebody is there.
    case faceLiveness = "face-liveness"
}

/// What a model's maker says about it: role, file, what goes in and comes out, how pictures become numbers.
///
/// Stored as JSON beside the model (`schema` `vitrine.model/1`); unknown members are errors, since a misspelt member
/// would silently change how pictures are prepared.
public struct ModelManifest: Hashable, Sendable {
    /// How far the model may be trusted to be good.
    public enum Grade: String, Sendable, CaseIterable {
        /// Shows that the machinery works.
        case demo
        /// Measured well enough for customers.
        case production
        /// Brought by the operator.
        case user
    }

    /// An input or output: dimensions are numbers, or nil where a name stands because they may change.
    public struct Port: Hashable, Sendable {
        /// The name in the model.
        public var name: String
        /// The type of the elements.
        public var type: ElementType
        /// Size along each dimension; nil where it may change.
        public var shape: [Int?]
    }

    /// How a picture becomes the numbers of the first input.
    public struct Preprocess: Hashable, Sendable {
        /// How the picture meets the size.
        public enum Resize: String, Sendable, CaseIterable {
            /// Width and height each scaled to fit.
            case stretch
            /// Scaled to fit, the rest filled.
            case letterbox
            /// Short side scaled to fit, the middle cut out.
            case shortSideCrop
            /// Sides rounded up to multiples of 32, the rest filled.
            case pad32
        }

        /// The order of channels.
        public enum Colour: String, Sendable, CaseIterable {
            case rgb, bgr, gray
        }

        /// How the picture meets the size.
        public var resize = Resize.stretch
        /// Height and width in pixels.
        public var size: [Int] = []
        /// The order of channels.
        public var colour = Colour.rgb
        /// Subtracted from each channel (0...255).
        public var mean: [Float] = []
        /// Then divided by.
        public var std: [Float] = []
        /// The value of filled pixels.
        public var padValue: Float = 0
        /// The landmarks that a face is aligned to.
        public var template = "none"
        /// Whether the mirrored picture is encoded too, and the mean taken.
        public var flip = false
        /// The share of a photo, in width and height from its middle, that the model was measured with where nothing says
        /// where the thing is; nil where the manifest is silent.
        public var middle: Float?
    }

    /// How the outputs of a detector become boxes.
    public struct Decode: Hashable, Sendable {
        /// The kind of heads: `none`, `retina`, `anchorFree`, `scrfd`, `yunet`, `retinaface`, `ultraface`, `mtcnn`.
        public var kind = "none"
        /// Pixels between the cells of each level.
        public var strides: [Int] = []
        /// Sizes of the anchors of each level.
        public var minSizes: [[Int]] = []
        /// Factors of the offsets.
        public var variances: [Float] = []
        /// Boxes below are dropped.
        public var scoreThreshold: Float = 0.5
        /// Boxes that overlap a better one by more are dropped.
        public var nmsIoU: Float = 0.5
        /// Boxes kept before that.
        public var topK = 1_000
    }

    /// What the vectors of an embedder are.
    public struct Embedding: Hashable, Sendable {
        /// Numbers in a vector.
        public var dimension: Int
        /// Vectors of different spaces are never compared.
        public var space: String
        /// Whether vectors come out with length 1.
        public var isNormalized: Bool
        /// How much colours and outlines of the picture count beside the vector, 0 to 1: at 0.3 their cosine counts three
        /// tenths of the vector's. Vectors with another weight are of another space.
        public var colourWeight: Float = 0
    }

    /// Where scores become decisions, as measured.
    public struct Calibration: Hashable, Sendable {
        /// From here on two things are taken to be the same.
        public var threshold: Double?
        /// Share of different things above the threshold.
        public var falseAcceptRate: Double?
        /// Share of same things above the threshold.
        public var trueAcceptRate: Double?
        /// What it was measured on.
        public var dataset: String?
        /// How many pairs.
        public var pairs: Int?
        /// What scores are divided by before they become probabilities.
        public var temperature: Double?
        /// The day, as `2026-11-21`.
        public var date: String?
    }

    /// How far the exported model is from the trained one.
    public struct Parity: Hashable, Sendable {
        /// The largest difference of an output.
        public var maximumDifference: Double
        /// The smallest cosine of two outputs.
        public var minimumCosine: Double
        /// What it was measured with.
        public var runtime: String
    }

    /// Short name: lower case letters, digits and hyphens.
    public var id: String
    /// Version: three numbers.
    public var version: String
    /// What it is for.
    public var role: ModelRole
    /// The file beside the manifest.
    public var file: String
    /// SHA-256 of the file, lower case hexadecimal.
    public var sha256: String
    /// The licence of the weights.
    public var license: String
    /// How far the model may be trusted to be good.
    public var grade = Grade.user
    /// What goes in.
    public var inputs: [Port]
    /// What comes out.
    public var outputs: [Port]
    /// How a picture becomes numbers.
    public var preprocess = Preprocess()
    /// How outputs become boxes.
    public var decode = Decode()
    /// What the vectors are; nil for models that make none.
    public var embedding: Embedding?
    /// Names of the classes.
    public var labels: [String] = []
    /// Where scores become decisions.
    public var calibration: Calibration?
    /// How far the exported model is from the trained one.
    public var parity: Parity?
    /// The training run.
    public var run: String?
    /// Execution providers in the order in which they are tried.
    public var providers = ["CPU"]
    /// Whether the model runs in a process of its own.
    public var isIsolated = true

    /// Reads a manifest.
    ///
    /// - Throws: ``ManifestError`` with everything that is wrong, each with its place.
    public init(parsing bytes: [UInt8]) throws(ManifestError) {
        let json: JSON
        do {
            json = try JSON(parsing: bytes)
        } catch {
            throw ManifestError(problems: [.init(path: "", reason: "this is no JSON: \(error)")])
        }
        var reader = ManifestReader()
        guard let manifest = ModelManifest(json, &reader), reader.problems.isEmpty else {
            throw ManifestError(problems: reader.problems)
        }
        self = manifest
    }
}

/// What is wrong with a manifest.
public struct ManifestError: Error, Hashable, Sendable, CustomStringConvertible {
    /// One thing that is wrong.
    public struct Problem: Hashable, Sendable {
        /// Where: `preprocess.size`.
        public let path: String
        /// Why.
        public let reason: String
    }

    /// Everything that is wrong, in the order of the manifest.
    public let problems: [Problem]

    /// All problems in one line.
    public var description: String {
        problems.map { $0.path.isEmpty ? $0.reason : "\($0.path): \($0.reason)" }.joined(separator: "; ")
    }
}
