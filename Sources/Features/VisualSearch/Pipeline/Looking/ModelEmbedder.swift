public import Imaging
public import Inference

/// A served ONNX model that turns pictures into vectors, as its manifest says.
///
/// A model knows what it was shown; colours and outlines it takes no notice of still tell two goods apart. Where the
/// manifest gives them a weight `w`, a vector is the model's with that of ``FloorFeature`` times `sqrt(w)` behind it, of
/// unit length again: the cosine of two such vectors is `(m + w f) / (1 + w)` of the cosines `m` and `f` of both.
public struct ModelEmbedder: PictureEmbedder {
    /// The space that the manifest names; with colours, one of its own.
    public let space: EmbeddingSpace
    /// The name, the version and the hash of the file.
    public let identity: String
    /// What the manifest says; else 0.7, at which the models of this project are measured: people hold what they mean
    /// in the middle, and what stands around it costs answers.
    public let middle: Double
    /// What was measured for the model beside its manifest.
    public let calibration: CalibrationModel?
    private let runner: any ModelRunner
    private let preprocess: ModelManifest.Preprocess
    private let input: String
    private let output: String
    private let dimension: Int
    private let colourWeight: Float
    private let head: LabelScores?

    /// An embedder over a loaded model.
    ///
    /// - Parameters:
    ///   - calibration: what its scores mean, as far as that was measured.
    ///   - isPlain: leaves colours out, whatever the manifest says: for catalogues of the model's own space.
    /// - Throws: ``InferenceError`` when the manifest is none of a model from one picture to one vector, or does not fit
    ///   the model.
    public init(
        _ runner: any ModelRunner, manifest: ModelManifest, calibration: CalibrationModel? = nil, isPlain: Bool = false
    ) throws {
        self.calibration = calibration
        let problems = manifest.differences(fromInputs: runner.inputs, outputs: runner.outputs)
        guard problems.isEmpty else {
            throw InferenceError(.invalidModel, "\(manifest.id): \(problems.joined(separator: "; ")).")
        }
        guard let embedding = manifest.embedding, let input = manifest.inputs.first, manifest.inputs.count == 1,
            let output = manifest.outputs.first, input.type == .float32, output.type == .float32
        else { throw InferenceError(.invalidModel, "\(manifest.id) is not a model from one picture to one vector.") }
        dimension = embedding.dimension
        colourWeight = isPlain ? 0 : embedding.colourWeight
        space = colourWeight > 0 ? embedding.space(with: FloorFeature().space) : embedding.plainSpace
        identity = "\(manifest.id) \(manifest.version) \(manifest.sha256) \(colourWeight)"
        preprocess = manifest.preprocess
        middle = preprocess.middle.map(Double.init) ?? 0.7
        (self.runner, self.input, self.output) = (runner, input.name, output.name)
        head = LabelScores(manifest, among: manifest.outputs.dropFirst())
    }

    /// The vector of a picture, of unit length.
    public func vector(of picture: Image) throws -> [Float] { try reading(of: picture).vector }

    /// The vector, and what the model takes the thing for if it has a head for that.
    public func reading(of picture: Image) throws -> PictureReading {
        var (sum, scores) = try values(of: picture)
        if preprocess.flip {
            let mirrored = try values(of: picture.mirrored())
            sum = zip(sum, mirrored.vector).map { $0 + $1 }
            scores = zip(scores, mirrored.scores).map { ($0 + $1) / 2 }
        }
        let own = try unit(sum)
        return PictureReading(
            vector: colourWeight > 0 ? try coloured(own, picture) : own, categories: head?.shares(scores) ?? [:])
    }

    private func coloured(_ own: [Float], _ picture: Image) throws -> [Float] {
        let factor = colourWeight.squareRoot()
        return try unit(own + FloorFeature().vector(of: picture).map { $0 * factor })
    }

    private func unit(_ sum: [Float]) throws -> [Float] {
        let length = sum.reduce(0) { $0 + $1 * $1 }.squareRoot()
        guard length > 0, length.isFinite else {
            throw InferenceError(.failed, "The model of \(space.name) answered a vector without a direction.")
        }
        return sum.map { $0 / length }
    }

    private func values(of picture: Image) throws -> (vector: [Float], scores: [Float]) {
        let tensor = try preprocess.prepare(picture).tensor
        let outputs = try runner.run([input: tensor], cancel: nil)
        guard let values = outputs[output]?.floats, values.count == dimension else {
            throw InferenceError(.failed, "The model of \(space.name) gave no vector of \(dimension) values.")
        }
        return (values, head.flatMap { outputs[$0.output]?.floats } ?? [])
    }
}

extension ModelManifest.Embedding {
    /// The space of the model's own vectors.
    var plainSpace: EmbeddingSpace { EmbeddingSpace(name: space, dimensions: dimension) }

    /// The space of vectors with those of a feature behind them.
    func space(with feature: EmbeddingSpace) -> EmbeddingSpace {
        EmbeddingSpace(
            name: "\(space)+\(feature.name)*\(colourWeight)", dimensions: dimension + feature.dimensions)
    }
}
