/// Writes frames as YUV4MPEG2 (`yuv4mpeg(5)`), one after the other.
public struct Y4MWriter {
    /// What all frames have in common.
    public let format: VideoFormat
    /// Frames that were written.
    public private(set) var count = 0
    private let write: ([UInt8]) throws -> Void

    /// A writer that has already written the header.
    ///
    /// - Parameters:
    ///   - format: Of all frames.
    ///   - write: Takes the next bytes.
    /// - Throws: What `write` throws.
    public init(format: VideoFormat, write: @escaping ([UInt8]) throws -> Void) throws {
        self.format = format
        self.write = write
        try write(format.header)
    }

    /// Writes a frame.
    ///
    /// - Throws: `VideoError.damagedFrame` for a frame of another size or sampling, and what `write` throws.
    public mutating func append(_ frame: VideoFrame) throws {
        guard frame.bytes.count == format.frameBytes, frame.format.sampling == format.sampling else {
            throw VideoError.damagedFrame(count)
        }
        try write(VideoFormat.frameMagic + [10])
        try write(frame.bytes)
        count += 1
    }
}
