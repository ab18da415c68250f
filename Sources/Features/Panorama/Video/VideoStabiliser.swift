public import Imaging

/// Takes the shake out of a clip.
///
/// The motion between neighbouring frames is found by the hierarchical alignment of brightness on small planes; the way of
/// the camera is smoothed by a Gaussian over time; each frame is warped to where the smooth way has it, and all are cropped
/// to the rectangle that every frame covers. The clip is gone through twice, and two frames at most are held.
public struct VideoStabiliser: Sendable {
    /// What may change between frames.
    public enum Motion: String, Sendable, Codable, CaseIterable {
        /// Shifts alone.
        case translation
        /// Shift, turn and scale: enough for most lenses.
        case similarity
        /// All that a turning camera does: for wide angles.
        case homography
    }

    /// What may change between frames.
    public var motion = Motion.similarity
    /// The standard deviation of the Gaussian over time in seconds, 0...60: larger ones keep less of the camera's way.
    public var window = 0.5
    /// The least share of the sides that must be left, 0.1...1; where smoothing would cost more, the window shrinks.
    public var leastShare = 0.7

    /// The usual settings.
    public init() {}

    /// What is done with each frame of a clip.
    public struct Plan: Sendable {
        /// Frames of the clip.
        public let count: Int
        /// First frames after a cut; nothing is smoothed over it.
        public let cuts: [Int]
        /// The window that was taken, in seconds; less than asked for where the crop would have been too narrow.
        public let window: Double
        /// The format of the stabilised frames.
        public let format: VideoFormat
        /// The share of the area of a frame that is left.
        public let cropShare: Double
        /// Root mean square of the change of the motion from frame to frame before, in pixels.
        public let jitterBefore: Double
        /// The same after, as far as it was measured.
        public let jitterAfter: Double
        /// The maps that were found: from frame i to frame i + 1, in pixels from the middles; nil at a cut.
        public let steps: [Matrix3?]
        /// From each frame to where it is shown, in pixels from the middles.
        public let corrections: [Matrix3]
    }

    /// Goes through a clip and plans.
    ///
    /// - Parameters:
    ///   - clip: The clip.
    ///   - progress: Is told of each frame; what it throws ends the work.
    /// - Throws: `VideoError` from the clip (`noFrame` for one without frames), and what `progress` throws.
    public func plan(
        _ clip: any VideoClip, progress: (VideoFrames.Progress) throws -> Void = { _ in }
    ) throws -> Plan {
        let steps = try measured(clip, progress)
        let kind: CameraPath.Kind =
            switch motion {
            case .translation: .shifts
            case .similarity: .similarities
            case .homography: .homographies
            }
        let path = CameraPath(steps: steps, kind: kind)
        let (width, height) = (clip.format.width, clip.format.height)
        var window = min(60, max(0, window.isFinite ? window : 0))
        // What a file says of its rate may be anything.
        let rate = min(240, max(1, clip.format.rate.value))
        var corrections = path.corrections(deviation: window * rate)
        var share = CameraPath.covered(corrections, width: width, height: height)
        while share < min(1, max(0.1, leastShare)), window > 0 {
            try progress(.init(done: steps.count + 1, of: clip.frameCount))
            window = window * rate < 0.3 ? 0 : window * 0.8
            corrections = path.corrections(deviation: window * rate)
            share = CameraPath.covered(corrections, width: width, height: height)
        }
        let format = try clip.format.resized(
            width: Self.cropped(width, share), height: Self.cropped(height, share))
        return Plan(
            count: steps.count + 1, cuts: steps.indices.filter { steps[$0] == nil }.map { $0 + 1 }, window: window,
            format: format,
            cropShare: Double(format.width * format.height) / Double(width * height),
            jitterBefore: CameraPath.jitter(steps), jitterAfter: CameraPath.jitter(path.corrected(corrections)),
            steps: steps, corrections: corrections)
    }

    private func measured(
        _ clip: any VideoClip, _ progress: (VideoFrames.Progress) throws -> Void
    ) throws -> [Matrix3?] {
        var measure = FrameMotion()
        measure.side = 480
        if motion == .homography { measure.motion = .planar(.homography) }
        let pass = try clip.pass()
        guard let first = try pass.next() else { throw VideoError.noFrame(0) }
        var before = try FramePlane(first.luma, side: measure.side)
        var steps: [Matrix3?] = []
        var last = Matrix3.identity
        while let frame = try pass.next() {
            let plane = try FramePlane(frame.luma, side: measure.side)
            switch measure.between(before, plane, start: last) {
            case .moved(let map): steps.append(map)
            case .blank: steps.append(.identity)
            case .cut: steps.append(nil)
            }
            last = (steps.last ?? nil) ?? .identity
            before = plane
            try progress(.init(done: steps.count + 1, of: clip.frameCount))
        }
        return steps
    }

    /// A side that is left: less by a multiple of 4, so that chroma samples of frames that do not move stay as they are.
    private static func cropped(_ side: Int, _ share: Double) -> Int {
        // Half a pixel more on each side is what the cubic needs beside rounding.
        let lost = share >= 1 ? 0 : Int((Double(side) - share * Double(side - 1)).rounded(.up))
        let cut = (lost + 3) / 4 * 4
        return side - cut >= 1 ? side - cut : side
    }

    /// Goes through the clip once more and hands out the stabilised frames.
    ///
    /// - Parameters:
    ///   - clip: The clip that was planned.
    ///   - plan: The plan.
    ///   - progress: Is told of each frame; what it throws ends the work.
    ///   - write: Takes the next frame.
    /// - Throws: `VideoError` from the clip, `noFrame` when it has become shorter, and what `progress` and `write` throw.
    public func apply(
        _ plan: Plan, to clip: any VideoClip, progress: (VideoFrames.Progress) throws -> Void = { _ in },
        write: (VideoFrame) throws -> Void
    ) throws {
        let pass = try clip.pass()
        for index in 0..<plan.count {
            guard let frame = try pass.next() else { throw VideoError.noFrame(index) }
            try write(try frame.warped(by: map(plan, index, from: clip.format), to: plan.format))
            try progress(.init(done: index + 1, of: plan.count))
        }
    }

    /// From the pixels of a stabilised frame to those of the frame it is made of.
    private func map(_ plan: Plan, _ index: Int, from format: VideoFormat) -> PlaneMap {
        let back = plan.corrections[index].inverse ?? .identity
        let (width, height) = (plan.format.width, plan.format.height)
        return PlaneMap.translation(x: -Double(width - 1) / 2, y: -Double(height - 1) / 2)
            .then(PlaneMap(back.values) ?? .identity)
            .then(.translation(x: Double(format.width - 1) / 2, y: Double(format.height - 1) / 2))
    }
}
