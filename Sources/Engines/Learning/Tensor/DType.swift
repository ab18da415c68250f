internal import CTorch

/// The type of a tensor's elements; the raw values are the numbers that ONNX gives them.
public enum DType: Int32, Hashable, Sendable, CaseIterable {
    /// 32-bit floating point, what layers and losses compute in.
    case float32 = 1
    /// Bytes, as pictures hold them.
    case uint8 = 2
    /// Signed bytes.
    case int8 = 3
    /// 16-bit integers.
    case int16 = 5
    /// 32-bit integers.
    case int32 = 6
    /// 64-bit integers: labels and indices.
    case int64 = 7
    /// Truth values of one byte each.
    case bool = 9
    /// IEEE half precision.
    case float16 = 10
    /// 64-bit floating point, what the oracles of the tests compute in.
    case float64 = 11
    /// The upper half of a 32-bit float.
    case bfloat16 = 16

    /// Bytes an element.
    public var width: Int {
        switch self {
        case .uint8, .int8, .bool: 1
        case .int16, .float16, .bfloat16: 2
        case .float32, .int32: 4
        case .int64, .float64: 8
        }
    }

    /// Whether gradients can be taken of tensors of this type.
    public var isFloating: Bool {
        switch self {
        case .float32, .float64, .float16, .bfloat16: true
        default: false
        }
    }
}

/// Where a tensor's elements are.
public enum Device: Hashable, Sendable, CustomStringConvertible {
    /// The processor's memory.
    case cpu
    /// The memory of a CUDA device, by its number.
    case cuda(Int)

    var number: Int32 {
        switch self {
        case .cpu: Int32(CT_CPU)
        case .cuda(let index): Int32(clamping: index)
        }
    }

    init(number: Int32) { self = number < 0 ? .cpu : .cuda(Int(number)) }

    /// The device as configurations name it, such as `cpu` or `cuda:0`.
    public var description: String {
        switch self {
        case .cpu: "cpu"
        case .cuda(let index): "cuda:\(index)"
        }
    }
}
