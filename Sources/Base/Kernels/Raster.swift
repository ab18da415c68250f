/// The layout of rows of pixels: sizes in pixels, the stride in values, not bytes.
package struct Raster: Sendable, Hashable {
    /// Pixels in a row, at least 1.
    package let width: Int
    /// Rows, at least 1.
    package let height: Int
    /// Values of one pixel, 1...4.
    package let samples: Int
    /// Values from one row to the next, at least `width * samples`.
    package let stride: Int

    /// A layout; packed without a stride.
    package init(width: Int, height: Int, samples: Int, stride: Int? = nil) {
        precondition(width > 0 && height > 0 && (1...4).contains(samples))
        self.width = width
        self.height = height
        self.samples = samples
        self.stride = stride ?? width * samples
        precondition(self.stride >= width * samples)
    }

    /// Values of the pixels of one row.
    package var rowCount: Int { width * samples }

    /// Values from the first pixel's to the last pixel's.
    package var span: Int { stride * (height - 1) + rowCount }
}

/// What stands outside a picture; pictures of `abcdefgh` as examples.
package enum BorderRule: Int32, Sendable {
    /// One given colour.
    case constant = 0
    /// The nearest pixel of the edge: `aaa|abcdefgh|hhh`.
    case replicate = 1
    /// Mirrored about the edge pixel: `dcb|abcdefgh|gfe`.
    case reflect = 2
    /// The other side: `fgh|abcdefgh|abc`.
    case wrap = 3

    /// The index inside `0..<count` that stands for one outside, or nil for the constant.
    package func index(_ at: Int, count: Int) -> Int? {
        if at >= 0, at < count { return at }
        switch self {
        case .constant: return nil
        case .replicate: return at < 0 ? 0 : count - 1
        case .reflect:
            guard count > 1 else { return 0 }
            let period = 2 * (count - 1)
            let within = ((at % period) + period) % period
            return within < count ? within : period - within
        case .wrap: return ((at % count) + count) % count
        }
    }
}
