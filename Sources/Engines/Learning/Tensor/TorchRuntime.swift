internal import CTorch
internal import Kernels

/// The libtorch that this process runs on.
public enum TorchRuntime {
    /// Its version, as `1.13.0`.
    public static var version: String { String(cString: ct_version()) }

    /// How it was built: linear algebra, vector instructions, threads.
    public static var configuration: String { String(cString: ct_config()) }

    /// Whether a CUDA device can be used.
    public static var hasCUDA: Bool { ct_has_cuda() }

    /// Whether convolutions, products and their gradients can be computed in an element type on a device.
    public static func computes(_ type: DType, on device: Device) -> Bool {
        var isNarrow = false
        let outcome = try? checked {
            let weight = Tensor.zeros([2, 1, 3, 3]).to(device)
            weight.requiresGrad = true
            let value = mixedPrecision(type) {
                let maps = callOp(
                    .convolution, .tensor(Tensor.zeros([1, 1, 4, 4]).to(device)), .tensor(weight), .optional(nil),
                    .ints([1, 1]), .ints([0, 0]), .ints([1, 1]), .int(1))
                isNarrow = maps.dtype == type
                return maps.reshaped(2, 4).matmul(maps.reshaped(4, 2))
            }.to(.float32).sum()
            value.backward()
            return value.item()
        }
        return outcome != nil && isNarrow
    }

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
    public static func keepMemory() -> Bool { HeapPolicy.keep(upTo: .max) }

    /// Starts the generators of all devices at a seed.
    public static func seed(_ seed: UInt64) { done("seed", [], ct_seed(seed)) }

    /// The state of the processor's generator, from which the same draws follow again.
    public static var randomState: HostTensor {
        get { (taking("random_state") { ct_random_state($0) } ?? .failed()).host() }
        set { done("set_random_state", [], borrowing(Tensor(newValue)) { ct_set_random_state($0) }) }
    }
}
