public import Imaging

/// How pictures are loaded.
public struct LoaderOptions: Hashable, Sendable {
    /// The size of the pictures of a batch.
    public var imageSize: ImageSize
    /// How a picture is fitted that no augmentation crops.
    public var fit: TensorFit
    /// Pictures are kept at this many times the size of the batch, so that a crop still has its pixels.
    public var reserve: Double
    /// The byte right of and below a picture that `squarePad` puts into the upper left corner, as detectors are served;
    /// nil for the middle, with white around it.
    public var cornerPad: UInt8?
    /// How many batches are made at once.
    public var tasks: Int
    /// How many batches are ready at most, beside those in the making.
    public var ahead: Int
    /// How many bytes of decoded pictures are kept; 0 keeps none.
    public var cacheBytes: Int
    /// Where all chance begins.
    public var seed: UInt64
    /// The share of samples that may be unreadable; more end the training.
    public var brokenShare: Double

    /// Options; by default one task less than there are cores would be the caller's choice, here it is one.
    public init(
        imageSize: ImageSize, fit: TensorFit = .stretch, reserve: Double = 1.25, tasks: Int = 1, ahead: Int = 3,
        cacheBytes: Int = 1 << 30, seed: UInt64 = 0, brokenShare: Double = 0.01
    ) {
        (self.imageSize, self.fit, self.reserve, self.tasks) = (imageSize, fit, reserve, max(1, tasks))
        (self.ahead, self.cacheBytes, self.seed, self.brokenShare) = (max(1, ahead), cacheBytes, seed, brokenShare)
    }

    /// Square pictures.
    public init(side: Int, tasks: Int = 1, seed: UInt64 = 0) {
        self.init(imageSize: ImageSize(width: side, height: side), tasks: tasks, seed: seed)
    }
}
