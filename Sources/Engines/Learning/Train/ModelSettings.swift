package import Basics

/// What the `model` object of an experiment says beside the net itself.
package struct ModelSettings: Sendable {
    /// The side of the square pictures that the net sees.
    package var side: Int
    /// How bytes become numbers.
    package var scale: PictureScale
    /// Labels that the net itself answers, with the factor of their loss.
    package var heads: [Head]
    /// The rest, which the net's own reader understands.
    package var net: JSONObject

    /// A label that the net answers.
    package struct Head: Hashable, Sendable {
        package var label: String
        package var weight: Double
    }

    /// The keys that are read here.
    static let keys: Set<String> = ["input", "mean", "std", "heads"]

    package init(_ object: JSONObject, path: String = "model", problems: ProblemList) {
        var reader = ConfigurationReader(object, path: path, problems: problems)
        side = reader.int("input", in: 8...2048) ?? 112
        scale = PictureScale(&reader)
        heads = (reader.list("heads", shorthand: "label") ?? []).map { entry in
            var entry = entry
            let label = entry.text("label")
            if label == nil { entry.problems.add(entry.place("label"), "the name of a label") }
            let head = Head(label: label ?? "", weight: entry.number("weight", in: 0...1000) ?? 1)
            entry.finish()
            return head
        }
        net = object
        do {
            _ = try EmbeddingOptions(net, heads: [], path: path + ".", passed: Self.keys)
        } catch {
            problems.add(error.problems)
        }
    }

    /// The net's options, with as many answers as the labels have classes.
    func options(classes: (String) -> Int) throws -> EmbeddingOptions {
        try EmbeddingOptions(
            net, heads: heads.map { HeadOptions($0.label, classes: max(classes($0.label), 1)) }, passed: Self.keys)
    }
}
