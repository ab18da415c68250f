/// Which place of which level shall find which box, without anchors (Tian et al. 2019, section 3): places near the
/// middle of a box, on the level whose range holds the largest of the four distances to its sides; of several boxes the
/// smallest.
public struct PointMatcher: Hashable, Sendable {
    /// Pixels between two places of each level.
    public let strides: [Int]
    /// How many strides a place may lie from the middle of a box.
    public let radius: Double

    /// A matcher.
    public init(strides: [Int], radius: Double = 1.5) { (self.strides, self.radius) = (strides, radius) }

    /// The places of all levels over a picture, with stride and range of distances: [count, 5] as x, y, stride, least
    /// and largest distance. A level takes distances of 4 to 8 strides; the first all below, the last all above.
    public func places(height: Int, width: Int) -> HostTensor {
        var rows: [Float] = []
        for (level, stride) in strides.enumerated() {
            let least = level == 0 ? 0 : Float(4 * stride)
            let largest = level == strides.count - 1 ? 1e8 : Float(8 * stride)
            for row in 0..<AnchorGrid.places(height, stride: stride) {
                for column in 0..<AnchorGrid.places(width, stride: stride) {
                    rows.append((Float(column) + 0.5) * Float(stride))
                    rows.append((Float(row) + 0.5) * Float(stride))
                    rows.append(Float(stride))
                    rows.append(least)
                    rows.append(largest)
                }
            }
        }
        return HostTensor(rows, shape: [rows.count / 5, 5])
    }

    /// For places [p, 5] the class or ``FocalLoss/Target`` of each, [p], and the distances to the left, upper, right and
    /// lower side of its box, [p, 4], which mean something only where there is a class.
    public func match(_ targets: [TargetBox], places: Tensor) -> (labels: Tensor, distances: Tensor) {
        let kept = targets.filter { $0.label >= -2 && $0.label != -1 && $0.right > $0.left && $0.bottom > $0.top }
        let background = Tensor.full(
            Double(FocalLoss.Target.background), [places.length(0)], dtype: .int64, device: places.device)
        guard !kept.isEmpty else { return (background, Tensor.zeros([places.length(0), 4], device: places.device)) }
        return withoutGrad {
            let wanted = BoxTensors(kept, device: places.device)
            let points = places.sliced(1, 0..<2).expandingAxis(1)
            let low = points - wanted.boxes.sliced(1, 0..<2).expandingAxis(0)
            let high = wanted.boxes.sliced(1, 2..<4).expandingAxis(0) - points
            let distances = Tensor.concatenated([low, high], axis: -1)
            let fits = isNear(points, wanted.boxes, places).and(isInRange(distances, places))
            let areas = BoxOverlap.areas(wanted.boxes).expandingAxis(0).broadcast(to: fits.shape)
            let sizes = areas.filled(where: fits.not(), with: 1e12)
            let choice = (-sizes).argmax(1)
            let found = sizes.smallest(1).isLess(than: 1e12)
            let index = choice.expandingAxis(1).expandingAxis(2).broadcast(to: [places.length(0), 1, 4])
            let labels = wanted.labels.taking(choice).chosen(where: found, otherwise: background)
            return (labels, distances.gathered(1, index).droppingAxis(1))
        }
    }

    private func isNear(_ points: Tensor, _ boxes: Tensor, _ places: Tensor) -> Tensor {
        let middle = ((boxes.sliced(1, 0..<2) + boxes.sliced(1, 2..<4)) * 0.5).expandingAxis(0)
        let away = (points - middle).abs().largest(-1)
        return away.isLess(than: places.sliced(1, 2..<3) * radius)
    }

    private func isInRange(_ distances: Tensor, _ places: Tensor) -> Tensor {
        let largest = distances.largest(-1)
        let isInside = distances.smallest(-1).isGreater(than: 0)
        let isAbove = largest.isLess(than: places.sliced(1, 3..<4)).not()
        return isInside.and(isAbove).and(largest.isLess(than: places.sliced(1, 4..<5)))
    }
}
