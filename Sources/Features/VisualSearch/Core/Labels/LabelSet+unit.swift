public import Imaging

extension LabelSet.Box {
    /// As shares of a picture; nil when it lies beside it.
    public func unit(in size: ImageSize) -> UnitBox? {
        guard size.width > 0, size.height > 0 else { return nil }
        let (width, height) = (Double(size.width), Double(size.height))
        return UnitBox(
            x: left / width, y: top / height, width: (right - left) / width, height: (bottom - top) / height)
    }
}
