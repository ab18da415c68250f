internal import CTorch

/// The libtorch that this process runs on.
public enum TorchRuntime {
    /// Its version, as `1.13.0`.
    public static var version: String { String(cString: ct_version()) }

    /// How it was built: linear algebra, vector instructions, threads.
    public static var configuration: String { String(cString: ct_config()) }

    /// Whether a CUDA device can be used.
    public static var hasCUDA: Bool { ct_has_cuda() }

    /// The operators that are called somewhere but that this libtorch does not have.
    public static var missingOperators: [String] {
        OpName.allCases.map(\.rawValue).filter { !ct_op_exists($0) }
    }

    /// The threads inside one operator, for the whole process. The number set is at least 1.
    public static var threads: Int {
        get { Int(ct_threads()) }
        set { done("set_threads", [], ct_set_threads(Int32(clamping: max(newValue, 1)))) }
    }

    /// Lets the C library keep freed memory instead of giving it back to the system, for the whole process.
    ///
    /// A trainer asks for this once: its steps free and take the same blocks, and a block from the system costs a page
    /// fault for every 4 KiB. False where the library cannot be told.
    @discardableResult
    public static func keepMemory() -> Bool { ct_keep_memory() }

    /// Starts the generators of all devices at a seed.
    public static func seed(_ seed: UInt64) { done("seed", [], ct_seed(seed)) }

    /// The state of the processor's generator, from which the same draws follow again.
    public static var randomState: HostTensor {
        get { (taking("random_state") { ct_random_state($0) } ?? .failed()).host() }
        set { done("set_random_state", [], borrowing(Tensor(newValue)) { ct_set_random_state($0) }) }
    }
}
