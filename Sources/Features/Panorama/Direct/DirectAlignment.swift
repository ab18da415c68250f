import Foundation
internal import Kernels

/// How the steps of direct alignment are made (chapter 3.1).
public enum DirectMethod: String, Sendable, Hashable, CaseIterable {
    /// Gauss and Newton steps with the slopes of the moved picture, parameters added (Lucas and Kanade 1981; 1.8 to 1.11,
    /// 1.13 and 1.14).
    case forward
    /// The same with the template's slopes, ∇I1(x+u) ≈ ∇I0(x) (1.12), which need not be sampled again.
    case templateSlopes
    /// The moved picture is warped first, a small map is found and put before it (Szeliski and Shum 1997).
    case forwardCompositional
    /// The small map is found for the template and taken back, W ← W ∘ ΔW⁻¹: one Hessian for all steps (Baker and
    /// Matthews 2004).
    case inverseCompositional
    /// As `forward`, but sums are kept for blocks of 16 x 16 pixels with the motion's slopes in their middles.
    case patches
}

/// Aligns two pictures by their brightness alone, from a start that is near.
///
/// Both pictures go through a pyramid; on each level a damped Gauss-Newton iteration (Levenberg and Marquardt) lowers the
/// mean loss of I1(W(x)) - (1 + α) I0(x) - β over the overlap, from at most `steps` steps down to moves under `stop`
/// pixels. The map leads from the template's pixels to the picture's, both from their middles.
public struct DirectAlignment: Sendable {
    /// What may change.
    public var motion: DirectMotion
    /// How steps are made.
    public var method = DirectMethod.inverseCompositional
    /// How differences count.
    public var loss = DirectLoss.squares
    /// Whether a gain α and a bias β are solved for at each step.
    public var solvesGain = false
    /// Whether places between pixels come from Keys' cubic instead of four neighbours.
    public var usesCubic = true
    /// Standard deviation of slopes of noise, 0...1 samples; each pixel counts |∇|² / (|∇|² + σ²). 2 levels: 2/255.
    public var slopeNoise = 0.0
    /// Levels of the pyramid, at most; detail is gone beyond three on photos.
    public var levels = 3
    /// Steps a level, at most.
    public var steps = 20
    /// A step that moves no corner farther ends the level, in its pixels.
    public var stop = 0.01
    /// Least overlap as a share of the template.
    public var leastOverlap = 0.2

    /// An alignment by a motion.
    public init(_ motion: DirectMotion) { self.motion = motion }

    /// An alignment by a planar motion.
    public init(_ motion: PlanarMotion) { self.init(.planar(motion)) }

    /// What came out.
    public struct Result: Sendable {
        /// From the template to the picture, in pixels from the middles.
        public var map: Matrix3
        /// α: the picture is (1 + gain) times the template, plus the bias.
        public var gain: Double
        /// β, 0...1.
        public var bias: Double
        /// The root of the mean loss over the overlap on the finest level.
        public var error: Double
        /// Normalised correlation in the overlap.
        public var correlation: Double
        /// Overlap as a share of the template.
        public var overlap: Double
        /// Steps over all levels.
        public var steps: Int
        /// JᵀJ of the motion's parameters at the end, row by row; σ² times its inverse is their covariance.
        public var information: [Double]
        /// The loss that the finest level's cost is of, for equal comparisons.
        var scale: Float = 0
    }

    /// Aligns the picture to the template.
    ///
    /// - Throws: `noOverlap`, `noTexture` when the equations have no solution, `diverged`.
    public func align(
        _ template: AlignmentPicture, _ picture: AlignmentPicture, start: Matrix3 = .identity
    ) throws(DirectError) -> Result {
        guard let a = try? template.pyramid(levels: levels), let b = try? picture.pyramid(levels: levels) else {
            throw .noOverlap
        }
        var state = Result(
            map: start, gain: 0, bias: 0, error: 0, correlation: 0, overlap: 0, steps: 0, information: [])
        for level in (0..<min(a.count, b.count)).reversed() {
            let factor = 1 / Double(1 << level)
            var work = LevelAlignment(
                settings: self, motion: motion.resized(factor), template: a[level], picture: b[level],
                originA: (-template.middle.x * factor, -template.middle.y * factor),
                originB: (-picture.middle.x * factor, -picture.middle.y * factor))
            work.map = state.map.resized(factor)
            work.gain = state.gain
            work.bias = state.bias
            try work.run()
            state.map = work.map.resized(1 / factor)
            state.gain = work.gain
            state.bias = work.bias
            state.steps += work.taken
            if level == 0 { work.report(into: &state) }
        }
        return state
    }
}
