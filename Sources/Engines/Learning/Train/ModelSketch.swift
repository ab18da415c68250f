internal import Basics

/// A net as it would be made, for looking at.
package struct ModelSketch {
    /// The tree of its modules with sizes and counts.
    package let tree: String
    /// How many numbers learn.
    package let parameters: Int
    /// Multiplications for one picture.
    package let multiplications: Int
    /// The side of its pictures.
    package let side: Int

    /// The net of an experiment.
    package init(_ prepared: PreparedExperiment) throws {
        let settings = ModelSettings(prepared.experiment.model, problems: ProblemList())
        if settings.kind == .detector {
            let net = try ItemDetector(
                settings.detectorOptions(classes: prepared.dataset.classCount(Dataset.boxColumn)))
            (tree, parameters, side) = (net.description, net.parameterCount, settings.side)
            multiplications = net.multiplications({ _ = net($0) }, height: settings.side, width: settings.side)
            return
        }
        let net = try EmbeddingNet(settings.options(classes: prepared.dataset.classCount))
        tree = net.description
        parameters = net.parameterCount
        side = settings.side
        multiplications = net.multiplications({ _ = net($0) }, height: settings.side, width: settings.side)
    }
}
