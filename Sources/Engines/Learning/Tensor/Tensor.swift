internal import CTorch

extension Tensor {
    /// The lengths of the dimensions; empty for a single number.
    public var shape: [Int] {
        borrowing(self) { raw in
            let rank = Int(ct_rank(raw))
            return withUnsafeTemporaryAllocation(of: Int64.self, capacity: max(rank, 1)) { lengths in
                lengths.initialize(repeating: 0)
                if let start = lengths.baseAddress { ct_shape(raw, start) }
                return lengths.prefix(rank).map { Int($0) }
            }
        } ?? []
    }

    /// How many dimensions there are.
    public var rank: Int { borrowing(self) { Int(ct_rank($0)) } ?? 0 }

    /// How many elements there are.
    public var count: Int { shape.reduce(1, *) }

    /// The length of a dimension; negative numbers count from the end. 0 for a dimension that is not there.
    public func length(_ axis: Int) -> Int {
        let shape = shape
        let at = axis < 0 ? axis + shape.count : axis
        return shape.indices.contains(at) ? shape[at] : 0
    }

    /// The type of the elements.
    public var dtype: DType { borrowing(self, ct_dtype).flatMap(DType.init(rawValue:)) ?? .float32 }

    /// Where the elements are.
    public var device: Device { Device(number: borrowing(self, ct_device) ?? -1) }

    /// Whether the elements stand in row order without gaps.
    public var isContiguous: Bool { borrowing(self, ct_is_contiguous) ?? true }

    /// The one number of a tensor that holds one; waits for the device.
    public func item() -> Double {
        var value = Double.nan
        done("item", [self], borrowing(self) { ct_item($0, &value) })
        return value
    }

    /// The numbers in Swift's memory, in row order; waits for the device.
    public func host() -> HostTensor {
        let shape = shape
        let size = shape.reduce(dtype.width, *)
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { bytes, count in
            done("copy_out", [self], borrowing(self) { ct_copy_out($0, bytes.baseAddress, size) })
            if isFailed { bytes.initialize(repeating: 0) }
            count = size
        }
        return HostTensor(bytes: bytes, shape: shape, dtype: dtype) ?? HostTensor([Float](), shape: [0])
    }

    /// The same numbers in another type; the same tensor if it has it already.
    public func to(_ type: DType) -> Tensor {
        type == dtype ? self : callOp(.toDType, .tensor(self), .dtype(type))
    }

    /// The same numbers on another device; the same tensor if it is there already.
    public func to(_ device: Device) -> Tensor {
        device == self.device ? self : callOp(.toDevice, .tensor(self), .device(device), .dtype(dtype))
    }

    /// The same numbers in row order; the same tensor if they stand so already.
    public func contiguous() -> Tensor { callOp(.contiguous, .tensor(self)) }

    /// The same pictures [N, C, H, W] with the channels of a pixel side by side in memory, which convolutions like.
    public func channelsLast() -> Tensor { callOp(.contiguous, .tensor(self), .int(2)) }

    /// A copy that shares nothing with this tensor.
    public func clone() -> Tensor { callOp(.clone, .tensor(self)) }
}

extension Tensor: CustomStringConvertible {
    /// Shape and type, and the numbers of a small tensor.
    public var description: String {
        guard !isFailed else { return "Tensor(failed)" }
        let head = "Tensor(\(shape), \(dtype), \(device))"
        return count <= 32 ? head + " " + host().doubles.map { "\($0)" }.joined(separator: " ") : head
    }
}
