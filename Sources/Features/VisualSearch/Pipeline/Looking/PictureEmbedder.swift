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

/// Turns the picture of a thing into a vector of unit length; near vectors show the same thing.
public protocol PictureEmbedder: Sendable {
    /// The space of its vectors.
    var space: EmbeddingSpace { get }

    /// The vector of an upright picture that shows one thing. Blocks its thread.
    ///
    /// - Throws: When the model fails. Equal pixels give equal vectors, bit for bit.
    func vector(of picture: Image) throws -> [Float]
}

/// Finds the things in a picture.
public protocol ObjectFinder: Sendable {
    /// The model's name and version, kept beside each box.
    var model: String { get }
    /// Whether it looks at all; one that does not is never asked.
    var isLooking: Bool { get }

    /// The things in an upright picture; empty when there are none. Blocks its thread.
    func objects(in picture: Image) throws -> [Detection]
}

/// Finds nothing, so that everything is searched: where no detector is installed.
public struct WholePicture: ObjectFinder {
    /// `whole/1`.
    public let model = "whole/1"
    /// It does not look.
    public let isLooking = false

    /// The finder.
    public init() {}

    /// None.
    public func objects(in picture: Image) -> [Detection] { [] }
}
