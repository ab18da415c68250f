package import Basics

/// What a detector is made from.
public struct DetectorOptions: Hashable, Sendable {
    /// How boxes are found.
    public enum Head: String, Hashable, Sendable, CaseIterable {
        /// From anchors.
        case retina
        /// From places.
        case anchorFree
    }

    /// What boxes learn by, with anchors.
    public enum BoxTerm: String, Hashable, Sendable, CaseIterable {
        /// Smooth L1 of the codes.
        case smoothL1
        /// Generalised IoU of the decoded boxes.
        case generalizedIoU
    }

    /// The net below.
    public var backbone: BackboneOptions
    /// How many classes there are.
    public var classes: Int
    /// The width of pyramid and towers.
    public var channels: Int
    /// The convolutions of a tower.
    public var depth: Int
    /// How boxes are found.
    public var head: Head
    /// What boxes learn by, with anchors; without, it is always the generalised IoU.
    public var boxTerm: BoxTerm

    /// The default item detector.
    public init(
        backbone: BackboneOptions = BackboneOptions(width: 0.375), classes: Int = 1, channels: Int = 48, depth: Int = 2,
        head: Head = .retina, boxTerm: BoxTerm = .smoothL1
    ) {
        (self.backbone, self.classes, self.channels) = (backbone, classes, channels)
        (self.depth, self.head, self.boxTerm) = (depth, head, boxTerm)
    }

    /// The options that a configuration's object names, such as
    /// `{"backbone": "resnet-s", "width": 0.375, "head": "retina", "pyramid": 48}`; see ``EmbeddingOptions``.
    package init(
        _ object: JSONObject, classes: Int, path: String = "", passed: Set<String> = []
    ) throws(NetworkConfigurationError) {
        self.init(classes: classes)
        var reader = LossOptions(object, path: path, known: passed.union(EmbeddingOptions.keys))
        channels = Int(reader.number("pyramid", 48, in: 8...512))
        depth = Int(reader.number("depth", 2, in: 1...8))
        head = reader.choice("head", .retina)
        boxTerm = reader.choice("boxLoss", .smoothL1)
        var problems = reader.finish()
        do {
            let names = passed.union(["pyramid", "depth", "head", "boxLoss"])
            backbone = try EmbeddingOptions(object, path: path, passed: names).backbone
            if object["width"] == nil { backbone.width = 0.375 }
        } catch {
            problems += error.problems
        }
        guard problems.isEmpty else { throw NetworkConfigurationError(problems: problems) }
    }
}

/// A one-stage detector: backbone, feature pyramid, and a head with anchors or without.
public final class ItemDetector: Module {
    /// The net below.
    @Child public var backbone: Backbone
    /// Levels of one width.
    @Child public var pyramid: FeaturePyramid
    /// The head.
    @Child public var head: DetectionHead
    /// What the net was made from.
    public let options: DetectorOptions
    /// The anchors; what serving needs to know of a head with them.
    public let anchors: AnchorGrid
    /// How boxes are coded.
    public let coder = BoxCoder()
    /// The factor that sides of pictures must be multiples of.
    public var sideFactor: Int { pyramid.strides.last ?? 1 }
    private var grids: [[Int]: Tensor] = [:]

    /// The factor that sides of pictures must be multiples of, for a net that is not made yet.
    ///
    /// Throws when there is no such backbone or it has less than three stages.
    static func sideFactor(_ options: DetectorOptions) throws(NetworkConfigurationError) -> Int {
        var small = options
        (small.channels, small.depth) = (8, 1)
        return try ItemDetector(small).sideFactor
    }

    /// A net with weights at their beginnings.
    ///
    /// Throws when there is no such backbone or it has less than three stages.
    public init(_ options: DetectorOptions) throws(NetworkConfigurationError) {
        let backbone = try BackboneRegistry.make(options.backbone)
        let stages = Array(backbone.stages.suffix(3))
        guard stages.count == 3, zip(stages, stages.dropFirst()).allSatisfy({ $1.stride == 2 * $0.stride }) else {
            throw NetworkConfigurationError(problems: ["backbone: \(options.backbone.name) has no three levels"])
        }
        let pyramid = FeaturePyramid(stages, channels: options.channels)
        let anchors = AnchorGrid(strides: pyramid.strides)
        self.backbone = backbone
        self.pyramid = pyramid
        switch options.head {
        case .retina:
            head = RetinaHead(
                options.channels, depth: options.depth, levels: pyramid.strides.count,
                anchors: anchors.countPerPlace, classes: options.classes)
        case .anchorFree:
            head = AnchorFreeHead(
                options.channels, depth: options.depth, strides: pyramid.strides, classes: options.classes)
        }
        (self.options, self.anchors) = (options, anchors)
        super.init()
    }

    /// What the net says of pictures [n, c, h, w], whose sides are multiples of ``sideFactor``.
    public func callAsFunction(_ x: Tensor) -> DetectorOutput { head(pyramid(backbone.features(x).suffix(3))) }

    /// The loss of what was said of pictures of a size, one list of boxes for each.
    public func loss(
        _ output: DetectorOutput, targets: [[TargetBox]], height: Int, width: Int
    ) -> DetectorLoss {
        switch options.head {
        case .retina:
            return DetectorLoss(
                retina: output, targets: targets, anchors: grid(height: height, width: width), coder: coder,
                term: options.boxTerm)
        case .anchorFree:
            return DetectorLoss(
                anchorFree: output, targets: targets, places: grid(height: height, width: width),
                matcher: PointMatcher(strides: pyramid.strides))
        }
    }

    /// Anchors [count, 4], or without anchors places [count, 5], over pictures of a size.
    func grid(height: Int, width: Int) -> Tensor {
        grid(height, width) {
            switch options.head {
            case .retina: anchors.boxes(height: height, width: width)
            case .anchorFree: PointMatcher(strides: pyramid.strides).places(height: height, width: width)
            }
        }
    }

    private func grid(_ height: Int, _ width: Int, _ make: () -> HostTensor) -> Tensor {
        if let known = grids[[height, width]] { return known }
        let device = parameters().first?.tensor.device ?? .cpu
        let made = Tensor(make(), device: device)
        grids[[height, width]] = made
        return made
    }

    /// Head and classes.
    public override var details: String { "\(options.head.rawValue), \(options.classes)" }
}
