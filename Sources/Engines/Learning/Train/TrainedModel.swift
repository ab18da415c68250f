internal import Basics
package import Foundation

/// The net of a run with the weights that would be served.
package final class TrainedModel {
    /// The net, told not to learn.
    package let net: EmbeddingNet
    /// How its pictures are prepared.
    package let settings: ModelSettings
    /// Names of the classes of each label.
    package let classNames: [String: [String]]
    /// What stands in the weights' file beside them, such as step and figure.
    package let metadata: [String: String]
    /// The file of the weights.
    package let file: URL
    /// The classes of the classifiers that it was trained with.
    package let classWeights: [ClassWeights]

    /// Which weights of a run.
    package enum Choice: String, CaseIterable, Sendable {
        /// Those of the best evaluation; the last ones where none was evaluated.
        case best
        /// Those at the end.
        case last
    }

    /// The net of a run's folder.
    ///
    /// A plain softmax classifier among the losses becomes an answer of the net, under the name of its label.
    package init(_ folder: RunFolder, _ experiment: Experiment, choice: Choice = .best) throws {
        guard !experiment.isDetector else {
            throw RunError.data(["\(folder.url.path) trained a detector, which makes no vectors"])
        }
        file = try Self.file(folder, choice)
        let content = try Safetensors(contentsOf: file)
        metadata = content.metadata
        classWeights = ClassWeights.all(of: experiment, in: content.tensors)
        classNames = Self.classNames(folder)
        let problems = ProblemList()
        settings = ModelSettings(experiment.model, problems: problems)
        guard problems.problems.isEmpty else { throw ExperimentError(problems.problems) }
        let counts = classNames.mapValues(\.count)
        var options = try settings.options { counts[$0] ?? 0 }
        var weights: [String: HostTensor] = [:]
        for (key, tensor) in content.tensors where key.hasPrefix("model.") {
            weights[String(key.dropFirst("model.".count))] = tensor
        }
        for term in experiment.stages.last?.losses ?? [] where term.json["type"]?.stringValue == "softmax" {
            guard let weight = content.tensors["losses.\(term.name).weight"], weight.shape.count == 2,
                let bias = content.tensors["losses.\(term.name).bias"],
                !options.heads.contains(where: { $0.name == term.label })
            else { continue }
            weights["heads.\(options.heads.count).weight"] = weight
            weights["heads.\(options.heads.count).bias"] = bias
            options.heads.append(HeadOptions(term.label, classes: weight.shape[0]))
        }
        net = try EmbeddingNet(options)
        try net.update(weights)
        net.train(false)
    }

    /// The file of a run's weights.
    static func file(_ folder: RunFolder, _ choice: Choice) throws -> URL {
        let names = ["best.safetensors", "weights.safetensors"]
        let wanted = choice == .best ? names : names.reversed()
        guard let name = wanted.first(where: { FileManager.default.fileExists(atPath: folder.file($0).path) }) else {
            throw RunError.data(["\(folder.url.path) has no weights yet: let the run finish, or evaluate once"])
        }
        return folder.file(name)
    }

    /// The names of the classes of a run's labels.
    static func classNames(_ folder: RunFolder) -> [String: [String]] {
        var names: [String: [String]] = [:]
        for (label, list) in folder.read("classes.json")?.objectValue ?? JSONObject() {
            names[label] = list.arrayValue?.compactMap(\.stringValue)
        }
        return names
    }

    /// The probabilities [n, classes] of the net's answers to vectors [n, d] that were not brought to length 1, by label.
    package func heads(_ vectors: [Float], dimension: Int) throws -> [String: [Double]] {
        guard dimension > 0 else { return [:] }
        return try checked {
            withoutGrad {
                let x = Tensor(vectors, shape: [vectors.count / dimension, dimension])
                return net.heads(x).mapValues { $0.softmax(1).host().doubles }
            }
        }
    }

    /// What makes vectors of pictures.
    package var embedder: Embedder { Embedder(net, side: settings.side, scale: settings.scale) }
}
