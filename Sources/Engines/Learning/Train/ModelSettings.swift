package import Basics

/// What the `model` object of an experiment says beside the net itself.
package struct ModelSettings: Sendable {
    /// What is trained.
    package enum Kind: String, CaseIterable, Sendable {
        /// A net that makes a vector of a picture.
        case embedder
        /// A net that finds boxes.
        case detector
    }

    /// What is trained.
    package var kind: Kind
    /// Whether a detector takes all boxes for one class.
    package var isOneClass: Bool
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
    static let keys: Set<String> = ["input", "mean", "std", "heads", "kind", "oneClass"]

    package init(_ object: JSONObject, path: String = "model", problems: ProblemList) {
        var reader = ConfigurationReader(object, path: path, problems: problems)
        let kind: Kind = reader.choice("kind") ?? .embedder
        self.kind = kind
        isOneClass = kind == .detector ? reader.flag("oneClass") ?? false : false
        side = reader.int("input", in: 8...2048) ?? (kind == .detector ? 320 : 112)
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
        if kind == .detector, !heads.isEmpty {
            problems.add("\(path).heads", "a detector answers classes and boxes only")
        }
        do {
            switch kind {
            case .embedder: _ = try EmbeddingOptions(net, heads: [], path: path + ".", passed: Self.keys)
            case .detector: try checkSide(DetectorOptions(net, classes: 1, path: path + ".", passed: Self.keys), path)
            }
        } catch {
            problems.add(error.problems)
        }
    }

    private func checkSide(_ options: DetectorOptions, _ path: String) throws(NetworkConfigurationError) {
        let factor = try ItemDetector.sideFactor(options)
        guard side % factor != 0 else { return }
        throw NetworkConfigurationError(problems: ["\(path).input: a multiple of \(factor)"])
    }

    /// The net's options, with as many answers as the labels have classes.
    func options(classes: (String) -> Int) throws -> EmbeddingOptions {
        try EmbeddingOptions(
            net, heads: heads.map { HeadOptions($0.label, classes: max(classes($0.label), 1)) }, passed: Self.keys)
    }

    /// A detector's options, with as many classes as boxes have; one where they have none, or shall have one.
    package func detectorOptions(classes: Int) throws -> DetectorOptions {
        try DetectorOptions(net, classes: isOneClass ? 1 : max(classes, 1), passed: Self.keys)
    }

    /// What a detector of a number of classes shall find; a box whose class is missing shall be neither found nor missed.
    package func target(_ box: LabelledBox, classes: Int) -> TargetBox {
        let label = isOneClass || classes <= 1 ? 0 : box.label
        return TargetBox(
            left: Double(box.left), top: Double(box.top), right: Double(box.right), bottom: Double(box.bottom),
            label: box.isIgnored || !(0..<classes).contains(label) ? FocalLoss.Target.ignored : label)
    }
}
