public import Imaging
public import Inference

/// A served ONNX model that turns pictures into vectors, as its manifest says.
public struct ModelEmbedder: PictureEmbedder {
    /// The space that the manifest names.
    public let space: EmbeddingSpace
    private let runner: any ModelRunner
    private let preprocess: ModelManifest.Preprocess
    private let input: String
    private let output: String

    /// An embedder over a loaded model.
    ///
    /// - Throws: ``InferenceError`` when the manifest is none of a model from one picture to one vector, or does not fit
    ///   the model.
    public init(_ runner: any ModelRunner, manifest: ModelManifest) throws {
        let problems = manifest.differences(fromInputs: runner.inputs, outputs: runner.outputs)
        guard problems.isEmpty else {
            throw InferenceError(.invalidModel, "\(manifest.id): \(problems.joined(separator: "; ")).")
        }
        guard let embedding = manifest.embedding, let input = manifest.inputs.first, manifest.inputs.count == 1,
            let output = manifest.outputs.first, input.type == .float32, output.type == .float32
        else { throw InferenceError(.invalidModel, "\(manifest.id) is not a model from one picture to one vector.") }
        space = EmbeddingSpace(name: embedding.space, dimensions: embedding.dimension)
        preprocess = manifest.preprocess
        (self.runner, self.input, self.output) = (runner, input.name, output.name)
    }

    /// The vector of a picture, of unit length.
    public func vector(of picture: Image) throws -> [Float] {
        var sum = try values(of: picture)
        if preprocess.flip { sum = zip(sum, try values(of: picture.mirrored())).map { $0 + $1 } }
        let length = sum.reduce(0) { $0 + $1 * $1 }.squareRoot()
        guard length > 0, length.isFinite else {
            throw InferenceError(.failed, "The model of \(space.name) answered a vector without a direction.")
        }
        return sum.map { $0 / length }
    }

    private func values(of picture: Image) throws -> [Float] {
        let tensor = try preprocess.prepare(picture).tensor
        guard let values = try runner.run([input: tensor], cancel: nil)[output]?.floats,
            values.count == space.dimensions
        else {
            throw InferenceError(.failed, "The model of \(space.name) gave no vector of \(space.dimensions) values.")
        }
        return values
    }
}
