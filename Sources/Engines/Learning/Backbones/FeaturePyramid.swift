/// Maps of one width at every level, from those of a backbone (Lin et al. 2017, figure 3): coarse levels are enlarged and
/// added to finer ones; one more level is made from the coarsest.
public final class FeaturePyramid: Module {
    @Child var lateral: [Sequential]
    @Child var output: [Sequential]
    @Child var extra: Sequential
    /// Pixels between two places of each level.
    public let strides: [Int]
    /// The width of every level.
    public let channels: Int

    /// A pyramid over stages, from fine to coarse, each twice as coarse as the one before.
    public init(_ stages: [BackboneStage], channels: Int) {
        precondition(!stages.isEmpty, "a pyramid stands on stages")
        lateral = stages.map { Sequential(Conv2d($0.channels, channels, kernel: 1, bias: false), BatchNorm(channels)) }
        output = stages.map { _ in
            Sequential(Conv2d(channels, channels, kernel: 3, bias: false), BatchNorm(channels))
        }
        extra = Sequential(Conv2d(channels, channels, kernel: 3, stride: 2, bias: false), BatchNorm(channels))
        let coarsest = stages.last?.stride ?? 1
        strides = stages.map(\.stride) + [2 * coarsest]
        self.channels = channels
        super.init()
    }

    /// One tensor [n, channels, h, w] for each level, one level more than there are maps.
    ///
    /// Every map must be twice as high and wide as the next, which it is when the picture's sides are multiples of the
    /// coarsest stride.
    public func callAsFunction(_ maps: [Tensor]) -> [Tensor] {
        var above: Tensor?
        var levels: [Tensor] = []
        for index in lateral.indices.reversed() {
            let own = lateral[index](maps[index])
            let sum = above.map { own + $0.enlarged(2) } ?? own
            above = sum
            levels.insert(output[index](sum), at: 0)
        }
        return levels + (levels.last.map { [extra($0)] } ?? [])
    }

    /// The width.
    public override var details: String { "\(channels)" }
}

extension Tensor {
    /// Maps [n, c, h, w], every place repeated to a square of places.
    func enlarged(_ factor: Int) -> Tensor {
        callOp(
            .upsampleNearest, .tensor(self), .ints([length(2) * factor, length(3) * factor]), .none)
    }
}
