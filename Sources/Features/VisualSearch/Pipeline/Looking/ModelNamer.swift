public import Imaging
public import Inference

/// Says what the picture of a thing shows, in the categories that it was taught.
public protocol PictureNamer: Sendable {
    /// The model's name and version.
    var model: String { get }

    /// Probabilities by category, of an upright picture that shows one thing. Blocks its thread.
    func categories(of picture: Image) throws -> [String: Double]
}

/// A served ONNX model that says categories, as its manifest says (role `category-head`, from a picture).
public struct ModelNamer: PictureNamer {
    /// The model's name and version.
    public let model: String
    private let runner: any ModelRunner
    private let preprocess: ModelManifest.Preprocess
    private let input: String
    private let head: LabelScores

    /// A namer over a loaded model.
    ///
    /// - Throws: ``InferenceError`` when the manifest is none of a model from one picture to scores of its labels, or does
    ///   not fit the model.
    public init(_ runner: any ModelRunner, manifest: ModelManifest) throws {
        let problems = manifest.differences(fromInputs: runner.inputs, outputs: runner.outputs)
        guard problems.isEmpty else {
            throw InferenceError(.invalidModel, "\(manifest.id): \(problems.joined(separator: "; ")).")
        }
        guard let input = manifest.inputs.first, manifest.inputs.count == 1, input.type == .float32,
            let head = LabelScores(manifest, among: manifest.outputs)
        else {
            throw InferenceError(.invalidModel, "\(manifest.id) is not a model from one picture to scores of labels.")
        }
        model = "\(manifest.id)/\(manifest.version)"
        preprocess = manifest.preprocess
        self.head = head
        (self.runner, self.input) = (runner, input.name)
    }

    /// Probabilities by category.
    public func categories(of picture: Image) throws -> [String: Double] {
        var scores = try self.scores(of: picture)
        if preprocess.flip {
            scores = zip(scores, try self.scores(of: picture.mirrored())).map { ($0 + $1) / 2 }
        }
        return head.shares(scores)
    }

    private func scores(of picture: Image) throws -> [Float] {
        let outputs = try runner.run([input: try preprocess.prepare(picture).tensor], cancel: nil)
        return outputs[head.output]?.floats ?? []
    }
}
