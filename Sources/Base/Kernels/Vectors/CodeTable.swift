internal import CKernels
import Foundation

/// How near two vectors are to each other. Smaller distances are nearer.
package enum DistanceKind: Int32, Sendable, CaseIterable {
    /// 1 - cosine; vectors are scaled to length 1 when they are stored.
    case cosine = 0
    /// The negative inner product.
    case innerProduct = 1
    /// The squared Euclidean distance.
    case euclidean = 2
}

/// How the values of a vector are stored.
package enum CodeEncoding: Int32, Sendable, CaseIterable {
    /// 8 bits a value to walk by and 4 more to rank by, with one scale a vector.
    case int12 = 0
    /// Half floats.
    case half = 1
    /// 4 bits a value to look through all rows by and 8 more to rank by, with one scale a vector.
    case int4 = 2

    /// Bytes of a code, a multiple of a cache line.
    package func stride(dimensions: Int) -> Int {
        switch self {
        case .int12: (dimensions + 63) & ~63
        case .half: (2 * dimensions + 63) & ~63
        case .int4: (dimensions + 127) / 128 * 64
        }
    }

    /// Values of a code, with those that fill it up.
    package func padded(dimensions: Int) -> Int {
        let stride = stride(dimensions: dimensions)
        return switch self {
        case .int12: stride
        case .half: stride / 2
        case .int4: 2 * stride
        }
    }

    /// Bytes that refine a code.
    func restStride(dimensions: Int) -> Int {
        switch self {
        case .int12: stride(dimensions: dimensions) / 2
        case .half: 0
        case .int4: padded(dimensions: dimensions)
        }
    }
}

/// Rows of vectors as codes. A value that shares its memory; rows are written before they are read.
package struct CodeTable: Sendable {
    package let encoding: CodeEncoding
    package let kind: DistanceKind
    package let dimensions: Int
    package let count: Int
    /// `stride` bytes a row.
    package let codes: Column<UInt8>
    /// `restStride` bytes a row; empty for half floats.
    package let rests: Column<UInt8>
    /// One a row; empty for half floats.
    package let scales: Column<Float>
    /// The squared length, one a row; empty unless the distance is Euclidean.
    package let biases: Column<Float>

    package var stride: Int { encoding.stride(dimensions: dimensions) }
    var restStride: Int { encoding.restStride(dimensions: dimensions) }

    /// The number of values that each column must have for `count` rows.
    package static func columnCounts(
        _ encoding: CodeEncoding, _ kind: DistanceKind, dimensions: Int, count: Int
    ) -> (codes: Int, rests: Int, scales: Int, biases: Int) {
        let stride = encoding.stride(dimensions: dimensions)
        let isHalf = encoding == .half
        let rests = count * encoding.restStride(dimensions: dimensions)
        return (count * stride, rests, isHalf ? 0 : count, kind == .euclidean ? count : 0)
    }

    /// Room for `count` rows.
    package init(_ encoding: CodeEncoding, _ kind: DistanceKind, dimensions: Int, count: Int) {
        let counts = Self.columnCounts(encoding, kind, dimensions: dimensions, count: count)
        self.init(
            encoding, kind, dimensions: dimensions, count: count, codes: Column(count: counts.codes),
            rests: Column(count: counts.rests), scales: Column(count: counts.scales),
            biases: Column(count: counts.biases))
    }

    /// Rows in columns of the right lengths.
    package init(
        _ encoding: CodeEncoding, _ kind: DistanceKind, dimensions: Int, count: Int, codes: Column<UInt8>,
        rests: Column<UInt8>, scales: Column<Float>, biases: Column<Float>
    ) {
        let counts = Self.columnCounts(encoding, kind, dimensions: dimensions, count: count)
        precondition(dimensions > 0 && count >= 0 && count < Int(Int32.max))
        precondition((codes.count, rests.count) == (counts.codes, counts.rests))
        precondition((scales.count, biases.count) == (counts.scales, counts.biases))
        (self.encoding, self.kind, self.dimensions, self.count) = (encoding, kind, dimensions, count)
        (self.codes, self.rests, self.scales, self.biases) = (codes, rests, scales, biases)
    }

    /// Stores a vector; for the cosine it must have length 1 already.
    package func encode(_ vector: Span<Float>, row: Int, variant: KernelVariant = .best) {
        precondition(vector.count == dimensions && row >= 0 && row < count)
        let stride = stride
        vector.withUnsafeBufferPointer { values in
            guard let start = values.baseAddress else { return }
            switch encoding {
            case .int12:
                scales.start[row] = vk_encode_int12(
                    start, dimensions, stride, codes.start + row * stride, rests.start + row * restStride)
            case .int4:
                scales.start[row] = vk_encode_int4(
                    start, dimensions, stride, codes.start + row * stride, rests.start + row * restStride)
            case .half:
                let code = UnsafeMutableRawPointer(codes.start + row * stride)
                vk_half_from_float(start, dimensions, code.assumingMemoryBound(to: UInt16.self), variant.code)
            }
        }
        if kind == .euclidean { biases.start[row] = squaredLength(row: row) }
    }

    /// The stored vector as floats.
    package func decode(row: Int, variant: KernelVariant = .best) -> [Float] {
        precondition(row >= 0 && row < count)
        let stride = stride
        return [Float](unsafeUninitializedCapacity: dimensions) { values, filled in
            filled = dimensions
            guard let to = values.baseAddress else { return }
            switch encoding {
            case .int12:
                vk_decode_int12(
                    codes.start + row * stride, rests.start + row * restStride, scales.start[row], dimensions, to)
            case .int4:
                vk_decode_int4(
                    codes.start + row * stride, rests.start + row * restStride, scales.start[row], dimensions, to)
            case .half:
                let code = UnsafeRawPointer(codes.start + row * stride)
                vk_float_from_half(code.assumingMemoryBound(to: UInt16.self), dimensions, to, variant.code)
            }
        }
    }

    /// Copies a row with all that belongs to it.
    package func copyRow(_ row: Int, from other: CodeTable, row source: Int) {
        precondition(other.encoding == encoding && other.kind == kind && other.dimensions == dimensions)
        precondition(row >= 0 && row < count && source >= 0 && source < other.count)
        let stride = stride
        memcpy(codes.start + row * stride, other.codes.start + source * stride, stride)
        if encoding != .half {
            let length = restStride
            memcpy(rests.start + row * length, other.rests.start + source * length, length)
            scales.start[row] = other.scales.start[source]
        }
        if kind == .euclidean { biases.start[row] = other.biases.start[source] }
    }

    private func squaredLength(row: Int) -> Float {
        let values = decode(row: row)
        return dotProduct(values.span, values.span)
    }

    /// The table as C sees it.
    var raw: vk_codes {
        vk_codes(
            codes: codes.start, scales: encoding == .half ? nil : UnsafePointer(scales.start),
            biases: kind == .euclidean ? UnsafePointer(biases.start) : nil, stride: stride, count: UInt32(count),
            encoding: encoding.rawValue)
    }
}
