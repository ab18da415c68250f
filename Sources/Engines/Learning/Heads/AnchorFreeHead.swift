/// A detector's head without anchors (Tian et al. 2019): every place says its class, how far the four sides of its box
/// are, and how central it lies in it.
public final class AnchorFreeHead: DetectionHead {
    @Child var classTower: DetectionTower
    @Child var boxTower: DetectionTower
    @Child var classes: Conv2d
    @Child var boxes: Conv2d
    @Child var centre: Conv2d
    /// A factor for each level, [levels].
    @Param var scales: Tensor
    let strides: [Int]
    let classCount: Int
    /// The largest exponent of a distance: no side is further than e^6 strides.
    static let largestExponent = 6.0

    /// A head on levels of a width; every class begins with a probability of 0.01.
    public init(_ channels: Int, depth: Int, strides: [Int], classes: Int) {
        classTower = DetectionTower(channels, depth: depth, levels: strides.count)
        boxTower = DetectionTower(channels, depth: depth, levels: strides.count)
        self.classes = Conv2d(channels, classes, kernel: 3)
        boxes = Conv2d(channels, 4, kernel: 3)
        centre = Conv2d(channels, 1, kernel: 3)
        scales = .ones([strides.count])
        self.strides = strides
        classCount = classes
        super.init()
        beginCalmly(self.classes, prior: 0.01)
        beginCalmly(boxes, prior: 0.5)
        beginCalmly(centre, prior: 0.5)
    }

    /// Logits, distances in pixels and centrality of the levels' maps.
    public override func callAsFunction(_ levels: [Tensor]) -> DetectorOutput {
        let seen = levels.enumerated().map { boxTower($1, level: $0) }
        let logits = levels.enumerated().map { rows(classes(classTower($1, level: $0)), classCount) }
        let distances = seen.enumerated().map { level, maps in
            let exponents = (boxes(maps) * scales[level]).clamped(max: Self.largestExponent)
            return rows(exponents.exp() * Double(strides[level]), 4)
        }
        let centres = seen.map { rows(centre($0), 1).droppingAxis(2) }
        return DetectorOutput(
            logits: .concatenated(logits, axis: 1), boxes: .concatenated(distances, axis: 1),
            centreness: .concatenated(centres, axis: 1))
    }

    /// The classes.
    public override var details: String { "\(classCount)" }
}
