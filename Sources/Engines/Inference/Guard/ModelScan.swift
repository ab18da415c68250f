/// What an ONNX file holds, read without running any of it.
///
/// A file that nobody vouches for is scanned before ONNX Runtime sees it: the scan refuses what could read other files
/// (external data), hide code (custom domains, local functions), loop without end (Loop, Scan, If) or claim more memory
/// than it brings. Findings name every reason, so that the person who exported the model can mend it.
public struct ModelScan: Hashable, Sendable {
    /// The most that a model may have.
    public struct Limits: Hashable, Sendable {
        /// Size of the file in bytes.
        public var bytes = 268_435_456
        /// Operators.
        public var nodes = 20_000
        /// Constant tensors.
        public var initializers = 2_000
        /// The versions of the operator set that are accepted.
        public var operatorSets = 9...21

        /// 256 MiB, 20,000 operators, 2,000 constants, operator sets 9 to 21.
        public init() {}
    }

    /// Why the model must not be loaded; empty if it may. At most 50.
    public internal(set) var findings: [String] = []
    /// Version of the file format.
    public internal(set) var formatVersion = 0
    /// Version of the operator set.
    public internal(set) var operatorSet = 0
    /// The program that wrote the file.
    public internal(set) var producer = ""
    /// Operators.
    public internal(set) var nodes = 0
    /// Constant tensors.
    public internal(set) var initializers = 0
    /// Elements of all constant tensors: the parameters.
    public internal(set) var parameters = 0
    /// How often each operator occurs.
    public internal(set) var operators: [String: Int] = [:]
    /// Names of the inputs that are no constants.
    public internal(set) var inputs: [String] = []
    /// Names of the outputs.
    public internal(set) var outputs: [String] = []
    /// What the exporter wrote besides.
    public internal(set) var metadata: [String: String] = [:]

    /// Whether the model may be loaded.
    public var isAcceptable: Bool { findings.isEmpty }

    /// Scans the bytes of an `.onnx` file. Never throws: what is wrong stands in ``findings``.
    public init(_ file: [UInt8], limits: Limits = Limits()) {
        guard file.count <= limits.bytes else {
            findings = ["the file has \(file.count) bytes; at most \(limits.bytes) are accepted"]
            return
        }
        var walk = ModelWalk(limits: limits)
        do {
            try walk.model(file[...])
        } catch {
            walk.find("this is not an ONNX file: \(error.reason)")
        }
        self = walk.finished()
    }

    init() {}
}
