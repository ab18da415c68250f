internal import CKernels

/// The sum of products of two vectors of the same length.
public func dotProduct(_ a: Span<Float>, _ b: Span<Float>, variant: KernelVariant = .best) -> Float {
    precondition(a.count == b.count, "vectors of two lengths")
    return a.withUnsafeBufferPointer { a in
        b.withUnsafeBufferPointer { b in vk_dot_float(a.baseAddress, b.baseAddress, a.count, variant.code) }
    }
}

/// The sum of products of two vectors of half floats, added up as floats.
public func dotProduct(_ a: Span<Float16>, _ b: Span<Float16>, variant: KernelVariant = .best) -> Float {
    precondition(a.count == b.count, "vectors of two lengths")
    return withHalves(a, b) { vk_dot_half($0, $1, $2, variant.code) }
}

/// The sum of products of two vectors of bytes; exact, for at most 131,071 values.
public func dotProduct(_ a: Span<Int8>, _ b: Span<Int8>, variant: KernelVariant = .best) -> Int32 {
    precondition(a.count == b.count, "vectors of two lengths")
    precondition(a.count < 1 << 17, "the sum could leave 32 bits")
    return a.withUnsafeBufferPointer { a in
        b.withUnsafeBufferPointer { b in vk_dot_int8(a.baseAddress, b.baseAddress, a.count, variant.code) }
    }
}

/// Two spans of half floats as the bit patterns that C takes.
func withHalves<Result>(
    _ a: Span<Float16>, _ b: Span<Float16>, _ body: (UnsafePointer<UInt16>?, UnsafePointer<UInt16>?, Int) -> Result
) -> Result {
    a.withUnsafeBufferPointer { a in
        a.withMemoryRebound(to: UInt16.self) { a in
            b.withUnsafeBufferPointer { b in
                b.withMemoryRebound(to: UInt16.self) { b in body(a.baseAddress, b.baseAddress, a.count) }
            }
        }
    }
}
