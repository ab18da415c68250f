import Basics
import Evaluation
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
        func folded() throws -> OnnxGraph {
            let graph = try model.net.onnxGraph()
            graph.foldBatchNorms()
            return graph
        }
        let graph = try folded()
        if precision == .int8 {
            try Quantizing(prepared, side: side, scale: model.settings.scale)
                .quantize(graph, twin: folded(), pictures: calibrate)
        }
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
        let fall = precision == .int8 ? try fall(file, OnnxFile(folded()), manifest, parity, prepared) : nil
        try fall?.check(largest: largestFall)
        try write(file, parity, manifest, from: model.file, folder, fall)
        try writeCard(.init(model), name, parity, folder, prepared)
    }

    /// AP50 on held-out pictures with boxes, of both files as they are served; nil if there are none.
    private func fall(
        _ small: OnnxFile, _ whole: OnnxFile, _ manifest: ExportManifest, _ parity: ExportParity?,
        _ prepared: PreparedExperiment
    ) throws -> FallReport? {
        let held = prepared.subset { $0.split != .train && !$0.boxes.isEmpty }
        guard held.count > 0 else { return nil }
        func precision(_ file: OnnxFile) throws -> Figure? {
            let text = manifest.encoded(file, sha256: "\(FileDigest(of: file.bytes))", parity: nil)
            let detector = try ServedDetector(ModelManifest(parsing: text), file.bytes)
            let found = try detector.examined(held).pictures
            return BoxExamination(found, of: held, classNames: manifest.labels).headline()?.figures.first?.figure
        }
        guard let before = try precision(whole), let after = try precision(small) else { return nil }
        return FallReport(
            figure: "AP50", before: before, after: after, bytes: (whole.bytes.count, small.bytes.count), parity: parity)
    }
}
