/// One of the outputs of a backbone: maps of a number of channels, one place for every `stride` pixels.
public struct BackboneStage: Hashable, Sendable {
    /// The name, as configurations and checkpoints have it, such as `layer3`.
    public let name: String
    /// The channels of its maps.
    public let channels: Int
    /// Pixels of the picture between two places of its maps.
    public let stride: Int

    /// A stage.
    public init(_ name: String, channels: Int, stride: Int) {
        (self.name, self.channels, self.stride) = (name, channels, stride)
    }
}

/// A step on the way through a backbone: what is kept of it while learning can be its input alone.
public struct BackboneSegment {
    /// What it computes.
    public let run: (Tensor) -> Tensor
    /// Whether its result is one of the backbone's outputs.
    public let isOutput: Bool

    /// A step.
    public init(isOutput: Bool = false, _ run: @escaping (Tensor) -> Tensor) {
        (self.run, self.isOutput) = (run, isOutput)
    }
}

/// A network that makes maps of features from pictures: [n, c, h, w] to one tensor for each of ``stages``.
///
/// A new backbone is one file and one row in ``BackboneRegistry``: a subclass that hands its stages to `super.init`,
/// overrides ``segments``, and conforms to ``OnnxFeatures`` if it shall be exported.
open class Backbone: Layer {
    /// What it gives out, from fine to coarse.
    public let stages: [BackboneStage]

    /// A backbone with these outputs.
    public init(stages: [BackboneStage]) {
        precondition(!stages.isEmpty, "a backbone has a stage")
        self.stages = stages
        super.init()
    }

    /// The steps from a picture to the last stage's maps, as many of them outputs as there are stages.
    open var segments: [BackboneSegment] { [BackboneSegment(isOutput: true) { $0 }] }

    /// The maps of every stage, [n, channels, h / stride, w / stride] each.
    public final func features(_ x: Tensor) -> [Tensor] {
        var maps = x
        return segments.compactMap { segment in
            maps = segment.run(maps)
            return segment.isOutput ? maps : nil
        }
    }

    /// The maps of the last stage.
    public override func callAsFunction(_ x: Tensor) -> Tensor { features(x).last ?? x }

    /// The channels of the last stage.
    public var channels: Int { stages.last?.channels ?? 0 }

    /// The stage of a name and its place among the outputs.
    public func stage(named name: String) -> (index: Int, stage: BackboneStage)? {
        stages.enumerated().first { $0.element.name == name }.map { ($0.offset, $0.element) }
    }
}

/// What a backbone is made from.
public struct BackboneOptions: Hashable, Sendable {
    /// One of ``BackboneRegistry/names``.
    public var name: String
    /// The factor of all channels, 1/16 to 4.
    public var width: Double
    /// The attention inside the blocks of each of four stages; the last one stands for those that are not named.
    public var attention: [BlockAttention.Kind]
    /// The channels of a picture.
    public var inputChannels: Int
    /// The largest probability with which a residual branch is dropped while learning, 0 ..< 1; it rises with depth.
    public var dropPath: Double

    /// The default net without attention.
    public init(
        name: String = "resnet-s", width: Double = 0.5, attention: [BlockAttention.Kind] = [], inputChannels: Int = 3,
        dropPath: Double = 0
    ) {
        (self.name, self.width, self.attention) = (name, width, attention)
        (self.inputChannels, self.dropPath) = (inputChannels, dropPath)
    }

    /// A number of channels, scaled by the width and rounded to a multiple of 8, at least 8.
    public func scaled(_ channels: Int) -> Int {
        max(8, Int((Double(channels) * width / 8).rounded()) * 8)
    }

    /// The attention of a stage, from 0.
    public func attention(ofStage index: Int) -> BlockAttention.Kind {
        attention.indices.contains(index) ? attention[index] : attention.last ?? .none
    }
}
