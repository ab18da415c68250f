/// One batch as the trainer gets it: plain numbers that cross threads.
public struct HostBatch: Hashable, Sendable {
    /// Where in a training it stands.
    public let cursor: LoaderCursor
    /// Positions in ``Dataset/samples``, one a row; samples that could not be read are missing.
    public let indexes: [Int]
    /// The pictures: bytes (0...255) of shape [rows, 3, height, width], red first.
    public let images: HostTensor
    /// The classes of each label column, one a row; -1 where a label is missing.
    public let labels: [String: [Int]]
    /// The boxes of each row, in pixels of ``images``.
    public let boxes: [[LabelledBox]]
    /// The source of each row.
    public let sources: [String]
    /// The second picture that was mixed into each row, if the batch was mixed.
    public let mix: BatchMix?

    /// A batch.
    public init(
        cursor: LoaderCursor, indexes: [Int], images: HostTensor, labels: [String: [Int]], boxes: [[LabelledBox]],
        sources: [String], mix: BatchMix? = nil
    ) {
        (self.cursor, self.indexes, self.images, self.labels) = (cursor, indexes, images, labels)
        (self.boxes, self.sources, self.mix) = (boxes, sources, mix)
    }

    /// How many pictures it holds.
    public var count: Int { indexes.count }
}

/// Which row was mixed into each row of a batch, and how much of the row is its own.
public struct BatchMix: Hashable, Sendable {
    /// The row that was mixed in.
    public let partners: [Int]
    /// The share of the row's own picture, 0...1: the loss is share x own label + (1 - share) x partner's label.
    public let shares: [Float]

    /// A mixture.
    public init(partners: [Int], shares: [Float]) { (self.partners, self.shares) = (partners, shares) }
}

/// A place in a training: which batch comes next.
public struct LoaderCursor: Hashable, Sendable {
    /// The epoch, from 0.
    public var epoch: Int
    /// The batch in the epoch, from 0.
    public var batch: Int

    /// A place; by default the beginning.
    public init(epoch: Int = 0, batch: Int = 0) { (self.epoch, self.batch) = (epoch, batch) }
}
