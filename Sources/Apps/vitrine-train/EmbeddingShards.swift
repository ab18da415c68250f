import Basics
import Foundation
import Learning

/// The vectors of a run's pictures in shards that are kept one by one, made on a thread of its own.
actor EmbeddingShards {
    private let executor = TrainingExecutor()
    private let prepared: PreparedExperiment
    private let run: RunFolder
    private let choice: TrainedModel.Choice
    private let place: URL
    private let size: Int
    private var loaded: TrainedModel?

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Shards of `size` pictures in the folder `shards` below a folder.
    init(
        _ prepared: PreparedExperiment, of run: RunFolder, _ choice: TrainedModel.Choice, in folder: URL, size: Int
    ) throws {
        (self.prepared, self.run, self.choice, self.size) = (prepared, run, choice, size)
        place = folder.appending(path: "shards")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    }

    /// How many shards there are.
    nonisolated var count: Int { (prepared.dataset.count + size - 1) / size }

    /// What the shards are of: these weights, these pictures, this size.
    func mark() throws -> String { "\(try FileDigest(of: model().file)) \(prepared.dataset.count) \(size)" }

    /// Makes a shard unless it is there. The file appears in one step, whoever writes it.
    func make(_ number: Int) throws { _ = try shard(number) }

    /// The vectors of all pictures; shards that are not there are made.
    func all() throws -> EmbeddedSet {
        var (indexes, vectors) = ([Int](), [Float]())
        for number in 0..<count {
            let part = try shard(number)
            indexes += part.rows.map { $0 + number * size }
            vectors += part.vectors
        }
        return EmbeddedSet(
            indexes: indexes, vectors: vectors, dimension: try model().net.options.dimension,
            samples: indexes.map { prepared.dataset.samples[$0] })
    }

    private func model() throws -> TrainedModel {
        if let loaded { return loaded }
        let model = try TrainedModel(run, prepared.experiment, choice: choice)
        loaded = model
        return model
    }

    private func shard(_ number: Int) throws -> (rows: [Int], vectors: [Float]) {
        let file = place.appending(path: "\(number).safetensors")
        let mark = try mark()
        if let content = try? Safetensors(contentsOf: file), content.metadata["mark"] == mark,
            let rows = content.tensors["rows"], let vectors = content.tensors["embeddings"]
        {
            return (rows.ints, vectors.floats)
        }
        let range = number * size..<min(number * size + size, prepared.dataset.count)
        let part = Dataset(samples: Array(prepared.dataset.samples[range]), classNames: prepared.dataset.classNames)
        let set = try model().embedder(part, tasks: prepared.experiment.threads)
        let tensors = [
            "rows": HostTensor(set.indexes), "embeddings": HostTensor(set.vectors, shape: [set.count, set.dimension]),
        ]
        try Safetensors(tensors, metadata: ["mark": mark]).write(to: file)
        return (set.indexes, set.vectors)
    }
}
