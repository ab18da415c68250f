/// A box that a detector shall find, in pixels of its input.
public struct TargetBox: Hashable, Sendable {
    /// The left edge.
    public var left: Double
    /// The upper edge.
    public var top: Double
    /// The right edge.
    public var right: Double
    /// The lower edge.
    public var bottom: Double
    /// The class, from 0; ``FocalLoss/Target/ignored`` for a box that shall be neither found nor missed.
    public var label: Int

    /// A box.
    public init(left: Double, top: Double, right: Double, bottom: Double, label: Int = 0) {
        (self.left, self.top, self.right, self.bottom, self.label) = (left, top, right, bottom, label)
    }
}

/// Pictures' boxes as tensors: what matchers compare with.
struct BoxTensors {
    /// [g, 4] as left, top, right, bottom.
    let boxes: Tensor
    /// [g], i64.
    let labels: Tensor

    init(_ targets: [TargetBox], device: Device) {
        let sides = targets.flatMap { [Float($0.left), Float($0.top), Float($0.right), Float($0.bottom)] }
        boxes = Tensor(HostTensor(sides, shape: [targets.count, 4]), device: device)
        labels = Tensor(HostTensor(targets.map(\.label)), device: device)
    }
}

/// Areas that boxes share.
enum BoxOverlap {
    /// The areas of boxes [.., 4].
    static func areas(_ boxes: Tensor) -> Tensor {
        let sides = boxes.sliced(-1, 2..<4) - boxes.sliced(-1, 0..<2)
        return sides.selected(-1, 0).clamped(min: 0) * sides.selected(-1, 1).clamped(min: 0)
    }

    /// The intersection over union of every box [a, 4] with every other [g, 4]: [a, g].
    static func unions(_ boxes: Tensor, _ others: Tensor) -> Tensor {
        let (rows, columns) = (boxes.expandingAxis(1), others.expandingAxis(0))
        let low = rows.sliced(-1, 0..<2).maximum(columns.sliced(-1, 0..<2))
        let high = rows.sliced(-1, 2..<4).minimum(columns.sliced(-1, 2..<4))
        let sides = (high - low).clamped(min: 0)
        let shared = sides.selected(-1, 0) * sides.selected(-1, 1)
        let whole = areas(boxes).expandingAxis(1) + areas(others).expandingAxis(0) - shared
        return shared / whole.clamped(min: 1e-9)
    }
}
