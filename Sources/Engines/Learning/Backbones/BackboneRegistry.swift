/// Why a network could not be made from its configuration; every problem names its place.
public struct NetworkConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// One sentence a problem, each beginning with a key.
    public let problems: [String]

    /// All problems in one line.
    public var description: String { problems.joined(separator: "; ") }
}

/// Backbones by the names that configurations use. A new backbone is a file and a row here.
public enum BackboneRegistry {
    private static let makers: [String: @Sendable (BackboneOptions) -> Backbone] = [
        "resnet-s": { ResNet($0, stem: .small, blocks: [2, 2, 2, 2], isDeep: false) },
        "resnet18": { ResNet($0, stem: .large, blocks: [2, 2, 2, 2], isDeep: false) },
        "resnet34": { ResNet($0, stem: .large, blocks: [3, 4, 6, 3], isDeep: false) },
        "resnet50": { ResNet($0, stem: .large, blocks: [3, 4, 6, 3], isDeep: true) },
        "resnet101": { ResNet($0, stem: .large, blocks: [3, 4, 23, 3], isDeep: true) },
        "resnet152": { ResNet($0, stem: .large, blocks: [3, 8, 36, 3], isDeep: true) },
        "inception-s": { InceptionSmall($0) },
        "efficientnet-b0": { EfficientNet($0) },
        "transformer-s": { VisionTransformer($0) },
    ]

    /// The names of all backbones, sorted.
    public static var names: [String] { makers.keys.sorted() }

    /// A backbone with weights at their beginnings.
    ///
    /// Throws when there is no backbone of the name, or an option is out of its range.
    public static func make(_ options: BackboneOptions) throws(NetworkConfigurationError) -> Backbone {
        let problems = problems(of: options, path: "")
        guard problems.isEmpty, let maker = makers[options.name] else {
            throw NetworkConfigurationError(problems: problems)
        }
        return maker(options)
    }

    static func problems(of options: BackboneOptions, path: String) -> [String] {
        var problems: [String] = []
        if makers[options.name] == nil {
            problems.append("\(path)backbone: one of \(names.joined(separator: ", "))")
        }
        if !(0.0625...4).contains(options.width) { problems.append("\(path)width: a number from 0.0625 to 4") }
        if !(1...64).contains(options.inputChannels) { problems.append("\(path)channels: a number from 1 to 64") }
        if !(0..<1).contains(options.dropPath) { problems.append("\(path)dropPath: a number from 0, below 1") }
        return problems
    }
}
