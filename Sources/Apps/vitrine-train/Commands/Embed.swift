import ArgumentParser
import Basics
import Foundation
import Learning

/// Writes the vectors of all pictures.
struct Embed: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write the vectors of a run's pictures, and which classes are taken for which.",
        discussion: """
            Three files come out: vectors.npy for `vitrine index build`, vectors.safetensors with the pictures' names, \
            which another training takes as its teacher, and confusion.json: how often the nearest learnt picture of a \
            held-out one is of which class.

              vitrine-train embed runs/items-20261121T083000Z-1a2b3c --to vectors
              vitrine index build vectors/vectors.npy --to shop.index

            Work goes in shards; a shard that is finished is kept, so a second start goes on where the first ended.
            """)

    @Argument(help: "The run's folder.")
    var folder: String

    @Option(help: "The folder to write to.")
    var to: String

    @Option(help: "Which weights: best or last.")
    var weights = TrainedModel.Choice.best

    @Option(help: "Pictures in a shard.")
    var shard = 1024

    func validate() throws { try require("--shard", shard, in: 1...1_000_000) }

    func run() async throws {
        try await Outcome.told {
            let folder = RunFolder(URL(filePath: folder))
            let prepared = try PreparedExperiment(resuming: folder)
            let model = try TrainedModel(folder, prepared.experiment, choice: weights)
            let shards = EmbeddingShards(folder: URL(filePath: to), size: shard)
            let all = try shards.embedded(prepared, model) { done, count in
                if Terminal.isWatched { Terminal.overwrite("embedded \(done) of \(count)") }
            }
            if Terminal.isWatched { Terminal.warn("") }
            try write(all, prepared, URL(filePath: to))
        }
    }

    private func write(_ all: EmbeddedSet, _ prepared: PreparedExperiment, _ place: URL) throws {
        let ids = all.samples.map { JSON.string("\($0.source)/\($0.id)") }
        let table = HostTensor(all.vectors, shape: [all.count, all.dimension])
        try Safetensors(["embeddings": table], metadata: ["ids": JSON.array(ids).text])
            .write(to: place.appending(path: "vectors.safetensors"))
        try Data(NumPyFile.bytes(all.vectors, columns: all.dimension))
            .write(to: place.appending(path: "vectors.npy"), options: .atomic)
        try Data(JSON.array(ids).encoded()).write(to: place.appending(path: "ids.json"), options: .atomic)
        let confusions = Confusions.json(all, prepared)
        try Data(confusions.encoded()).write(to: place.appending(path: "confusion.json"), options: .atomic)
        Terminal.say("\(Terminal.count(all.count)) vectors of \(all.dimension) numbers in \(place.path)")
    }
}

/// Vectors in shards that are kept one by one.
struct EmbeddingShards {
    let folder: URL
    let size: Int

    /// The vectors of all pictures. Shards that are there and of these weights are not computed again.
    func embedded(
        _ prepared: PreparedExperiment, _ model: TrainedModel, news: (Int, Int) -> Void
    ) throws -> EmbeddedSet {
        let place = folder.appending(path: "shards")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        let dataset = prepared.dataset
        let mark = "\(try FileDigest(of: model.file)) \(dataset.count) \(size)"
        var (indexes, vectors) = ([Int](), [Float]())
        for (number, start) in stride(from: 0, to: dataset.count, by: size).enumerated() {
            let range = start..<min(start + size, dataset.count)
            let file = place.appending(path: "\(number).safetensors")
            let part = try kept(file, mark) ?? computed(file, mark, prepared, model, range)
            indexes += part.rows.map { $0 + start }
            vectors += part.vectors
            news(range.upperBound, dataset.count)
        }
        return EmbeddedSet(
            indexes: indexes, vectors: vectors, dimension: model.net.options.dimension,
            samples: indexes.map { dataset.samples[$0] })
    }

    private func kept(_ file: URL, _ mark: String) throws -> (rows: [Int], vectors: [Float])? {
        guard let content = try? Safetensors(contentsOf: file), content.metadata["mark"] == mark,
            let rows = content.tensors["rows"], let vectors = content.tensors["embeddings"]
        else { return nil }
        return (rows.ints, vectors.floats)
    }

    private func computed(
        _ file: URL, _ mark: String, _ prepared: PreparedExperiment, _ model: TrainedModel, _ range: Range<Int>
    ) throws -> (rows: [Int], vectors: [Float]) {
        let part = Dataset(samples: Array(prepared.dataset.samples[range]), classNames: prepared.dataset.classNames)
        let set = try model.embedder(part, tasks: prepared.experiment.threads)
        try Safetensors(
            [
                "rows": HostTensor(set.indexes),
                "embeddings": HostTensor(set.vectors, shape: [set.count, set.dimension]),
            ], metadata: ["mark": mark]
        ).write(to: file)
        return (set.indexes, set.vectors)
    }
}

/// Which classes are taken for which.
enum Confusions {
    /// For every label and class of held-out pictures the classes of their nearest learnt ones, with counts.
    static func json(_ all: EmbeddedSet, _ prepared: PreparedExperiment) -> JSON {
        let asked = all.filtered { $0.split != .train && $0.source != prepared.experiment.evaluation.gallery }
        let learnt = all.filtered { $0.split == .train }
        var object = JSONObject()
        for label in prepared.dataset.classNames.keys.sorted() where label != Dataset.boxColumn {
            object[label] = .object(counts(asked.known(label), learnt.known(label), label, prepared))
        }
        return .object(object)
    }

    private static func counts(
        _ asked: EmbeddedSet, _ learnt: EmbeddedSet, _ label: String, _ prepared: PreparedExperiment
    ) -> JSONObject {
        let names = prepared.dataset.classNames[label] ?? []
        let (own, other) = (asked.labels(label), learnt.labels(label))
        var counts: [Int: [Int: Int]] = [:]
        guard learnt.count > 0 else { return JSONObject() }
        let nearest = NearestRows.of(asked, in: learnt)
        for (row, found) in nearest.enumerated() { counts[own[row], default: [:]][other[found], default: 0] += 1 }
        var object = JSONObject()
        for (wanted, found) in counts.sorted(by: { $0.key < $1.key }) where names.indices.contains(wanted) {
            var inner = JSONObject()
            for (other, count) in found.sorted(by: { $0.key < $1.key }) where names.indices.contains(other) {
                inner[names[other]] = .int(Int64(count))
            }
            object[names[wanted]] = .object(inner)
        }
        return object
    }
}
