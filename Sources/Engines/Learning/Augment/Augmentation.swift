public import Imaging

/// A change of one picture that leaves what it shows the same. A new one is a file and a row in ``AugmentationRegistry``.
public protocol Augmentation: Sendable {
    /// Changes a picture. All chance comes from `random`, which belongs to this sample, epoch and augmentation.
    func apply(
        to picture: inout AugmentedPicture, _ random: inout CounterRandom, _ context: AugmentationContext
    ) throws
}

/// A change of a whole batch.
public protocol BatchAugmentation: Sendable {
    /// Changes pictures that all have their final size, and says what was mixed.
    func apply(to pictures: inout [AugmentedPicture], _ random: inout CounterRandom) throws -> BatchMix?
}

/// What an augmentation may look at beside its picture.
public struct AugmentationContext: Sendable {
    /// The position of the sample in its data set.
    public let index: Int
    /// The sample.
    public let sample: Sample
    /// The other pictures of the data set.
    public let pictures: any PictureSource

    /// A context.
    public init(index: Int, sample: Sample, pictures: any PictureSource) {
        (self.index, self.sample, self.pictures) = (index, sample, pictures)
    }
}

/// Decoded pictures by position.
public protocol PictureSource: Sendable {
    /// How many there are.
    var count: Int { get }
    /// A picture with its boxes, upright, in RGB, near the size that training uses.
    func picture(_ index: Int) throws -> (image: Image, boxes: [LabelledBox])
}

/// The augmentations of a training, in order.
public struct Augmenter: Sendable {
    /// Changes of single pictures, in order.
    public let steps: [any Augmentation]
    /// Changes of batches, in order; at most one of them mixes.
    public let batchSteps: [any BatchAugmentation]

    /// Augmentations in order; none by default, which fits for evaluation.
    public init(_ steps: [any Augmentation] = [], batch batchSteps: [any BatchAugmentation] = []) {
        (self.steps, self.batchSteps) = (steps, batchSteps)
    }

    /// A picture after all steps, at its target size. `occurrence` counts how often the sample came before in the epoch.
    public func applied(
        to picture: AugmentedPicture, seed: UInt64, epoch: Int, occurrence: Int = 0, _ context: AugmentationContext
    ) throws -> AugmentedPicture {
        var picture = picture
        for (number, step) in steps.enumerated() {
            let stage = CounterRandom.Stage(UInt32(truncatingIfNeeded: occurrence << 8 | number & 0xFF))
            var random = CounterRandom(seed: seed, epoch: epoch, sample: context.index, stage: stage)
            try step.apply(to: &picture, &random, context)
        }
        try picture.settle()
        return picture
    }
}
