/// Why a model could not be loaded, run or accepted.
public struct InferenceError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What sort of failure it is.
    public enum Kind: String, Sendable {
        /// There is no usable ONNX Runtime on this machine.
        case unavailable
        /// The file is not a model that may be loaded.
        case invalidModel
        /// Inputs do not fit what the model declares.
        case invalidInput
        /// The model failed while it ran, or answered something that is no number.
        case failed
        /// The deadline passed first.
        case timedOut
        /// Too many requests wait already.
        case overloaded
    }

    /// What sort of failure it is.
    public let kind: Kind
    /// A sentence that a person can act on.
    public let message: String

    /// An error.
    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    /// The sentence.
    public var description: String { message }
}
