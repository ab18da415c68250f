import Basics
import Foundation
import Inference
import Learning

extension Export {
    /// Writes a trained detector with its manifest.
    func writeDetector(_ folder: RunFolder, _ prepared: PreparedExperiment) throws {
        let model = try TrainedDetector(folder, prepared.experiment, choice: weights)
        let side = side ?? model.settings.side
        guard heads.isEmpty else { throw CommandFailure("--heads: a detector answers classes and boxes only") }
        guard side > 0, side % model.net.sideFactor == 0 else {
            throw CommandFailure("--side: a multiple of \(model.net.sideFactor)")
        }
        let graph = try model.net.onnxGraph()
        graph.foldBatchNorms()
        let name = name(prepared)
        let file = try OnnxFile(graph, precision: precision, metadata: ["model": name, "run": folder.name])
        let parity = try Parity.measure(
            file, prepared, side: side, count: compare, scale: model.settings.scale, answers: model.answers)
        try parity?.check(precision)
        var manifest = ExportManifest(
            id: name, version: modelVersion,
            role: .itemDetector(model.net.options.head, model.net.anchors, model.net.coder), license: license,
            side: side)
        manifest.scale = model.settings.scale
        manifest.labels = model.classNames
        manifest.run = folder.name
        try write(file, parity, manifest, from: model.file, folder)
        try writeCard(.init(model), name, parity, folder, prepared)
    }
}
