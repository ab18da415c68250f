internal import CKernels

/// The nearest half floats, ties to even; what is too large becomes infinite.
public func halfFloats(of values: Span<Float>, variant: KernelVariant = .best) -> [Float16] {
    [Float16](unsafeUninitializedCapacity: values.count) { halves, count in
        count = values.count
        values.withUnsafeBufferPointer { values in
            halves.withMemoryRebound(to: UInt16.self) { halves in
                guard let to = halves.baseAddress, let from = values.baseAddress else { return }
                vk_half_from_float(from, values.count, to, variant.code)
            }
        }
    }
}

/// The same values as floats.
public func floats(of halves: Span<Float16>, variant: KernelVariant = .best) -> [Float] {
    [Float](unsafeUninitializedCapacity: halves.count) { values, count in
        count = halves.count
        halves.withUnsafeBufferPointer { halves in
            halves.withMemoryRebound(to: UInt16.self) { halves in
                guard let from = halves.baseAddress, let to = values.baseAddress else { return }
                vk_float_from_half(from, halves.count, to, variant.code)
            }
        }
    }
}
