internal import Foundation

/// The vectors of a data set's pictures, with what evaluation asks about each.
public struct EmbeddedSet: Sendable {
    /// The pictures that could be read, as positions in the data set.
    public let indexes: [Int]
    /// The vectors of length 1, one after another.
    public let vectors: [Float]
    /// The numbers of a vector.
    public let dimension: Int
    /// The samples, as `indexes` names them.
    public let samples: [Sample]

    /// Vectors of samples.
    public init(indexes: [Int], vectors: [Float], dimension: Int, samples: [Sample]) {
        precondition(indexes.count == samples.count && vectors.count == indexes.count * dimension, "a vector a sample")
        (self.indexes, self.vectors, self.dimension, self.samples) = (indexes, vectors, dimension, samples)
    }

    /// How many there are.
    public var count: Int { indexes.count }

    /// The labels of a column; -1 where one is missing.
    public func labels(_ column: String) -> [Int] { samples.map { $0.labels[column] ?? -1 } }

    /// A vector.
    public func vector(_ row: Int) -> ArraySlice<Float> { vectors[row * dimension..<(row + 1) * dimension] }

    /// Those for which something holds.
    public func filtered(_ isWanted: (Sample) -> Bool) -> EmbeddedSet {
        let rows = samples.indices.filter { isWanted(samples[$0]) }
        return EmbeddedSet(
            indexes: rows.map { indexes[$0] }, vectors: rows.flatMap { vector($0) }, dimension: dimension,
            samples: rows.map { samples[$0] })
    }
}

/// Pictures to vectors, as the net would be served.
public struct Embedder {
    private let net: EmbeddingNet
    private let scale: PictureScale
    private let side: Int
    private let device: Device

    /// An embedder of pictures of a side. The net must have been told not to learn.
    public init(_ net: EmbeddingNet, side: Int, scale: PictureScale, device: Device = .cpu) {
        (self.net, self.side, self.scale, self.device) = (net, side, scale, device)
    }

    /// The vectors of all pictures that can be read, of length 1 unless they are wanted raw. Blocks its thread.
    public func callAsFunction(
        _ dataset: Dataset, tasks: Int = 1, batch: Int = 64, isRaw: Bool = false, seen: (Int) -> Void = { _ in }
    ) throws -> EmbeddedSet {
        let loader = try Loader(
            dataset: dataset, sampler: SequentialSampler(count: dataset.count, batchSize: batch),
            options: LoaderOptions(side: side, tasks: tasks))
        let run = loader.start()
        defer { run.end() }
        var (indexes, vectors) = ([Int](), [Float]())
        while let batch = try run.nextBlocking() {
            let rows = try checked {
                inference {
                    let output = net(scale(Tensor(batch.images, device: device)))
                    return (isRaw ? output.unscaled : output.embedding).to(.float32).host()
                }
            }
            indexes += batch.indexes
            vectors += rows.floats
            seen(indexes.count)
        }
        return EmbeddedSet(
            indexes: indexes, vectors: vectors, dimension: net.options.dimension,
            samples: indexes.map { dataset.samples[$0] })
    }
}
