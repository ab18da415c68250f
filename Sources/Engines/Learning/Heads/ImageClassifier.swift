/// A backbone, the mean of its maps and a linear layer, under the names of torchvision's ResNets: files of theirs load.
public final class ImageClassifier: Layer {
    /// The net below; its keys are this module's.
    @Child public var backbone: Backbone
    /// From the last channels to classes.
    @Child public var fc: Linear

    /// A classifier of pictures.
    public init(_ backbone: Backbone, classes: Int) {
        _backbone = Child(backbone, key: "")
        fc = Linear(backbone.channels, classes)
        super.init()
    }

    /// Logits [n, classes] of pictures [n, c, h, w].
    public override func callAsFunction(_ x: Tensor) -> Tensor { fc(backbone(x).mean(-2, -1)) }
}
