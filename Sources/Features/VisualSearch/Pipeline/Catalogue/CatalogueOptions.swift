internal import Foundation
public import Imaging

/// What pictures are looked at with.
public struct CatalogueModels: Sendable {
    /// What makes vectors, the preferred one first: new catalogues begin with it.
    public var embedders: [any PictureEmbedder]
    /// What finds things in pictures.
    public var finder: any ObjectFinder
    /// What says categories instead of the embedder; nil where the embedder's own word counts.
    public var namer: (any PictureNamer)?

    /// Models of the given kinds; without any, the built-in feature and whole pictures.
    public init(
        embedders: [any PictureEmbedder] = [FloorFeature()], finder: any ObjectFinder = WholePicture(),
        namer: (any PictureNamer)? = nil
    ) {
        self.embedders = embedders.isEmpty ? [FloorFeature()] : embedders
        self.finder = finder
        self.namer = namer
    }
}

/// How catalogues behave.
public struct CatalogueOptions: Sendable {
    /// What a picture may cost.
    public var limits = ImageLimits(maximumBytes: 20 << 20)
    /// When two pictures are one.
    public var duplicates = DuplicateRules()
    /// Pictures that are looked at at the same time.
    public var width = max(1, ProcessInfo.processInfo.activeProcessorCount)
    /// How long removed things can be brought back, in milliseconds: 30 days.
    public var retentionMilliseconds: Int64 = 30 * 86_400_000
    /// Pictures that an item may have.
    public var picturesPerItem = 20
    /// What the times of stages are counted by, in microseconds; nil for the time that passes. How benchmarks count
    /// processor time.
    package var stageClock: (@Sendable () -> Int64)?
    /// Called with the name of each step that was just made durable, and may throw: how tests stop in the middle.
    package var faultPoint: @Sendable (String) throws -> Void = { _ in }

    /// The defaults.
    public init() {}
}
