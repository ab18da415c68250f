/// Losses of boxes.
public enum BoxLoss {
    /// x^2 / (2 beta) below beta, |x| - beta / 2 above, for differences of coded boxes [n, 4] (Girshick 2015); the sum
    /// over coordinates, the mean over boxes, 0 for none.
    public static func smoothL1(_ predicted: Tensor, _ wanted: Tensor, beta: Double = 1.0 / 9) -> Tensor {
        let size = (predicted - wanted).abs()
        let terms = (size.square() / (2 * beta)).chosen(where: size.isLess(than: beta), otherwise: size - beta / 2)
        return terms.sum() / Double(max(predicted.length(0), 1))
    }

    /// 1 - IoU + (hull - union) / hull of boxes [n, 4] as left, top, right, bottom (Rezatofighi et al. 2019); the mean
    /// over boxes, 0 for none. Boxes that do not overlap still have a gradient.
    public static func generalizedIoU(_ predicted: Tensor, _ wanted: Tensor) -> Tensor {
        func side(_ boxes: Tensor, _ index: Int) -> Tensor { boxes.selected(1, index) }
        func area(_ boxes: Tensor) -> Tensor {
            (side(boxes, 2) - side(boxes, 0)).clamped(min: 0) * (side(boxes, 3) - side(boxes, 1)).clamped(min: 0)
        }
        let (low, high) = (predicted.maximum(wanted).sliced(1, 0..<2), predicted.minimum(wanted).sliced(1, 2..<4))
        let shared = area(.concatenated([low, high], axis: 1))
        let (least, most) = (predicted.minimum(wanted).sliced(1, 0..<2), predicted.maximum(wanted).sliced(1, 2..<4))
        let hull = area(.concatenated([least, most], axis: 1)).clamped(min: 1e-9)
        let union = (area(predicted) + area(wanted) - shared).clamped(min: 1e-9)
        return (1 - shared / union + (hull - union) / hull).sum() / Double(max(predicted.length(0), 1))
    }
}
