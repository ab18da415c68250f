internal import Evaluation
public import Imaging
public import Inference

/// A served ONNX model that finds things in pictures, as its manifest says.
public struct ModelFinder: ObjectFinder {
    /// The model's name and version.
    public let model: String
    /// It looks.
    public let isLooking = true
    /// The threshold of the manifest's calibration; else 0.8: below, the box of the detector of this project is worse
    /// than the middle of a photo.
    public let sure: Double
    private let runner: any ModelRunner
    private let preprocess: ModelManifest.Preprocess
    private let decoder: DetectionDecoder
    private let labels: [String]
    private let input: String

    /// A finder over a loaded model.
    ///
    /// - Throws: ``InferenceError`` when the manifest is none of a detector, or does not fit the model.
    public init(_ runner: any ModelRunner, manifest: ModelManifest) throws {
        let problems = manifest.differences(fromInputs: runner.inputs, outputs: runner.outputs)
        guard problems.isEmpty, let input = manifest.inputs.first, manifest.inputs.count == 1 else {
            throw InferenceError(
                .invalidModel, "\(manifest.id) is no detector that fits: \(problems.joined(separator: "; ")).")
        }
        decoder = try DetectionDecoder(manifest.decode)
        model = "\(manifest.id)/\(manifest.version)"
        preprocess = manifest.preprocess
        sure = manifest.calibration?.threshold ?? 0.8
        // A detector of one class only tells things from ground.
        labels = manifest.labels.count > 1 ? manifest.labels : []
        (self.runner, self.input) = (runner, input.name)
    }

    /// The things in a picture.
    public func objects(in picture: Image) throws -> [Detection] {
        let prepared = try preprocess.prepare(picture)
        let outputs = try runner.run([input: prepared.tensor], cancel: nil)
        let (width, height) = (Double(picture.width), Double(picture.height))
        return try decoder.detections(outputs, in: prepared).compactMap { found in
            let box = UnitBox(
                x: Double(found.box.left) / width, y: Double(found.box.top) / height,
                width: Double(found.box.right - found.box.left) / width,
                height: Double(found.box.bottom - found.box.top) / height)
            return box.map {
                Detection(
                    box: $0, score: Double(found.score),
                    category: labels.indices.contains(found.label) ? labels[found.label] : nil)
            }
        }
    }
}
