/// A box that a detector found, in pixels of its input.
public struct FoundBox: Hashable, Sendable {
    /// The left edge.
    public var left: Float
    /// The upper edge.
    public var top: Float
    /// The right edge.
    public var right: Float
    /// The lower edge.
    public var bottom: Float
    /// The class, from 0.
    public var label: Int
    /// How sure, 0 to 1.
    public var score: Float

    /// A box.
    public init(left: Float, top: Float, right: Float, bottom: Float, label: Int = 0, score: Float) {
        (self.left, self.top, self.right, self.bottom) = (left, top, right, bottom)
        (self.label, self.score) = (label, score)
    }

    /// The area that it shares with a box as a share of the area of both, 0 to 1.
    public func overlap(left: Float, top: Float, right: Float, bottom: Float) -> Float {
        let width = min(self.right, right) - max(self.left, left)
        let height = min(self.bottom, bottom) - max(self.top, top)
        guard width > 0, height > 0 else { return 0 }
        let shared = width * height
        let own = (self.right - self.left) * (self.bottom - self.top)
        let whole = own + (right - left) * (bottom - top) - shared
        return whole > 0 ? shared / whole : 0
    }

    func overlap(_ other: FoundBox) -> Float {
        overlap(left: other.left, top: other.top, right: other.right, bottom: other.bottom)
    }

    /// Which boxes count as found.
    public struct Rules: Hashable, Sendable {
        /// Less sure ones do not.
        public var leastScore: Float
        /// Of boxes of a class that overlap by more only the surest.
        public var overlap: Float
        /// The surest that are looked at, and how many stay.
        public var most: Int

        /// Rules; by default those under which precision is measured: few boxes are left out for their score.
        public init(leastScore: Float = 0.02, overlap: Float = 0.5, most: Int = 300) {
            (self.leastScore, self.overlap, self.most) = (leastScore, overlap, most)
        }
    }

    /// Without those that overlap a surer one of their class; the surest first.
    static func suppressed(_ boxes: [FoundBox], _ rules: Rules) -> [FoundBox] {
        let sorted = boxes.enumerated().sorted {
            $0.element.score > $1.element.score || ($0.element.score == $1.element.score && $0.offset < $1.offset)
        }
        var kept: [FoundBox] = []
        for (_, box) in sorted.prefix(rules.most)
        where kept.allSatisfy({ $0.label != box.label || $0.overlap(box) <= rules.overlap }) {
            kept.append(box)
        }
        return kept
    }
}

extension ItemDetector {
    /// Scores [n, count, classes] between 0 and 1: those of the classes, or without anchors their geometric mean with how
    /// central the place is.
    public func scores(_ output: DetectorOutput) -> Tensor {
        let sure = sigmoid(output.logits)
        guard let centreness = output.centreness else { return sure }
        return (sure * sigmoid(centreness).expandingAxis(2)).sqrt()
    }

    /// Boxes [n, count, 4] as left, top, right and bottom, over pictures of a size.
    public func boxes(_ output: DetectorOutput, height: Int, width: Int) -> Tensor {
        let grid = grid(height: height, width: width).expandingAxis(0)
        switch options.head {
        case .retina: return coder.decode(output.boxes, anchors: grid)
        case .anchorFree:
            let places = grid.sliced(2, 0..<2)
            return .concatenated(
                [places - output.boxes.sliced(2, 0..<2), places + output.boxes.sliced(2, 2..<4)], axis: 2)
        }
    }

    /// The boxes that were found on each of the pictures, the surest first, cut to the pictures.
    public func found(
        _ output: DetectorOutput, height: Int, width: Int, rules: FoundBox.Rules = FoundBox.Rules()
    ) -> [[FoundBox]] {
        let shape = output.logits.shape
        guard shape.count == 3 else { return [] }
        let (scores, boxes) = withoutGrad {
            (
                self.scores(output).to(.float32).host().floats,
                self.boxes(output, height: height, width: width).to(.float32).host().floats
            )
        }
        let (count, classes) = (shape[1], shape[2])
        guard scores.count == shape[0] * count * classes, boxes.count == shape[0] * count * 4 else { return [] }
        return (0..<shape[0]).map { picture in
            let first = picture * count * classes
            let places = (first..<first + count * classes).filter { scores[$0] >= rules.leastScore }
            let found = places.map { place -> FoundBox in
                let at = 4 * (place / classes)
                return FoundBox(
                    left: min(max(boxes[at], 0), Float(width)), top: min(max(boxes[at + 1], 0), Float(height)),
                    right: min(max(boxes[at + 2], 0), Float(width)), bottom: min(max(boxes[at + 3], 0), Float(height)),
                    label: place % classes, score: scores[place])
            }
            return FoundBox.suppressed(found.filter { $0.right > $0.left && $0.bottom > $0.top }, rules)
        }
    }
}
