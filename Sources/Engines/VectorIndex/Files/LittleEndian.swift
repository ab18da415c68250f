/// Appends numbers to bytes, the least significant byte first.
struct LittleEndianWriter {
    private(set) var bytes: [UInt8] = []

    mutating func put(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func put(_ values: [Float]) {
        for value in values { put(value.bitPattern) }
    }

    mutating func put(bytes more: some Sequence<UInt8>) { bytes.append(contentsOf: more) }
}

/// Reads numbers from a run of bytes; nil beyond its end.
struct LittleEndianReader {
    private let bytes: [UInt8]
    private let end: Int
    private(set) var at: Int

    init(_ bytes: [UInt8], from start: Int = 0, to end: Int? = nil) {
        self.bytes = bytes
        self.at = max(0, start)
        self.end = min(end ?? bytes.count, bytes.count)
    }

    var remaining: Int { max(0, end - at) }

    mutating func read<Value: FixedWidthInteger>(_: Value.Type) -> Value? {
        let width = MemoryLayout<Value>.size
        guard remaining >= width else { return nil }
        defer { at += width }
        return bytes.withUnsafeBytes { Value(littleEndian: $0.loadUnaligned(fromByteOffset: at, as: Value.self)) }
    }

    mutating func floats(_ count: Int) -> [Float]? {
        guard count >= 0, remaining / 4 >= count else { return nil }
        return (0..<count).compactMap { _ in read(UInt32.self).map { Float(bitPattern: $0) } }
    }
}
