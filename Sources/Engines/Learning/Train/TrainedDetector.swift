internal import Basics
package import Foundation

/// The detector of a run with the weights that would be served.
package final class TrainedDetector {
    /// The net, told not to learn.
    package let net: ItemDetector
    /// How its pictures are prepared.
    package let settings: ModelSettings
    /// The names of its classes.
    package let classNames: [String]
    /// The step that the weights are of.
    package let step: String?
    /// The file of the weights.
    package let file: URL

    /// The net of a run's folder.
    package init(_ folder: RunFolder, _ experiment: Experiment, choice: TrainedModel.Choice = .best) throws {
        file = try TrainedModel.file(folder, choice)
        let problems = ProblemList()
        settings = ModelSettings(experiment.model, problems: problems)
        guard problems.problems.isEmpty else { throw ExperimentError(problems.problems) }
        let names = TrainedModel.classNames(folder)[Dataset.boxColumn] ?? []
        net = try ItemDetector(settings.detectorOptions(classes: names.count))
        classNames = settings.isOneClass || names.isEmpty ? ["item"] : names
        let content = try Safetensors(contentsOf: file)
        step = content.metadata["step"]
        var weights: [String: HostTensor] = [:]
        for (key, tensor) in content.tensors where key.hasPrefix("model.") {
            weights[String(key.dropFirst("model.".count))] = tensor
        }
        try net.update(weights)
        net.train(false)
    }

    /// What finds boxes on pictures.
    package var finder: BoxFinder { BoxFinder(net, settings) }

    /// What an exported file answers to scaled pictures, under its outputs' names.
    package func answers(_ pictures: HostTensor) throws -> [String: HostTensor] {
        try checked {
            withoutGrad {
                let output = net(Tensor(pictures))
                return ["scores": net.scores(output).host(), "boxes": output.boxes.host()]
            }
        }
    }

    /// Finds the boxes of pictures and forgets them: what is timed.
    package func find(on pictures: HostTensor) throws {
        _ = try checked { inference { finder.boxes(Tensor(pictures)) } }
    }
}
