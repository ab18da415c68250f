/// A clip whose frames can be gone through more than once, one after the other.
public protocol VideoClip: Sendable {
    /// What all frames have in common.
    var format: VideoFormat { get }
    /// How many frames there are; nil when only going through them tells.
    var frameCount: Int? { get }
    /// Whether any frame can be had at once.
    var isSeekable: Bool { get }
    /// Whether the file is known to end too early; the frames before that are there.
    var isCutShort: Bool { get }

    /// Goes through the frames from the first one on.
    ///
    /// - Throws: `VideoError` when the clip cannot be opened any more.
    func pass() throws(VideoError) -> VideoPass

    /// The frame of a number from 0; quick only in a clip that is seekable.
    ///
    /// - Throws: `noFrame` outside of the clip, and what reading throws.
    func frame(_ index: Int) throws(VideoError) -> VideoFrame
}

extension VideoClip {
    /// Nothing is known of it.
    public var isCutShort: Bool { false }

    /// The frame of a number, by going through those before it.
    public func frame(_ index: Int) throws(VideoError) -> VideoFrame {
        guard index >= 0 else { throw .noFrame(index) }
        let pass = try pass()
        var left = index
        while let frame = try pass.next() {
            if left == 0 { return frame }
            left -= 1
        }
        throw .noFrame(index)
    }
}

/// One way through the frames of a clip; ends what it holds when it is let go.
public final class VideoPass {
    private let step: () throws(VideoError) -> VideoFrame?

    /// A way whose frames a closure hands out; nil at the end.
    public init(_ step: @escaping () throws(VideoError) -> VideoFrame?) { self.step = step }

    /// The next frame; nil after the last one.
    ///
    /// - Throws: What reading throws; there is no next frame after that.
    public func next() throws(VideoError) -> VideoFrame? { try step() }
}
