internal import Kernels

/// What every frame of a clip has in common.
public struct VideoFormat: Sendable, Hashable {
    /// Columns, at least 1.
    public let width: Int
    /// Rows, at least 1.
    public let height: Int
    /// How colour is sampled.
    public let sampling: VideoSampling
    /// Frames in `rate.seconds` seconds; 0 and 0 where it is not known.
    public let rate: Rate
    /// Whether samples take the full range 0...255 instead of 16...235 and 16...240.
    public let isFullRange: Bool
    /// Width to height of a pixel; 0 and 0 where it is not known.
    public let aspect: Aspect

    /// A rate as a quotient.
    public struct Rate: Sendable, Hashable {
        /// Frames in so many seconds.
        public let frames: Int
        /// The seconds.
        public let seconds: Int

        /// A rate; 0 and 0 for one that is not known.
        public init(frames: Int, seconds: Int = 1) {
            self.frames = frames
            self.seconds = seconds
        }

        /// Frames a second; 25 where it is not known.
        public var value: Double { frames > 0 && seconds > 0 ? Double(frames) / Double(seconds) : 25 }
    }

    /// The shape of a pixel.
    public struct Aspect: Sendable, Hashable {
        /// Its width in some unit.
        public let width: Int
        /// Its height in the same unit.
        public let height: Int

        /// A shape; 0 and 0 for one that is not known.
        public init(width: Int = 1, height: Int = 1) {
            self.width = width
            self.height = height
        }
    }

    /// A format.
    ///
    /// - Throws: `frameTooLarge` for sides under 1 or over 2^24, or over the limits.
    public init(
        width: Int, height: Int, sampling: VideoSampling = .half, rate: Rate = Rate(frames: 25),
        isFullRange: Bool = false, aspect: Aspect = Aspect(), limits: VideoLimits = VideoLimits()
    ) throws(VideoError) {
        guard width > 0, height > 0, width <= min(limits.maximumSide, 1 << 24),
            height <= min(limits.maximumSide, 1 << 24), width * height <= limits.maximumPixels
        else { throw .frameTooLarge(width: width, height: height) }
        self.width = width
        self.height = height
        self.sampling = sampling
        self.rate = rate
        self.isFullRange = isFullRange
        self.aspect = aspect
    }

    /// The same with frames of another size.
    ///
    /// - Throws: `frameTooLarge` for sides under 1 or beyond the usual limits.
    public func resized(width: Int, height: Int) throws(VideoError) -> VideoFormat {
        try VideoFormat(
            width: width, height: height, sampling: sampling, rate: rate, isFullRange: isFullRange, aspect: aspect)
    }

    /// Columns and rows of each plane: luma, and Cb and Cr if there is colour.
    public var planes: [ImageSize] {
        let luma = ImageSize(width: width, height: height)
        guard let grid = sampling.grids?.cb else { return [luma] }
        let chroma = ImageSize(width: grid.columns(width), height: grid.rows(height))
        return [luma, chroma, chroma]
    }

    /// Bytes of a frame.
    public var frameBytes: Int { planes.reduce(0) { $0 + $1.width * $1.height } }
}
