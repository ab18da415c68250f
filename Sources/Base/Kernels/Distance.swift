internal import CKernels

/// The squared Euclidean distance of two vectors of the same length.
public func squaredDistance(_ a: Span<Float>, _ b: Span<Float>, variant: KernelVariant = .best) -> Float {
    precondition(a.count == b.count, "vectors of two lengths")
    return a.withUnsafeBufferPointer { a in
        b.withUnsafeBufferPointer { b in vk_l2_float(a.baseAddress, b.baseAddress, a.count, variant.code) }
    }
}

/// The squared Euclidean distance of two vectors of half floats, added up as floats.
public func squaredDistance(_ a: Span<Float16>, _ b: Span<Float16>, variant: KernelVariant = .best) -> Float {
    precondition(a.count == b.count, "vectors of two lengths")
    return withHalves(a, b) { vk_l2_half($0, $1, $2, variant.code) }
}

/// The squared Euclidean distance of two vectors of bytes; exact, for at most 32,767 values.
public func squaredDistance(_ a: Span<Int8>, _ b: Span<Int8>, variant: KernelVariant = .best) -> Int32 {
    precondition(a.count == b.count, "vectors of two lengths")
    precondition(a.count < 1 << 15, "the sum could leave 32 bits")
    return a.withUnsafeBufferPointer { a in
        b.withUnsafeBufferPointer { b in vk_l2_int8(a.baseAddress, b.baseAddress, a.count, variant.code) }
    }
}

/// The cosine of the angle between two vectors, -1...1; 0 when one of them has no length.
public func cosineSimilarity(_ a: Span<Float>, _ b: Span<Float>, variant: KernelVariant = .best) -> Float {
    cosine(
        dotProduct(a, b, variant: variant), dotProduct(a, a, variant: variant), dotProduct(b, b, variant: variant))
}

/// The cosine of the angle between two vectors of half floats, -1...1; 0 when one of them has no length.
public func cosineSimilarity(_ a: Span<Float16>, _ b: Span<Float16>, variant: KernelVariant = .best) -> Float {
    cosine(
        dotProduct(a, b, variant: variant), dotProduct(a, a, variant: variant), dotProduct(b, b, variant: variant))
}

/// The cosine of the angle between two vectors of bytes, -1...1; 0 when one of them has no length.
public func cosineSimilarity(_ a: Span<Int8>, _ b: Span<Int8>, variant: KernelVariant = .best) -> Float {
    cosine(
        Float(dotProduct(a, b, variant: variant)), Float(dotProduct(a, a, variant: variant)),
        Float(dotProduct(b, b, variant: variant)))
}

private func cosine(_ dot: Float, _ a: Float, _ b: Float) -> Float {
    guard a > 0, b > 0 else { return 0 }
    return min(1, max(-1, dot / (a.squareRoot() * b.squareRoot())))
}
