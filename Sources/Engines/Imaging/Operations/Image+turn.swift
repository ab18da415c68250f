extension Image {
    /// The picture turned and mirrored as an orientation asks, so that it stands upright.
    public func turned(by orientation: Orientation) -> Image {
        guard orientation != .up else { return self }
        let upright = orientation.swapsSides ? (height, width) : (width, height)
        let perPixel = format.bytesPerPixel
        return Image(derivedWidth: upright.0, height: upright.1, format: format) { target in
            bytes.withUnsafeBufferPointer { source in
                for y in 0..<upright.1 {
                    // Along a row of the result the source moves by a constant step.
                    let start = orientation.source(x: 0, y: y, width: upright.0, height: upright.1)
                    let step = orientation.step(stride: stride, perPixel: perPixel)
                    var from = start.y * stride + start.x * perPixel
                    var to = y * upright.0 * perPixel
                    for _ in 0..<upright.0 {
                        for sample in 0..<perPixel { target[to + sample] = source[from + sample] }
                        from += step
                        to += perPixel
                    }
                }
            }
        }
    }
}

extension Orientation {
    /// How far the stored pixel moves, in bytes, when the upright one moves right by one.
    func step(stride: Int, perPixel: Int) -> Int {
        switch self {
        case .up, .flipped: perPixel
        case .mirrored, .half: -perPixel
        case .transposed, .counterClockwise: swapStep(stride)
        case .clockwise, .transversed: swapStep(stride)
        }
    }

    private func swapStep(_ stride: Int) -> Int {
        self == .transposed || self == .counterClockwise ? stride : -stride
    }
}
