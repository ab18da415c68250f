public import Imaging

/// A space of vectors. Vectors of two spaces are never compared.
public struct EmbeddingSpace: Sendable, Hashable {
    /// Its name, e.g. `floor/1`: another model or another version of one has another name.
    public let name: String
    /// Values of a vector.
    public let dimensions: Int

    /// A space.
    public init(name: String, dimensions: Int) {
        self.name = name
        self.dimensions = dimensions
    }
}

/// What a model says of the picture of a thing.
public struct PictureReading: Sendable, Hashable {
    /// The vector, of unit length.
    public var vector: [Float]
    /// What it takes the thing for: probabilities by category; empty for a model that does not say.
    public var categories: [String: Double]

    /// A reading.
    public init(vector: [Float], categories: [String: Double] = [:]) {
        self.vector = vector
        self.categories = categories
    }

    /// How undecided the model is among the categories that it knows: the entropy of its word as a share of the largest,
    /// 0 to 1; 0 for a model that does not say.
    public var doubt: Double { CategoryPrior.doubt(categories) }
}

/// Turns the picture of a thing into a vector of unit length; near vectors show the same thing.
public protocol PictureEmbedder: Sendable {
    /// The space of its vectors.
    var space: EmbeddingSpace { get }

    /// Names the model itself: two with one identity make the same vectors.
    var identity: String { get }

    /// The share of a customer's photo, in width and height from its middle, that shows the thing when nothing says
    /// where it is: 1 for the whole photo.
    var middle: Double { get }

    /// What scores of the space mean where a catalogue has not measured it itself; nil where nobody has.
    var calibration: CalibrationModel? { get }

    /// The vector of an upright picture that shows one thing. Blocks its thread.
    ///
    /// - Throws: When the model fails. Equal pixels give equal vectors, bit for bit.
    func vector(of picture: Image) throws -> [Float]

    /// The vector, with what the model takes the thing for. Blocks its thread.
    func reading(of picture: Image) throws -> PictureReading
}

extension PictureEmbedder {
    /// The name of the space.
    public var identity: String { space.name }

    /// The whole photo.
    public var middle: Double { 1 }

    /// Nobody has measured.
    public var calibration: CalibrationModel? { nil }

    /// The vector alone.
    public func reading(of picture: Image) throws -> PictureReading { PictureReading(vector: try vector(of: picture)) }
}

/// Finds the things in a picture.
public protocol ObjectFinder: Sendable {
    /// The model's name and version, kept beside each box.
    var model: String { get }
    /// Whether it looks at all; one that does not is never asked.
    var isLooking: Bool { get }
    /// The least certainty from which on its box is better than the middle of a photo, so that it is searched without
    /// being asked for.
    var sure: Double { get }

    /// The things in an upright picture; empty when there are none. Blocks its thread.
    func objects(in picture: Image) throws -> [Detection]
}

/// Finds nothing, so that everything is searched: where no detector is installed.
public struct WholePicture: ObjectFinder {
    /// `whole/1`.
    public let model = "whole/1"
    /// It does not look.
    public let isLooking = false
    /// Never.
    public let sure = 1.0

    /// The finder.
    public init() {}

    /// None.
    public func objects(in picture: Image) -> [Detection] { [] }
}
