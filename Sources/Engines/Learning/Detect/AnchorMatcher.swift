/// Which anchor shall find which box (Lin et al. 2017, section 4): overlaps of `positive` and more find, less than
/// `negative` are background, between them neither. The best anchor of a box always finds it.
public struct AnchorMatcher: Hashable, Sendable {
    /// Overlaps from here on find.
    public let positive: Double
    /// Overlaps below are background.
    public let negative: Double

    /// A matcher.
    public init(positive: Double = 0.5, negative: Double = 0.4) {
        (self.positive, self.negative) = (positive, negative)
    }

    /// For anchors [a, 4] the class or ``FocalLoss/Target`` of each, [a], and the box that each shall find, [a, 4],
    /// which means something only where there is a class.
    public func match(_ targets: [TargetBox], anchors: Tensor) -> (labels: Tensor, boxes: Tensor) {
        let count = anchors.length(0)
        let background = Tensor.full(
            Double(FocalLoss.Target.background), [count], dtype: .int64, device: anchors.device)
        let real = targets.filter { $0.label >= 0 && $0.right > $0.left && $0.bottom > $0.top }
        let blurred = targets.filter { $0.label == FocalLoss.Target.ignored }
        var (labels, boxes) = (background, anchors)
        return withoutGrad {
            if !blurred.isEmpty {
                let overlaps = BoxOverlap.unions(anchors, BoxTensors(blurred, device: anchors.device).boxes)
                let hidden = overlaps.largest(1).isAtLeast(negative)
                labels = labels.filled(where: hidden, with: Double(FocalLoss.Target.ignored))
            }
            guard !real.isEmpty else { return (labels, boxes) }
            let wanted = BoxTensors(real, device: anchors.device)
            let overlaps = BoxOverlap.unions(anchors, wanted.boxes)
            // The anchor that a box is forced on counts as a full overlap, so that it is the best box of that anchor.
            let best = overlaps.equals(overlaps.largest(0, keepsAxis: true)).and(overlaps.isGreater(than: 0))
            let raised = overlaps.filled(where: best, with: 2)
            let (most, places) = (raised.largest(1), raised.argmax(1))
            let unsure = most.isAtLeast(negative).and(most.isLess(than: positive))
            labels = labels.filled(where: unsure, with: Double(FocalLoss.Target.ignored))
            labels = wanted.labels.taking(places).chosen(where: most.isAtLeast(positive), otherwise: labels)
            boxes = wanted.boxes.taking(places)
            return (labels, boxes)
        }
    }
}
