extension Image {
    /// How sharp a picture is: the variance of its Laplacian in grey, at 512 pixels on the long side.
    ///
    /// Pictures are made smaller to compare alike, never larger. 0 for a picture of one colour or under 3 x 3 pixels;
    /// under about 100 a photograph looks blurred.
    public func sharpness() throws(ImageError) -> Double {
        let grey = converted(to: .gray8)
        let size = grey.fittingSize(in: ImageSize(width: 512, height: 512))
        let small = try grey.resized(width: size.width, height: size.height)
        guard small.width > 2, small.height > 2 else { return 0 }
        var sum = 0
        var squares = 0
        small.bytes.withUnsafeBufferPointer { rows in
            for y in 1..<(small.height - 1) {
                for x in 1..<(small.width - 1) {
                    let at = y * small.stride + x
                    let around =
                        Int(rows[at - 1]) + Int(rows[at + 1]) + Int(rows[at - small.stride])
                        + Int(rows[at + small.stride])
                    let value = around - 4 * Int(rows[at])
                    sum += value
                    squares += value * value
                }
            }
        }
        let count = Double((small.width - 2) * (small.height - 2))
        let mean = Double(sum) / count
        return Double(squares) / count - mean * mean
    }
}
