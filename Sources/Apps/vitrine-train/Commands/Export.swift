public import ArgumentParser
import Basics
import Foundation
import Inference
public import Learning

extension TrainedModel.Choice: ExpressibleByArgument {}
extension OnnxPrecision: ExpressibleByArgument {}

/// What a net that makes vectors and answers labels is handed over for.
enum ExportRole: String, ExpressibleByArgument, CaseIterable {
    case itemEmbedder = "item-embedder"
    case categoryHead = "category-head"
}

/// Hands a trained net over as an ONNX file with its manifest.
struct Export: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a trained net as an ONNX file with its manifest, compared with the trainer's own answers.",
        discussion: """
            Batch norms are folded away, the file is run by ONNX Runtime on held-out pictures, and the answers are held \
            against the trainer's: a difference over 1e-4 ends the export. What came out of it stands in the manifest.

              vitrine-train export runs/items-20261121T083000Z-1a2b3c --id item-embed-s1
              vitrine models check runs/…/export/item-embed-s1.onnx
            """)

    @Argument(help: "The run's folder.")
    var folder: String

    @Option(help: "The model's short name: lower case letters, digits and hyphens. Left out, the run's name.")
    var id: String?

    @Option(name: .customLong("model-version"), help: "Three numbers.")
    var modelVersion = "1.0.0"

    @Option(help: "The licence of the weights.")
    var license = "Apache-2.0"

    @Option(help: "Which weights: best or last.")
    var weights = TrainedModel.Choice.best

    @Option(
        help: """
            How weights are stored: f32, f16 at half the size, or int8 at a quarter, with products of whole numbers too.
            """)
    var precision = OnnxPrecision.float32

    @Option(help: "For int8: how many learnt pictures the ranges of values are taken from.")
    var calibrate = 256

    @Option(help: "For int8: by how much the accuracy on held-out pictures may fall.")
    var largestFall = 0.005

    @Option(help: "Answers that stay in the model, by label. Left out, all that were trained; `none` for none.")
    var heads: [String] = []

    @Option(
        help: """
            What it is for: item-embedder, or category-head for a net of one answer that says categories beside an embedder.
            """)
    var role = ExportRole.itemEmbedder

    @Option(help: "The side of the pictures, if another than the training's.")
    var side: Int?

    @Option(help: "Where to write. Left out, the run's folder `export`.")
    var to: String?

    @Option(help: "How many pictures are compared.")
    var compare = 32

    func validate() throws {
        try require("--compare", compare, in: 1...100_000)
        try require("--calibrate", calibrate, in: 1...100_000)
        try require("--largest-fall", largestFall, in: 0...1)
        if let side { try require("--side", side, in: 8...2_048) }
    }

    func run() async throws {
        try await Outcome.told {
            let folder = RunFolder(URL(filePath: folder))
            let prepared = try PreparedExperiment(resuming: folder)
            if prepared.experiment.isDetector { return try writeDetector(folder, prepared) }
            let model = try TrainedModel(folder, prepared.experiment, choice: weights)
            let side = side ?? model.settings.side
            let known = model.net.options.heads.map(\.name)
            let kept = heads.isEmpty ? known : heads.filter { $0 != "none" }
            for head in kept where !known.contains(head) {
                throw CommandFailure("--heads: the net has no answer \(head) (it has \(known.joined(separator: ", ")))")
            }
            if role == .categoryHead, kept.count != 1 {
                throw CommandFailure("--role category-head: keep one answer with --heads, not \(kept.count)")
            }
            func folded() throws -> OnnxGraph {
                let graph = try model.net.onnxGraph(side: side, heads: kept)
                graph.foldBatchNorms()
                return graph
            }
            let graph = try folded()
            let quantizing =
                precision == .int8 ? try Quantizing(prepared, side: side, scale: model.settings.scale) : nil
            try quantizing?.quantize(graph, twin: folded(), pictures: calibrate)
            let name = name(prepared)
            let file = try OnnxFile(graph, precision: precision, metadata: ["model": name, "run": folder.name])
            let parity = try Parity.measure(
                file, prepared, side: side, count: compare, scale: model.settings.scale
            ) { pictures in
                let own = try model.answers(pictures)
                return Dictionary(
                    uniqueKeysWithValues: own.filter { $0.key == "embedding" || kept.contains($0.key) }.map {
                        ($0.key == "embedding" ? $0.key : EmbeddingNet.outputName(ofHead: $0.key), $0.value)
                    })
            }
            try parity?.check(precision)
            var fall: FallReport?
            if let quantizing {
                let whole = try OnnxFile(folded())
                let label = prepared.experiment.firstLabel
                if let before = try quantizing.nearest(whole, label: label)?.figures.first?.figure,
                    let after = try quantizing.nearest(file, label: label)?.figures.first?.figure
                {
                    fall = FallReport(
                        figure: "1-NN of \(label)", before: before, after: after,
                        bytes: (whole.bytes.count, file.bytes.count), parity: parity)
                }
                try fall?.check(largest: largestFall)
            }
            var manifest = ExportManifest(
                id: name, version: modelVersion,
                role: role == .categoryHead
                    ? .categoryHead : .itemEmbedder(dimension: model.net.options.dimension),
                license: license, side: side)
            manifest.scale = model.settings.scale
            manifest.run = folder.name
            manifest.labels = kept.count == 1 ? model.classNames[kept[0]] ?? [] : []
            try write(file, parity, manifest, from: model.file, folder, fall)
            try writeCard(.init(model), name, parity, folder, prepared)
        }
    }

    /// Writes what somebody who is offered the model should know.
    func writeCard(
        _ subject: ModelCard.Subject, _ name: String, _ parity: ExportParity?, _ folder: RunFolder,
        _ prepared: PreparedExperiment
    ) throws {
        let card = ModelCard(
            name: name, license: license, folder: folder, prepared: prepared, subject: subject, parity: parity)
        try Data(card.text.utf8).write(to: place(folder).appending(path: name + ".md"), options: .atomic)
    }

    func place(_ folder: RunFolder) -> URL { to.map { URL(filePath: $0) } ?? folder.file("export") }

    /// The model's short name.
    func name(_ prepared: PreparedExperiment) -> String {
        id ?? prepared.experiment.name.lowercased().replacingOccurrences(of: "_", with: "-")
    }

    /// Writes a file with its manifest, and tells about both.
    func write(
        _ file: OnnxFile, _ parity: ExportParity?, _ manifest: ExportManifest, from weights: URL, _ folder: RunFolder,
        _ fall: FallReport? = nil
    ) throws {
        let place = place(folder)
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        let onnx = place.appending(path: manifest.fileName)
        try Data(file.bytes).write(to: onnx, options: .atomic)
        let text = manifest.encoded(file, sha256: "\(FileDigest(of: file.bytes))", parity: parity)
        _ = try ModelManifest(parsing: text)
        try Data(text).write(to: place.appending(path: manifest.id + ".json"), options: .atomic)
        if let fall {
            try Data(fall.json.encoded() + [10]).write(
                to: place.appending(path: manifest.id + ".accuracy.json"), options: .atomic)
        }
        Terminal.say("\(onnx.path): \(Terminal.count(file.bytes.count)) bytes, from \(weights.lastPathComponent)")
        if let parity {
            Terminal.say(
                "compared with the trainer on \(parity.answers) answers: largest difference "
                    + "\(parity.maximumDifference), smallest cosine \(parity.minimumCosine) (ONNX Runtime \(parity.runtime))"
            )
        }
    }
}

/// The exported file beside the trainer, on real pictures.
enum Parity {
    /// Compares what the trainer answers, under the outputs' names, with what the file does.
    static func measure(
        _ file: OnnxFile, _ prepared: PreparedExperiment, side: Int, count: Int, scale: PictureScale,
        answers: (HostTensor) throws -> [String: HostTensor]
    ) throws -> ExportParity? {
        let runtime: InferenceRuntime
        do {
            runtime = try InferenceRuntime.find(in: InferencePlaces.folders(data: nil))
        } catch {
            Terminal.warn("not compared with ONNX Runtime: \(error.message)")
            return nil
        }
        let session = try ModelSession(file.bytes, runtime: runtime)
        var parity = ExportParity(runtime: runtime.version)
        for pictures in try prepared.pictures(count, side: side, scale: scale) {
            let own = try answers(pictures)
            let input = try Inference.Tensor(shape: pictures.shape, .float32(pictures.floats))
            let served = try session.run(["image": input])
            for (output, wanted) in own.sorted(by: { $0.key < $1.key }) {
                guard let other = served[output], let floats = other.floats else { continue }
                try parity.compare(output, trained: wanted, served: HostTensor(floats, shape: other.shape))
            }
        }
        return parity
    }
}
