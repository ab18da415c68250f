internal import Basics

/// What a model did when it was run for the first time, in a cage.
public struct ModelTrial: Hashable, Sendable {
    /// Milliseconds of each run.
    public let milliseconds: [Double]
    /// The most memory that the process had, in KiB.
    public let peakKibibytes: Int64
    /// What the process gave up.
    public let cage: CageFacts
    /// The execution provider in use.
    public let provider: String

    /// Loads a scanned model in a cage, compares it with its manifest and runs it three times: on zeros, on noise and on a
    /// rising sample.
    ///
    /// - Throws: `.invalidModel` when it cannot be loaded or is not what the manifest says; `.failed` and `.timedOut` as
    ///   the runs do; `.failed` for an output that is not finite or does not have its declared shape.
    public init(
        _ model: [UInt8], _ manifest: ModelManifest, runtime: InferenceRuntime, settings: CageSettings
    ) throws(InferenceError) {
        var settings = settings
        settings.processorSeconds = 60
        let caged = try CagedModel(model, runtime: runtime, settings: settings, hooks: .init { _ in })
        let problems = manifest.differences(fromInputs: caged.inputs, outputs: caged.outputs)
        guard problems.isEmpty else {
            throw InferenceError(
                .invalidModel, "The model is not what its manifest says: \(problems.joined(separator: "; ")).")
        }
        var times: [Double] = []
        for kind in SampleKind.allCases {
            var inputs: [String: Tensor] = [:]
            for port in caged.inputs { inputs[port.name] = try port.sample(kind, manifest) }
            let begin = ContinuousClock.now
            let outputs = try caged.run(inputs)
            times.append((ContinuousClock.now - begin) / .milliseconds(1))
            // The manifest's shape, not the model's: a runtime forgets sizes that it finds contradictory.
            for port in manifest.outputs {
                let declared = TensorPort(name: port.name, type: port.type, shape: port.shape)
                guard let tensor = outputs[port.name], declared.accepts(tensor.shape), tensor.isFinite,
                    tensor.elements.type == port.type
                else {
                    throw InferenceError(
                        .failed, "The output '\(port.name)' is not finite or has another shape on \(kind.rawValue).")
                }
            }
        }
        milliseconds = times
        peakKibibytes = caged.peakKibibytes
        cage = caged.cage
        provider = caged.provider
    }

    /// What a model is tried on.
    enum SampleKind: String, CaseIterable {
        case zeros, noise, ramp = "a rising sample"
    }
}

extension TensorPort {
    /// A tensor that fits. Dimensions that may change are 1, or the manifest's size where a picture's sides stand.
    func sample(_ kind: ModelTrial.SampleKind, _ manifest: ModelManifest) throws(InferenceError) -> Tensor {
        let sides = manifest.preprocess.size
        let sizes = shape.enumerated().map { place, size in
            size ?? (shape.count == 4 && place > 1 && sides.count == 2 ? sides[place - 2] : 1)
        }
        guard let type, let count = Tensor.count(of: sizes) else {
            throw InferenceError(.invalidModel, "No tensor for the input \(text) can be made.")
        }
        var random = SeededRandom(seed: 97)
        // Words and marks are small numbers; 0 and 1 are always among them.
        let whole = (0..<count).map { kind == .zeros ? 0 : kind == .ramp ? $0 % 2 : Int(random.next() & 1) }
        switch type {
        case .float32:
            let values: [Float] = whole.indices.map {
                switch kind {
                case .zeros: 0
                case .noise: Float(Int64(bitPattern: random.next()) >> 40) / 8_388_608
                case .ramp: Float($0) / Float(max(1, count)) * 2 - 1
                }
            }
            return try Tensor(shape: sizes, .float32(values))
        case .uint8: return try Tensor(shape: sizes, .uint8(whole.map { UInt8($0 * 255) }))
        case .int32: return try Tensor(shape: sizes, .int32(whole.map { Int32($0) }))
        case .int64: return try Tensor(shape: sizes, .int64(whole.map { Int64($0) }))
        case .float16: return try Tensor(shape: sizes, .float16(whole.map { $0 == 0 ? 0 : 0x3C00 }))
        }
    }
}
