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
            held-out one is of which class, for `vitrine sku merge --learnt`.

              vitrine-train embed runs/items-20261121T083000Z-1a2b3c --to vectors
              vitrine index build vectors/vectors.npy --to shop.index
              vitrine sku merge --learnt vectors/confusion.json

            Work goes in shards under leases: the same command in several processes shares it, and one that is killed \
            loses the shard that it was at. A shard that is finished is kept, so a second start goes on where the first \
            ended.
            """)

    @Argument(help: "The run's folder.")
    var folder: String

    @Option(help: "The folder to write to.")
    var to: String

    @Option(help: "Which weights: best or last.")
    var weights = TrainedModel.Choice.best

    @Option(help: "Pictures in a shard.")
    var shard = 1024

    @Option(help: "Seconds that a process may be silent before another one takes its shard.")
    var lease = 30.0

    @Flag(help: "Write a line of JSON to standard output after every shard, for other programs.")
    var json = false

    func validate() throws {
        try require("--shard", shard, in: 1...1_000_000)
        try require("--lease", lease, in: 0.1...86_400)
    }

    func run() async throws {
        try await Outcome.told {
            let folder = RunFolder(URL(filePath: folder))
            let place = URL(filePath: to)
            let prepared = try PreparedExperiment(resuming: folder)
            let shards = try EmbeddingShards(prepared, of: folder, weights, in: place, size: shard)
            let work = try SharedWork(place, leaseSeconds: lease)
            var done = 0
            _ = try await work.finish(
                kind: "embed \(shards.mark())", count: shards.count,
                news: { number in
                    done += 1
                    tell(number, done, of: shards.count)
                },
                work: { number in
                    try await shards.make(number)
                    return .done
                })
            await work.close()
            if Terminal.isWatched { Terminal.warn("") }
            try write(await shards.all(), prepared, place)
        }
    }

    private func tell(_ number: Int, _ done: Int, of count: Int) {
        if json {
            Terminal.say(JSON.object(["shard": .int(Int64(number)), "shards": .int(Int64(count))]).text)
        } else if Terminal.isWatched {
            Terminal.overwrite("embedded \(done) of \(count) shards here")
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
