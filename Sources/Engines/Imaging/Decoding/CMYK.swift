/// Printing inks to screen colours, without a profile.
enum CMYK {
    /// An RGB picture from rows of four inks.
    ///
    /// Writers that mark the file as Adobe's store 255 for no ink; others store 0 for no ink. Without a profile each
    /// colour is what its ink and black leave of white: (1 - ink)(1 - black).
    static func image(size: ImageSize, inks: [UInt8], inverted: Bool) throws(ImageError) -> Image {
        try Image(width: size.width, height: size.height, format: .rgb8) { (rows) throws(ImageError) in
            guard inks.count / 4 >= rows.count / 3 else { throw .damaged("its rows are too short") }
            let flip: UInt8 = inverted ? 0 : 255
            for pixel in 0..<(rows.count / 3) {
                let white = UInt32(inks[pixel * 4 + 3] ^ flip)
                for channel in 0..<3 {
                    let left = UInt32(inks[pixel * 4 + channel] ^ flip)
                    rows[pixel * 3 + channel] = UInt8(truncatingIfNeeded: (left * white + 127) / 255)
                }
            }
        }
    }
}
