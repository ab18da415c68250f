/// A multiplicative angular margin (Liu et al. 2017): the label's logit is ||x|| (l cos + psi) / (1 + l) with
/// psi = (-1)^k cos(m theta) - 2 k for theta in [k pi / m, (k + 1) pi / m]; the others are ||x|| cos.
///
/// l falls from 1000 to 5 while training goes on, because the margin alone does not start to learn.
public final class SphereFace: MarginHead {
    /// m.
    public let multiplier: Int
    /// l, the share of the plain cosine.
    public private(set) var share: Double

    /// A classifier of a number of classes, as of step 0.
    public init(classes: Int, dimension: Int, multiplier: Int = 4) {
        self.multiplier = multiplier
        share = Self.share(step: 0)
        super.init(classes: classes, dimension: dimension, scale: 1)
    }

    /// l at a step: max(5, 1000 / (1 + 0.12 step)).
    public static func share(step: Int) -> Double { max(5, 1000 / (1 + 0.12 * Double(step))) }

    /// Sets the share for a step.
    public override func advance(step: Int, of total: Int) {
        share = Self.share(step: step)
        statistics["share"] = .full(share, [])
    }

    /// (l cos + psi) / (1 + l).
    public override func target(_ cosine: Tensor) -> Tensor {
        let angle = withoutGrad { cosine.detached().clamped(min: -1, max: 1).arccos() }
        let part = (angle * (Double(multiplier) / Double.pi)).floor().clamped(max: Double(multiplier - 1))
        let sign = 1 - 2 * (part - 2 * (part / 2).floor())
        return (share * cosine + sign * multiple(cosine) - 2 * part) / (1 + share)
    }

    /// cos(m theta) as the Chebyshev polynomial of cos(theta), whose slope is finite everywhere.
    private func multiple(_ cosine: Tensor) -> Tensor {
        var (before, now) = (cosine.onesLike(), cosine)
        for _ in 1..<max(multiplier, 1) { (before, now) = (now, 2 * cosine * now - before) }
        return now
    }

    /// The mean cross entropy.
    public override func callAsFunction(_ x: Tensor, labels: Tensor) -> Tensor {
        let (cosines, places) = meeting(x, labels)
        let logits = cosines.replacing(places, with: target(cosines.picked(places))) * x.norm(-1)
        return crossEntropy(logits, labels: places)
    }
}
