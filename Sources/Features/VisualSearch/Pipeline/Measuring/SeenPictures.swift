internal import Foundation
public import Imaging

/// A labelled picture as a scan or a catalogue sees it.
public struct SeenPicture: Sendable {
    /// The file.
    public let file: LabelledFile
    /// Its vector in the space of the model.
    public let vector: [Float]
    /// Its vector in the built-in feature's space.
    public let floor: [Float]
    /// What the model takes it for; empty for a model that does not say.
    public let told: [String: Double]
    /// The variance of its Laplacian.
    public let sharpness: Double
    /// The detector's certainty of the part that was looked at; 0 where it was the middle or the whole.
    public let boxScore: Double

    /// A picture that was seen.
    public init(
        file: LabelledFile, vector: [Float], floor: [Float] = [], told: [String: Double] = [:], sharpness: Double = 0,
        boxScore: Double = 0
    ) {
        self.file = file
        self.vector = vector
        self.floor = floor
        self.told = told
        self.sharpness = sharpness
        self.boxScore = boxScore
    }
}

/// Looks at many pictures as scans and catalogues do, to measure how good that is.
public struct PictureEyes: Sendable {
    /// Whose picture it is.
    public enum Kind: Sendable {
        /// A customer's photo: the sure object, or the middle.
        case customer
        /// A merchant's picture: the whole.
        case merchant
    }

    /// What could not be looked at.
    public struct Refusal: Sendable, Hashable {
        /// The file.
        public let path: String
        /// Why.
        public let why: String
    }

    private let models: CatalogueModels
    private let limits: ImageLimits
    private let work: HeavyWork
    private let withFloor: Bool

    /// Eyes with the models' default embedder.
    ///
    /// - Parameter withFloor: whether the built-in feature looks too, to have its figures beside.
    public init(models: CatalogueModels, withFloor: Bool = true, options: CatalogueOptions = CatalogueOptions()) {
        self.models = models
        self.withFloor = withFloor
        limits = options.limits
        work = HeavyWork(width: options.width)
    }

    /// The space of the vectors.
    public var space: EmbeddingSpace { models.embedders[0].space }

    /// What finds things.
    public var finder: String { models.finder.model }

    /// Looks at files, in their order. What cannot be read is left out and named.
    ///
    /// - Parameter progress: gets how many were looked at.
    public func see(
        _ files: [LabelledFile], as kind: Kind, progress: @escaping @Sendable (Int) -> Void = { _ in }
    ) async throws -> (seen: [SeenPicture], refused: [Refusal]) {
        var results: [(Int, Result<SeenPicture, any Error>)] = []
        try await withThrowingTaskGroup(of: (Int, Result<SeenPicture, any Error>).self) { group in
            for (place, file) in files.enumerated() {
                group.addTask { (place, try await work.run { Result { try look(file, kind) } }) }
            }
            for try await result in group {
                results.append(result)
                progress(results.count)
            }
        }
        results.sort { $0.0 < $1.0 }
        var refused: [Refusal] = []
        let seen = results.compactMap { place, result -> SeenPicture? in
            switch result {
            case .success(let picture): return picture
            case .failure(let error):
                refused.append(Refusal(path: files[place].path, why: "\(error)"))
                return nil
            }
        }
        return (seen, refused)
    }

    private func look(_ file: LabelledFile, _ kind: Kind) throws -> SeenPicture {
        let data = try Data(contentsOf: URL(fileURLWithPath: file.path), options: .mappedIfSafe)
        let looked = try LookedAt([UInt8](data), limits: limits)
        let embedder = models.embedders[0]
        let look =
            switch kind {
            case .customer: try models.look(at: looked, with: embedder)
            case .merchant:
                PictureLook(
                    choice: ObjectChoice([], request: .full),
                    reading: try models.reading(of: looked.crop(.full), by: embedder),
                    sharpness: try looked.decoded.image.sharpness())
            }
        return SeenPicture(
            file: file, vector: look.reading.vector,
            floor: withFloor ? try FloorFeature().vector(of: looked.crop(look.choice.box)) : [],
            told: look.reading.categories, sharpness: look.sharpness, boxScore: look.choice.object?.score ?? 0)
    }

    /// What a detector sees in a file, in pixels of the upright file.
    ///
    /// - Throws: ``ImageError`` for a file that is no picture, an error of the model.
    public func objects(in path: String) async throws -> (size: ImageSize, found: [Detection]) {
        try await work.run {
            let data = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
            let looked = try LookedAt([UInt8](data), limits: limits)
            return (looked.size, try models.finder.objects(in: looked.decoded.image))
        }
    }
}
