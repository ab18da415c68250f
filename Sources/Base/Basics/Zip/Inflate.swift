/// Unpacks what was packed by Deflate (RFC 1951), never to more than was promised.
public struct Inflate {
    /// Why packed bytes cannot be unpacked.
    public enum Fault: Error, Sendable, Hashable {
        /// They end too early.
        case tooShort
        /// They would become more than was promised.
        case tooLong
        /// They are no Deflate.
        case damaged
    }

    private let packed: [UInt8]
    private let limit: Int
    private var at = 0
    private var bits: UInt32 = 0
    private var bitCount = 0
    private var unpacked: [UInt8] = []

    /// Unpacks everything.
    ///
    /// - Parameter limit: the most bytes that may come out.
    public static func unpack(_ packed: [UInt8], limit: Int) throws(Fault) -> [UInt8] {
        var inflate = Inflate(packed: packed, limit: max(0, limit))
        try inflate.run()
        return inflate.unpacked
    }

    private init(packed: [UInt8], limit: Int) {
        self.packed = packed
        self.limit = limit
        // What is promised may be a lie: only as much is taken at once as the bytes could hold.
        unpacked.reserveCapacity(min(limit, packed.count.multipliedReportingOverflow(by: 8).partialValue, 1 << 24))
    }

    private mutating func run() throws(Fault) {
        while true {
            let isLast = try take(1) == 1
            switch try take(2) {
            case 0: try stored()
            case 1: try block(Self.fixedLengths, Self.fixedDistances)
            case 2:
                let (lengths, distances) = try codes()
                try block(lengths, distances)
            default: throw .damaged
            }
            if isLast { return }
        }
    }

    // MARK: Bits

    /// Up to 16 bits, the lowest first.
    private mutating func take(_ count: Int) throws(Fault) -> Int {
        while bitCount < count {
            guard at < packed.count else { throw .tooShort }
            bits |= UInt32(packed[at]) << UInt32(bitCount)
            at += 1
            bitCount += 8
        }
        let value = bits & ((1 << UInt32(count)) - 1)
        bits >>= UInt32(count)
        bitCount -= count
        return Int(value)
    }

    /// The next symbol of a code: codes of each length count on from where the shorter ones ended.
    private mutating func symbol(_ code: HuffmanCode) throws(Fault) -> Int {
        var (value, first, index) = (0, 0, 0)
        for length in 1..<HuffmanCode.lengths {
            value |= try take(1)
            let count = code.counts[length]
            if value - first < count { return code.symbols[index + value - first] }
            index += count
            first = (first + count) << 1
            value <<= 1
        }
        throw .damaged
    }

    private mutating func write(_ byte: UInt8) throws(Fault) {
        guard unpacked.count < limit else { throw .tooLong }
        unpacked.append(byte)
    }

    // MARK: Blocks

    private mutating func stored() throws(Fault) {
        // What is left of the byte belongs to nothing; whole bytes that were taken ahead do.
        at -= bitCount / 8
        (bits, bitCount) = (0, 0)
        guard packed.count - at >= 4 else { throw .tooShort }
        let length = Int(packed[at]) | Int(packed[at + 1]) << 8
        guard length ^ 0xFFFF == Int(packed[at + 2]) | Int(packed[at + 3]) << 8 else { throw .damaged }
        at += 4
        guard packed.count - at >= length else { throw .tooShort }
        guard limit - unpacked.count >= length else { throw .tooLong }
        unpacked += packed[at..<at + length]
        at += length
    }

    /// Lengths and distances: the least value of each symbol and how many bits are added to it (RFC 1951, 3.2.5).
    private static let lengthBase = [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227,
        258,
    ]
    private static let lengthBits = [
        0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
    ]
    private static let distanceBase = [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1_025, 1_537, 2_049, 3_073,
        4_097, 6_145, 8_193, 12_289, 16_385, 24_577,
    ]
    private static let distanceBits = [
        0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
    ]

    private mutating func block(_ lengths: HuffmanCode, _ distances: HuffmanCode) throws(Fault) {
        while true {
            let literal = try symbol(lengths)
            if literal < 256 {
                try write(UInt8(literal))
                continue
            }
            if literal == 256 { return }
            guard literal - 257 < Self.lengthBase.count else { throw .damaged }
            let length = Self.lengthBase[literal - 257] + (try take(Self.lengthBits[literal - 257]))
            let far = try symbol(distances)
            guard far < Self.distanceBase.count else { throw .damaged }
            let distance = Self.distanceBase[far] + (try take(Self.distanceBits[far]))
            guard distance <= unpacked.count else { throw .damaged }
            guard limit - unpacked.count >= length else { throw .tooLong }
            let start = unpacked.count - distance
            for place in start..<start + length { unpacked.append(unpacked[place]) }
        }
    }

    // MARK: Codes

    private static let fixedLengths = HuffmanCode(
        valid: [Int](repeating: 8, count: 144) + [Int](repeating: 9, count: 112) + [Int](repeating: 7, count: 24)
            + [Int](repeating: 8, count: 8))
    private static let fixedDistances = HuffmanCode(valid: [Int](repeating: 5, count: 30))
    private static let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

    private mutating func codes() throws(Fault) -> (HuffmanCode, HuffmanCode) {
        let lengthCount = try take(5) + 257
        let distanceCount = try take(5) + 1
        let codeCount = try take(4) + 4
        guard lengthCount <= 286, distanceCount <= 30 else { throw .damaged }
        var lengths = [Int](repeating: 0, count: 19)
        for place in 0..<codeCount { lengths[Self.order[place]] = try take(3) }
        guard let code = HuffmanCode(lengths) else { throw .damaged }
        var all: [Int] = []
        while all.count < lengthCount + distanceCount {
            let symbol = try symbol(code)
            let (value, count): (Int, Int)
            switch symbol {
            case 0...15: (value, count) = (symbol, 1)
            case 16:
                guard let last = all.last else { throw .damaged }
                (value, count) = (last, 3 + (try take(2)))
            case 17: (value, count) = (0, 3 + (try take(3)))
            default: (value, count) = (0, 11 + (try take(7)))
            }
            guard all.count + count <= lengthCount + distanceCount else { throw .damaged }
            all += [Int](repeating: value, count: count)
        }
        // Without an end no block could end.
        guard all[256] != 0, let first = HuffmanCode(Array(all[..<lengthCount])),
            let second = HuffmanCode(Array(all[lengthCount...]))
        else { throw .damaged }
        return (first, second)
    }
}

/// A prefix code by the lengths of its symbols' codes.
struct HuffmanCode {
    static let lengths = 16
    /// How many codes there are of each length.
    let counts: [Int]
    /// The symbols in the order of their codes.
    let symbols: [Int]

    /// Nil for lengths that more codes are asked of than there can be.
    init?(_ lengths: [Int]) {
        self.init(valid: lengths)
        var left = 1
        for length in 1..<Self.lengths {
            left = left * 2 - counts[length]
            guard left >= 0 else { return nil }
        }
    }

    init(valid lengths: [Int]) {
        var counts = [Int](repeating: 0, count: Self.lengths)
        for length in lengths where length > 0 { counts[length] += 1 }
        var places = [Int](repeating: 0, count: Self.lengths)
        for length in 1..<Self.lengths - 1 { places[length + 1] = places[length] + counts[length] }
        var symbols = [Int](repeating: 0, count: lengths.count { $0 > 0 })
        for (symbol, length) in lengths.enumerated() where length > 0 {
            symbols[places[length]] = symbol
            places[length] += 1
        }
        self.counts = counts
        self.symbols = symbols
    }
}
