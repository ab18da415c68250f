/// Checked access to bytes from outside: every read is bounded and none traps.
///
/// Holding the array keeps its storage shared, so a view costs no copy.
struct ByteView {
    let bytes: [UInt8]
    /// The part of the array that may be read.
    let range: Range<Int>

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        range = 0..<bytes.count
    }

    private init(bytes: [UInt8], range: Range<Int>) {
        self.bytes = bytes
        self.range = range
    }

    var count: Int { range.count }

    /// A narrower view of `length` bytes at `start`, counted from this view's start.
    func slice(_ start: Int, _ length: Int) throws(ImageError) -> ByteView {
        guard start >= 0, length >= 0, start <= count, length <= count - start else { throw .truncated }
        let lower = range.lowerBound + start
        return ByteView(bytes: bytes, range: lower..<(lower + length))
    }

    func u8(_ at: Int) throws(ImageError) -> UInt8 {
        guard at >= 0, at < count else { throw .truncated }
        return bytes[range.lowerBound + at]
    }

    func u16be(_ at: Int) throws(ImageError) -> Int {
        let high = try u8(at)
        return try Int(high) << 8 | Int(u8(at + 1))
    }

    func u16le(_ at: Int) throws(ImageError) -> Int {
        let low = try u8(at)
        return try Int(low) | Int(u8(at + 1)) << 8
    }

    func u24le(_ at: Int) throws(ImageError) -> Int {
        let low = try u16le(at)
        return try low | Int(u8(at + 2)) << 16
    }

    func u32be(_ at: Int) throws(ImageError) -> Int {
        let high = try u16be(at)
        return try high << 16 | u16be(at + 2)
    }

    func u32le(_ at: Int) throws(ImageError) -> Int {
        let low = try u16le(at)
        return try low | u16le(at + 2) << 16
    }

    /// Whether the bytes at `at` are those of an ASCII text.
    func has(_ text: StaticString, at: Int = 0) -> Bool {
        let length = text.utf8CodeUnitCount
        guard at >= 0, at <= count, length <= count - at else { return false }
        return text.withUTF8Buffer { expected in
            bytes[(range.lowerBound + at)..<(range.lowerBound + at + length)].elementsEqual(expected)
        }
    }

    /// Whether the bytes at `at` are exactly these.
    func has(_ expected: [UInt8], at: Int = 0) -> Bool {
        guard at >= 0, at <= count, expected.count <= count - at else { return false }
        return bytes[(range.lowerBound + at)..<(range.lowerBound + at + expected.count)].elementsEqual(expected)
    }
}
