internal import Foundation
internal import Inference

/// The output of a model that says categories: as many scores as the manifest has labels.
struct LabelScores: Sendable {
    let output: String
    private let labels: [String]
    private let temperature: Float

    /// The first of some outputs that fits; nil when there is none.
    init?(_ manifest: ModelManifest, among outputs: some Sequence<ModelManifest.Port>) {
        let fitting = outputs.first {
            $0.type == .float32 && !manifest.labels.isEmpty && $0.shape.last == manifest.labels.count
        }
        guard let fitting else { return nil }
        output = fitting.name
        labels = manifest.labels
        temperature = Float(manifest.calibration?.temperature ?? 1)
    }

    /// Softmax of the scores over the temperature; nothing when a score is no number.
    func shares(_ scores: [Float]) -> [String: Double] {
        guard scores.count == labels.count, scores.allSatisfy(\.isFinite), let top = scores.max() else { return [:] }
        let parts = scores.map { Double(exp(($0 - top) / temperature)) }
        let sum = parts.reduce(0, +)
        return Dictionary(zip(labels, parts.map { $0 / sum }), uniquingKeysWith: +)
    }
}
