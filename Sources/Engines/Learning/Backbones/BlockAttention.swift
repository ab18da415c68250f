/// Attention of a block to its own channels and places (Woo et al. 2018): the maps [n, c, h, w], each number times how
/// much its channel and its place matter, both between 0 and 1.
public final class BlockAttention: Layer {
    /// What is weighed.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// Nothing.
        case none
        /// Places.
        case spatial
        /// Channels.
        case channel
        /// Channels, then places.
        case both
    }

    /// The part that weighs channels.
    @Child public var channel: ChannelAttention?
    /// The part that weighs places.
    @Child public var spatial: SpatialAttention?

    /// Attention of a kind; nil for none.
    public init?(_ kind: Kind, channels: Int) {
        channel = kind == .channel || kind == .both ? ChannelAttention(channels) : nil
        spatial = kind == .spatial || kind == .both ? SpatialAttention() : nil
        super.init()
        if kind == .none { return nil }
    }

    /// The weighed maps.
    public override func callAsFunction(_ x: Tensor) -> Tensor {
        let weighed = channel?(x) ?? x
        return spatial?(weighed) ?? weighed
    }
}

/// Channels weighed by sigmoid(W1 relu(W0 mean) + W1 relu(W0 max)) of their maps (Woo et al. 2018, eq. 2).
public final class ChannelAttention: Layer {
    /// W0, as a convolution of one place.
    @Child public var fc1: Conv2d
    /// W1, as a convolution of one place.
    @Child public var fc2: Conv2d

    /// Attention to a number of channels through a `reduction` times smaller layer, at least 4 wide.
    public init(_ channels: Int, reduction: Int = 16) {
        let middle = max(4, channels / max(reduction, 1))
        fc1 = Conv2d(channels, middle, kernel: 1, bias: false)
        fc2 = Conv2d(middle, channels, kernel: 1, bias: false)
        super.init()
    }

    /// The weighed maps.
    public override func callAsFunction(_ x: Tensor) -> Tensor {
        let mean = x.mean(-2, -1, keepsAxes: true)
        let largest = x.largest(-1, keepsAxis: true).largest(-2, keepsAxis: true)
        return x * sigmoid(fc2(relu(fc1(mean))) + fc2(relu(fc1(largest))))
    }
}

/// Places weighed by the sigmoid of a 7 x 7 convolution of the channels' mean and maximum (Woo et al. 2018, eq. 3).
public final class SpatialAttention: Layer {
    /// [1, 2, 7, 7].
    @Child public var conv: Conv2d

    /// Attention to places.
    public override init() {
        conv = Conv2d(2, 1, kernel: 7)
        super.init()
    }

    /// The weighed maps.
    public override func callAsFunction(_ x: Tensor) -> Tensor {
        let seen = Tensor.concatenated([x.mean(1, keepsAxes: true), x.largest(1, keepsAxis: true)], axis: 1)
        return x * sigmoid(conv(seen))
    }
}
