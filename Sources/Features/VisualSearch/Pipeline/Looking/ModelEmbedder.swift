public import Imaging
public import Inference

/// A served ONNX model that turns pictures into vectors, as its manifest says.
public struct ModelEmbedder: PictureEmbedder {
    /// The space that the manifest names.
    public let space: EmbeddingSpace
    private let runner: any ModelRunner
    private let layout: TensorLayout
    private let input: String
    private let output: String
    private let isFlipped: Bool

    /// An embedder over a loaded model.
    ///
    /// - Throws: ``InferenceError`` when the manifest is none of an embedder of colour pictures, or its numbers do not
    ///   fit the model.
    public init(_ runner: any ModelRunner, manifest: ModelManifest) throws {
        let problems = manifest.differences(fromInputs: runner.inputs, outputs: runner.outputs)
        guard problems.isEmpty else {
            throw InferenceError(.invalidModel, "\(manifest.id): \(problems.joined(separator: "; ")).")
        }
        guard let embedding = manifest.embedding, let input = manifest.inputs.first, manifest.inputs.count == 1,
            let output = manifest.outputs.first, input.type == .float32, output.type == .float32
        else { throw InferenceError(.invalidModel, "\(manifest.id) is not a model from one picture to one vector.") }
        space = EmbeddingSpace(name: embedding.space, dimensions: embedding.dimension)
        layout = try Self.layout(manifest.preprocess, of: manifest.id)
        isFlipped = manifest.preprocess.flip
        (self.runner, self.input, self.output) = (runner, input.name, output.name)
    }

    private static func layout(_ rules: ModelManifest.Preprocess, of id: String) throws -> TensorLayout {
        let fit: TensorFit? =
            switch rules.resize {
            case .stretch: .stretch
            case .shortSideCrop: .centreCrop
            case .letterbox where rules.padValue == 255: .squarePad
            case .letterbox, .pad32: nil
            }
        guard let fit, rules.colour == .rgb, rules.size.count == 2 else {
            throw InferenceError(
                .invalidModel,
                "\(id) wants pictures prepared in a way that is not served here: \(rules.resize.rawValue), "
                    + "\(rules.colour.rawValue), size \(rules.size), filled with \(rules.padValue).")
        }
        let mean = rules.mean.isEmpty ? [0, 0, 0] : rules.mean.map { $0 / 255 }
        let deviation = rules.std.isEmpty ? [1.0 / 255, 1.0 / 255, 1.0 / 255] : rules.std.map { $0 / 255 }
        return try TensorLayout(width: rules.size[1], height: rules.size[0], fit: fit, mean: mean, deviation: deviation)
    }

    /// The vector of a picture, of unit length.
    public func vector(of picture: Image) throws -> [Float] {
        var sum = try values(of: picture)
        if isFlipped { sum = zip(sum, try values(of: picture.mirrored())).map { $0 + $1 } }
        let length = sum.reduce(0) { $0 + $1 * $1 }.squareRoot()
        guard length > 0, length.isFinite else {
            throw InferenceError(.failed, "The model \(space.name) answered a vector without a direction.")
        }
        return sum.map { $0 / length }
    }

    private func values(of picture: Image) throws -> [Float] {
        let planes = try picture.tensor(layout)
        let tensor = try Tensor(shape: [1, 3, layout.height, layout.width], .float32(planes))
        guard let values = try runner.run([input: tensor], cancel: nil)[output]?.floats, values.count == space.dimensions else {
            throw InferenceError(.failed, "The model \(space.name) answered no vector of \(space.dimensions) values.")
        }
        return values
    }
}
