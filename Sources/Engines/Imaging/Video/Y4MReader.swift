/// A clip of YUV4MPEG2 in a file or in memory, of which any frame can be had by its number.
///
/// The grammar is that of `yuv4mpeg(5)`. Samples of 8 bits are read, whole frames, with the samplings of
/// ``VideoSampling``. Sizes are checked on the header, before anything is allocated; where the frames are is found at
/// first by their header lines alone.
public struct Y4MReader: VideoClip {
    /// What all frames have in common.
    public let format: VideoFormat
    /// Whether the clip ends within a frame, or goes on with what is no frame; the frames before that are there.
    public let isCutShort: Bool
    private let store: ByteStore
    /// Where the planes of each frame begin.
    private let places: [Int]

    /// A clip in memory.
    ///
    /// - Throws: As `init(path:limits:)`, but for `file`.
    public init(bytes: [UInt8], limits: VideoLimits = VideoLimits()) throws(VideoError) {
        try self.init(.memory(bytes), limits)
    }

    /// A clip in a file, which stays open as long as the reader is held.
    ///
    /// - Throws: `file`, `unrecognised`, `damagedHeader`, `unsupported`, `frameTooLarge`, `tooManyFrames`, and
    ///   `damagedFrame(0)` when there is no whole frame.
    public init(path: String, limits: VideoLimits = VideoLimits()) throws(VideoError) {
        try self.init(.file(try OpenFile(path: path)), limits)
    }

    private init(_ store: ByteStore, _ limits: VideoLimits) throws(VideoError) {
        self.store = store
        let head = try store.read(at: 0, count: limits.maximumLine)
        guard head.starts(with: VideoFormat.magic) else { throw .unrecognised }
        guard let end = head.firstIndex(of: 10) else { throw .damagedHeader("its line does not end") }
        format = try VideoFormat(header: head[..<end], limits: limits)
        var places: [Int] = []
        var at = end + 1
        var isCutShort = false
        let total = store.count
        while at < total {
            guard let line = try Self.frameLine(store, at: at, limits), format.frameBytes <= total - at - line else {
                isCutShort = true
                break
            }
            guard places.count < limits.maximumFrames else { throw .tooManyFrames(limit: limits.maximumFrames) }
            places.append(at + line)
            at += line + format.frameBytes
        }
        guard !places.isEmpty else { throw .damagedFrame(0) }
        self.places = places
        self.isCutShort = isCutShort
    }

    /// The length of the frame header at a place, with its line feed; nil when it is none.
    private static func frameLine(_ store: ByteStore, at place: Int, _ limits: VideoLimits) throws(VideoError) -> Int? {
        // Nearly always there is nothing but the word.
        for count in [6, limits.maximumLine] {
            let line = try store.read(at: place, count: count)
            guard line.starts(with: VideoFormat.frameMagic) else { return nil }
            if let end = line.firstIndex(of: 10) {
                return end == 5 || line[5] == UInt8(ascii: " ") ? end + 1 : nil
            }
        }
        return nil
    }

    /// How many whole frames there are.
    public var frameCount: Int? { places.count }

    /// Any frame can be had at once.
    public var isSeekable: Bool { true }

    /// The frame of a number from 0.
    ///
    /// - Throws: `noFrame`; `file` and `damagedFrame` when the file was changed meanwhile.
    public func frame(_ index: Int) throws(VideoError) -> VideoFrame {
        guard places.indices.contains(index) else { throw .noFrame(index) }
        let bytes = try store.read(at: places[index], count: format.frameBytes)
        guard bytes.count == format.frameBytes else { throw .damagedFrame(index) }
        return try VideoFrame(format: format, bytes: bytes)
    }

    /// Goes through the frames from the first one on.
    public func pass() throws(VideoError) -> VideoPass {
        var next = 0
        return VideoPass { () throws(VideoError) in
            guard next < places.count else { return nil }
            next += 1
            return try frame(next - 1)
        }
    }
}
