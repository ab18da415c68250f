public import Imaging

/// Chooses the frames of a clip that a panorama is made of.
///
/// The motion between neighbours is measured on small planes and added up. A frame is taken when it shares as much with the
/// last one taken as was asked for; of those near that place the sharpest. Where neighbours show different things there
/// was a cut, and the choice begins anew.
public struct VideoFrames: Sendable {
    /// The share of a frame that the next one taken shows too, 0.3...0.95.
    public var overlap = 0.65
    /// How far from that the sharpest frame is looked for, 0...0.2.
    public var tolerance = 0.05
    /// No more frames than this, at least 2.
    public var limit = 120

    /// The usual choice.
    public init() {}

    /// How far the work on a clip is.
    public struct Progress: Sendable, Hashable {
        /// Frames that are done.
        public let done: Int
        /// Frames in all; nil where only the end tells.
        public let of: Int?
    }

    /// What was chosen.
    public struct Choice: Sendable, Hashable {
        /// Numbers of the frames, from 0, in order.
        public let frames: [Int]
        /// The first frames after each cut.
        public let cuts: [Int]
        /// Frames that were looked at.
        public let count: Int
        /// The least share that a frame had with the last one taken before it: 1 where nothing moved.
        public let leastOverlap: Double
        /// What that means.
        public let verdict: Verdict
    }

    /// Whether a panorama can come of a clip.
    public enum Verdict: String, Sendable, Codable, CaseIterable {
        /// The camera moved.
        case moves
        /// The camera moved, and there were more frames to take than the limit: the end of the clip is left out.
        case overLimit
        /// The camera stood still: all frames show the same.
        case still
    }

    /// Goes through a clip once.
    ///
    /// - Parameters:
    ///   - clip: The clip.
    ///   - progress: Is told of each frame; what it throws ends the work.
    /// - Throws: `VideoError` from the clip (`noFrame` for one without frames), and what `progress` throws.
    public func choose(_ clip: any VideoClip, progress: (Progress) throws -> Void = { _ in }) throws -> Choice {
        let motion = FrameMotion()
        var search = KeySearch(self, width: Double(clip.format.width), height: Double(clip.format.height))
        let pass = try clip.pass()
        var (before, last): (FramePlane?, Matrix3) = (nil, .identity)
        while !search.isFull, let frame = try pass.next() {
            let luma = frame.luma
            let plane = try FramePlane(luma, side: motion.side)
            var step: Matrix3?
            if let before {
                switch motion.between(before, plane, start: last) {
                case .moved(let map): step = map
                case .blank: step = .identity
                case .cut: step = nil
                }
            }
            last = step ?? .identity
            try search.take(step: step) { try luma.sharpness() }
            before = plane
            try progress(Progress(done: search.count, of: clip.frameCount))
        }
        guard search.count > 0 else { throw VideoError.noFrame(0) }
        return search.finish()
    }
}
