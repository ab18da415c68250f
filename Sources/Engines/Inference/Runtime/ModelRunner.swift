/// Something that runs a model: in this process (``ModelSession``) or in a cage (``CagedModel``).
public protocol ModelRunner: Sendable {
    /// What the model takes, in its own order.
    var inputs: [TensorPort] { get }
    /// What the model gives, in its own order.
    var outputs: [TensorPort] { get }
    /// The execution provider in use.
    var provider: String { get }

    /// Runs the model; blocks the thread.
    func run(_ tensors: [String: Tensor], cancel: RunCancel?) throws(InferenceError) -> [String: Tensor]
}
