/// A stream of YUV4MPEG2 that can be gone through once, as it comes out of a pipe.
public final class Y4MStream {
    /// What all frames have in common.
    public let format: VideoFormat
    private let limits: VideoLimits
    private let read: (Int) throws(VideoError) -> [UInt8]
    /// What was read and not yet used.
    private var held: [UInt8]
    private var index = 0

    /// A stream out of a closure that hands out at most so many bytes at a time, and none at the end.
    ///
    /// - Throws: `unrecognised`, `damagedHeader`, `unsupported`, `frameTooLarge`, and what the closure throws.
    public init(
        limits: VideoLimits = VideoLimits(), read: @escaping (Int) throws(VideoError) -> [UInt8]
    ) throws(VideoError) {
        self.limits = limits
        self.read = read
        var held: [UInt8] = []
        guard let end = try Self.lineEnd(&held, limits.maximumLine, read) else {
            guard held.starts(with: VideoFormat.magic) else { throw .unrecognised }
            throw .damagedHeader("its line does not end")
        }
        format = try VideoFormat(header: held[..<end], limits: limits)
        held.removeFirst(end + 1)
        self.held = held
    }

    /// The next frame; nil after the last one.
    ///
    /// - Throws: `damagedFrame`, `tooManyFrames`, and what the closure throws.
    public func next() throws(VideoError) -> VideoFrame? {
        if held.isEmpty { held = try read(1 << 16) }
        guard !held.isEmpty else { return nil }
        guard index < limits.maximumFrames else { throw .tooManyFrames(limit: limits.maximumFrames) }
        guard let end = try Self.lineEnd(&held, limits.maximumLine, read), held.starts(with: VideoFormat.frameMagic),
            end == 5 || held[5] == UInt8(ascii: " ")
        else { throw .damagedFrame(index) }
        let needed = format.frameBytes
        var planes = Array(held[(end + 1)...].prefix(needed))
        held.removeFirst(end + 1 + planes.count)
        // Grows with what comes, not with what the header claims.
        while planes.count < needed {
            let more = try read(min(1 << 20, needed - planes.count))
            guard !more.isEmpty else { throw .damagedFrame(index) }
            planes += more
        }
        index += 1
        return try VideoFrame(format: format, bytes: planes)
    }

    /// Where the first line ends, after reading until it does; nil when it is longer than allowed or never ends.
    private static func lineEnd(
        _ held: inout [UInt8], _ limit: Int, _ read: (Int) throws(VideoError) -> [UInt8]
    ) throws(VideoError) -> Int? {
        while true {
            if let end = held.prefix(limit).firstIndex(of: 10) { return end }
            guard held.count < limit else { return nil }
            let more = try read(limit - held.count)
            guard !more.isEmpty else { return nil }
            held += more
        }
    }
}
