internal import CTorch

extension Tensor {
    /// A tensor with the numbers of a host tensor.
    public convenience init(_ host: HostTensor, device: Device = .cpu) {
        self.init(making: "from_bytes") { out in
            ct_from_bytes(
                host.bytes, host.bytes.count, host.dtype.rawValue, host.shape.map(Int64.init),
                Int32(clamping: host.shape.count), device.number, out)
        }
    }

    /// 32-bit floats in row order.
    public convenience init(_ values: [Float], shape: [Int]? = nil) { self.init(HostTensor(values, shape: shape)) }

    /// 64-bit floats in row order.
    public convenience init(_ values: [Double], shape: [Int]? = nil) { self.init(HostTensor(values, shape: shape)) }

    /// Integers in row order: labels and indices.
    public convenience init(_ values: [Int], shape: [Int]? = nil) { self.init(HostTensor(values, shape: shape)) }

    /// A tensor full of one number.
    public static func full(
        _ value: Double, _ shape: [Int], dtype: DType = .float32, device: Device = .cpu
    ) -> Tensor {
        callOp(.full, .ints(shape), .double(value), .dtype(dtype), .none, .device(device))
    }

    /// A tensor of zeros.
    public static func zeros(_ shape: [Int], dtype: DType = .float32, device: Device = .cpu) -> Tensor {
        full(0, shape, dtype: dtype, device: device)
    }

    /// A tensor of ones.
    public static func ones(_ shape: [Int], dtype: DType = .float32, device: Device = .cpu) -> Tensor {
        full(1, shape, dtype: dtype, device: device)
    }

    /// The integers 0 ..< count.
    public static func arange(_ count: Int, device: Device = .cpu) -> Tensor {
        callOp(.arange, .int(count), .dtype(.int64), .none, .device(device))
    }

    /// A square matrix with ones on its diagonal.
    public static func eye(_ size: Int, dtype: DType = .float32, device: Device = .cpu) -> Tensor {
        callOp(.eye, .int(size), .dtype(dtype), .none, .device(device))
    }

    /// Independent draws from the normal distribution of mean 0 and variance 1.
    public static func randn(_ shape: [Int], dtype: DType = .float32, device: Device = .cpu) -> Tensor {
        callOp(.randn, .ints(shape), .dtype(dtype), .none, .device(device))
    }

    /// Independent uniform draws from 0 (included) to 1 (not included).
    public static func rand(_ shape: [Int], dtype: DType = .float32, device: Device = .cpu) -> Tensor {
        callOp(.rand, .ints(shape), .dtype(dtype), .none, .device(device))
    }

    /// Ones with this tensor's shape, type and device.
    public func onesLike() -> Tensor { .ones(shape, dtype: dtype, device: device) }

    /// Zeros with this tensor's shape, type and device.
    public func zerosLike() -> Tensor { .zeros(shape, dtype: dtype, device: device) }
}
