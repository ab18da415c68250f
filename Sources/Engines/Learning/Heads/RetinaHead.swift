/// A detector's head with anchors (Lin et al. 2017, section 4): one tower for classes, one for boxes.
public final class RetinaHead: DetectionHead {
    @Child var classTower: DetectionTower
    @Child var boxTower: DetectionTower
    @Child var classes: Conv2d
    @Child var boxes: Conv2d
    let classCount: Int

    /// A head on levels of a width; every class begins with a probability of 0.01.
    public init(_ channels: Int, depth: Int, levels: Int, anchors: Int, classes: Int) {
        classTower = DetectionTower(channels, depth: depth, levels: levels)
        boxTower = DetectionTower(channels, depth: depth, levels: levels)
        self.classes = Conv2d(channels, anchors * classes, kernel: 3)
        boxes = Conv2d(channels, anchors * 4, kernel: 3)
        classCount = classes
        super.init()
        beginCalmly(self.classes, prior: 0.01)
        beginCalmly(boxes, prior: 0.5)
    }

    /// Logits and codes of the levels' maps.
    public override func callAsFunction(_ levels: [Tensor]) -> DetectorOutput {
        let logits = levels.enumerated().map { rows(classes(classTower($1, level: $0)), classCount) }
        let codes = levels.enumerated().map { rows(boxes(boxTower($1, level: $0)), 4) }
        return DetectorOutput(
            logits: .concatenated(logits, axis: 1), boxes: .concatenated(codes, axis: 1), centreness: nil)
    }

    /// The classes.
    public override var details: String { "\(classCount)" }
}

/// Small weights, and a bias with which every output begins at a probability (Lin et al. 2017, section 4.1).
func beginCalmly(_ layer: Conv2d, prior: Double) {
    layer.weight = Initializer.normal(0.01)(layer.weight.shape)
    layer.bias = Initializer.classPrior(prior)([layer.weight.length(0)])
}
