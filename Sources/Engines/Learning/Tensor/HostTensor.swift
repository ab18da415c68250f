/// A tensor's numbers in Swift's memory: what crosses threads, files and tests.
public struct HostTensor: Hashable, Sendable {
    /// The lengths of the dimensions; empty for a single number.
    public let shape: [Int]
    /// The type of the elements.
    public let dtype: DType
    /// The elements in row order, each in the machine's byte order.
    public let bytes: [UInt8]

    /// Elements from their bytes; nil if the bytes are not exactly what shape and type need.
    public init?(bytes: [UInt8], shape: [Int], dtype: DType) {
        guard let size = Self.size(of: shape, dtype), size == bytes.count else { return nil }
        self.shape = shape
        self.dtype = dtype
        self.bytes = bytes
    }

    /// 32-bit floats in row order.
    public init(_ values: [Float], shape: [Int]? = nil) { self.init(values, shape, .float32) }

    /// 64-bit floats in row order.
    public init(_ values: [Double], shape: [Int]? = nil) { self.init(values, shape, .float64) }

    /// Integers in row order.
    public init(_ values: [Int], shape: [Int]? = nil) { self.init(values.map(Int64.init), shape, .int64) }

    /// Bytes in row order.
    public init(_ values: [UInt8], shape: [Int]? = nil) { self.init(values, shape, .uint8) }

    private init<Element>(_ values: [Element], _ shape: [Int]?, _ dtype: DType) {
        self.shape = shape ?? [values.count]
        self.dtype = dtype
        bytes = values.withUnsafeBytes(Array.init)
        precondition(Self.size(of: self.shape, dtype) == bytes.count, "\(values.count) values are not \(self.shape)")
    }

    /// The bytes that a shape needs; nil if a length is negative or the product does not fit.
    static func size(of shape: [Int], _ dtype: DType) -> Int? {
        var size = dtype.width
        for length in shape {
            let (product, overflow) = size.multipliedReportingOverflow(by: length)
            guard length >= 0, !overflow else { return nil }
            size = product
        }
        return size
    }

    /// How many elements there are.
    public var count: Int { bytes.count / dtype.width }

    /// The elements as 64-bit floats, whatever their type.
    public var doubles: [Double] {
        switch dtype {
        case .float32: read(Float.self).map(Double.init)
        case .float64: read(Double.self)
        case .float16: read(UInt16.self).map(Self.half)
        case .bfloat16: read(UInt16.self).map { Double(Float(bitPattern: UInt32($0) << 16)) }
        case .uint8, .bool: bytes.map(Double.init)
        case .int8: read(Int8.self).map(Double.init)
        case .int16: read(Int16.self).map(Double.init)
        case .int32: read(Int32.self).map(Double.init)
        case .int64: read(Int64.self).map(Double.init)
        }
    }

    /// The elements as 32-bit floats, whatever their type.
    public var floats: [Float] { dtype == .float32 ? read(Float.self) : doubles.map { Float($0) } }

    /// The elements as integers; what is no integer is cut, what does not fit is the nearest that does.
    public var ints: [Int] {
        dtype == .int64 ? read(Int64.self).map { Int(truncatingIfNeeded: $0) } : doubles.map(Self.cut)
    }

    private static func cut(_ value: Double) -> Int {
        value.isNaN ? 0 : Int(exactly: value.rounded(.towardZero)) ?? (value > 0 ? .max : .min)
    }

    private func read<Element: BitwiseCopyable>(_ type: Element.Type) -> [Element] {
        bytes.withUnsafeBytes { bytes in
            (0..<bytes.count / MemoryLayout<Element>.size).map {
                bytes.loadUnaligned(fromByteOffset: $0 * MemoryLayout<Element>.size, as: Element.self)
            }
        }
    }

    /// IEEE 754 half precision, which Swift has no type for on every processor.
    private static func half(_ bits: UInt16) -> Double {
        let sign: Double = bits >> 15 == 0 ? 1 : -1
        let exponent = Int(bits >> 10 & 0x1F)
        let fraction = Double(bits & 0x3FF)
        switch exponent {
        case 0: return sign * fraction * 0x1p-24
        case 31: return fraction == 0 ? sign * .infinity : .nan
        default: return sign * Double(sign: .plus, exponent: exponent - 15, significand: 1 + fraction / 1024)
        }
    }
}
