/// The loss of a detector on a batch, and its parts.
public struct DetectorLoss {
    /// The sum of the parts, always in one order.
    public var total: Tensor {
        let terms = parts.sorted { $0.key < $1.key }.map(\.value)
        return terms.dropFirst().reduce(terms.first ?? .zeros([]), +)
    }

    /// `class`, `box` and, without anchors, `centre`.
    public let parts: [String: Tensor]
    /// How many places shall find a box.
    public let positives: Int

    init(
        retina output: DetectorOutput, targets: [[TargetBox]], anchors: Tensor, coder: BoxCoder,
        term: DetectorOptions.BoxTerm
    ) {
        let matches = targets.map { AnchorMatcher().match($0, anchors: anchors) }
        let labels = Tensor.concatenated(matches.map(\.labels))
        let places = Self.places(labels)
        let codes = output.boxes.reshaped(-1, 4).taking(places)
        let boxes = Tensor.concatenated(matches.map(\.boxes)).taking(places)
        let own = Tensor.concatenated(targets.map { _ in anchors }).taking(places)
        let box =
            switch term {
            case .smoothL1: BoxLoss.smoothL1(codes, coder.encode(boxes, anchors: own))
            case .generalizedIoU: BoxLoss.generalizedIoU(coder.decode(codes, anchors: own), boxes)
            }
        positives = places.length(0)
        parts = ["class": Self.classes(output, labels), "box": box]
    }

    init(anchorFree output: DetectorOutput, targets: [[TargetBox]], places: Tensor, matcher: PointMatcher) {
        let matches = targets.map { matcher.match($0, places: places) }
        let labels = Tensor.concatenated(matches.map(\.labels))
        let chosen = Self.places(labels)
        let wanted = Tensor.concatenated(matches.map(\.distances)).taking(chosen)
        let found = output.boxes.reshaped(-1, 4).taking(chosen)
        // Boxes around the place itself: their overlap does not depend on where it is.
        func box(_ distances: Tensor) -> Tensor {
            .concatenated([-distances.sliced(1, 0..<2), distances.sliced(1, 2..<4)], axis: 1)
        }
        let central = (output.centreness ?? output.logits.selected(2, 0)).reshaped(-1).taking(chosen)
        positives = chosen.length(0)
        parts = [
            "class": Self.classes(output, labels),
            "box": BoxLoss.generalizedIoU(box(found), box(wanted)),
            "centre": Self.binary(central, Self.centreness(wanted)),
        ]
    }

    /// sqrt(min(l, r) / max(l, r) min(t, b) / max(t, b)) of distances [n, 4] (Tian et al. 2019, eq. 3).
    static func centreness(_ distances: Tensor) -> Tensor {
        func share(_ first: Int) -> Tensor {
            let (low, high) = (distances.selected(1, first), distances.selected(1, first + 2))
            return low.minimum(high).clamped(min: 0) / low.maximum(high).clamped(min: 1e-6)
        }
        return (share(0) * share(1)).sqrt()
    }

    private static func classes(_ output: DetectorOutput, _ labels: Tensor) -> Tensor {
        FocalLoss()(output.logits.reshaped(-1, output.logits.length(2)), targets: labels)
    }

    private static func places(_ labels: Tensor) -> Tensor {
        labels.isAtLeast(0).to(.int64).expandingAxis(1).nonzeroPairs().rows
    }

    private static func binary(_ logits: Tensor, _ wanted: Tensor) -> Tensor {
        (logits.softplus() - logits * wanted).sum() / Double(max(logits.length(0), 1))
    }
}
