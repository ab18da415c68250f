/// The variable-width codes of GIF pixels (GIF89a, appendix F), with hard limits on everything.
struct LZW {
    /// How many pixels came out, and why there are not more, if there are not.
    struct Outcome {
        let count: Int
        let fault: ImageWarning
    }

    /// No code yields more than 4,096 pixels and, once codes are that long, each takes 12 bits.
    static let maximumPixelsPerByte = 4096

    private static let maximumCodes = 4096
    private static let maximumBits = 12

    private var prefix = [Int](repeating: 0, count: maximumCodes)
    private var suffix = [UInt8](repeating: 0, count: maximumCodes)
    private var first = [UInt8](repeating: 0, count: maximumCodes)
    private var length = [Int](repeating: 1, count: maximumCodes)
    private let clearCode: Int
    private let rootBits: Int
    private var next: Int
    private var bits: Int
    private var previous: Int?

    private init(rootBits: Int) {
        self.rootBits = rootBits
        clearCode = 1 << rootBits
        next = clearCode + 2
        bits = rootBits + 1
        for code in 0..<clearCode {
            suffix[code] = UInt8(truncatingIfNeeded: code)
            first[code] = suffix[code]
        }
    }

    /// Fills `target` from the code size byte and the data blocks at `start`.
    static func decode(_ view: ByteView, from start: Int, into target: inout [UInt8]) throws(ImageError) -> Outcome {
        let rootBits = Int(try view.u8(start))
        guard (1...8).contains(rootBits) else { throw .damaged("a GIF code size of \(rootBits)") }
        var table = LZW(rootBits: rootBits)
        var source = SubBlockBits(view: view, at: start + 1)
        var written = 0
        while written < target.count {
            guard let code = source.take(table.bits) else {
                return Outcome(count: written, fault: source.ended ? .damaged("too few pixels in a GIF") : .truncated)
            }
            if code == table.clearCode {
                table.clear()
            } else if code == table.clearCode + 1 {
                return Outcome(count: written, fault: .damaged("too few pixels in a GIF"))
            } else {
                guard table.accept(code) else {
                    return Outcome(count: written, fault: .damaged("a GIF code that was never defined"))
                }
                written += table.write(code, into: &target, at: written)
            }
        }
        return Outcome(count: written, fault: .truncated)
    }

    private mutating func clear() {
        next = clearCode + 2
        bits = rootBits + 1
        previous = nil
    }

    /// Enters the string that this code completes; false for a code that cannot stand here.
    private mutating func accept(_ code: Int) -> Bool {
        defer { previous = code }
        guard let previous else { return code < clearCode }
        guard code < next || (code == next && next < Self.maximumCodes) else { return false }
        guard next < Self.maximumCodes else { return true }
        prefix[next] = previous
        first[next] = first[previous]
        length[next] = length[previous] + 1
        suffix[next] = code == next ? first[previous] : first[code]
        next += 1
        if next == 1 << bits, bits < Self.maximumBits { bits += 1 }
        return true
    }

    /// Writes the string of a code, last pixel first, and answers how many pixels of it fitted.
    private func write(_ code: Int, into target: inout [UInt8], at start: Int) -> Int {
        let count = length[code]
        var code = code
        var at = start + count - 1
        while at > start {
            if at < target.count { target[at] = suffix[code] }
            code = prefix[code]
            at -= 1
        }
        if start < target.count { target[start] = suffix[code] }
        return min(count, target.count - start)
    }
}

/// Bits, lowest first, out of a chain of data blocks.
private struct SubBlockBits {
    let view: ByteView
    var at: Int
    /// Whether the chain was closed by its empty block.
    private(set) var ended = false
    private var left = 0
    private var buffer = 0
    private var have = 0

    init(view: ByteView, at: Int) {
        self.view = view
        self.at = at
    }

    mutating func take(_ bits: Int) -> Int? {
        while have < bits {
            guard let byte = nextByte() else { return nil }
            buffer |= Int(byte) << have
            have += 8
        }
        defer {
            buffer >>= bits
            have -= bits
        }
        return buffer & ((1 << bits) - 1)
    }

    private mutating func nextByte() -> UInt8? {
        if left == 0 {
            guard !ended, let length = try? view.u8(at) else { return nil }
            at += 1
            ended = length == 0
            left = Int(length)
            if ended { return nil }
        }
        guard let byte = try? view.u8(at) else { return nil }
        at += 1
        left -= 1
        return byte
    }
}
